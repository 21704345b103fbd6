internal import FabricTypes
internal import Foundation
internal import LedgerCore
internal import LedgerStorage
internal import LedgerTestKit
internal import Testing

@Suite("The write-ahead log", .serialized)
struct CheckpointTests {
    private static func logByteCount(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(path)/state.db-wal")
        return (attributes[.size] as? NSNumber)?.intValue ?? 0
    }

    /// Commits blocks while somebody always reads: each snapshot is given back only after the next one is taken.
    private static func commitUnderReaders(_ count: Int, to ledger: SQLiteLedger) throws {
        var reading = try ledger.snapshot()
        for _ in 0..<count {
            try ledger.commit(MadeLedger(seed: 9).nextCommit(for: ledger, transactionCount: 20))
            let next = try ledger.snapshot()
            reading.close()
            reading = next
        }
        reading.close()
    }

    @Test("stays bounded under constant readers")
    func boundedUnderReaders() throws {
        try withTemporaryFolder { path in
            var options = LedgerOptions()
            options.checkpointByteCount = 64 << 10
            options.logByteCountMax = 512 << 10
            let ledger = try MadeLedger.open(path, options: options)
            try Self.commitUnderReaders(300, to: ledger)
            // 300 blocks write several times as much.
            #expect(try Self.logByteCount(path) < 4 * options.logByteCountMax)
            ledger.close()
            #expect(try Self.logByteCount(path) == 0)
        }
    }

    @Test("takes a snapshot back that is kept too long, and nobody else's")
    func overdueSnapshot() throws {
        try withTemporaryFolder { path in
            var options = LedgerOptions()
            options.checkpointByteCount = 4 << 10
            options.logByteCountMax = 8 << 10
            options.snapshotAgeMax = .zero
            let ledger = try MadeLedger.open(path, options: options)
            defer { ledger.close() }
            try ledger.commit(MadeLedger(seed: 2).nextCommit(for: ledger))
            let kept = try ledger.snapshot()
            // The checkpointer runs beside the commits: go on until it has seen the log.
            var isClosed = false
            for _ in 0..<2000 where !isClosed {
                try ledger.commit(MadeLedger(seed: 2).nextCommit(for: ledger, transactionCount: 20))
                do {
                    _ = try kept.value(of: Bytes("a1"), in: Bytes("cars"))
                } catch let error as LedgerStoreError {
                    #expect(error.code == .snapshotClosed)
                    isClosed = true
                }
            }
            #expect(isClosed)
            #expect(try ledger.snapshot().height == ledger.height)
        }
    }
}
