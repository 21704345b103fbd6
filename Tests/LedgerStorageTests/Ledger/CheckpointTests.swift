internal import FabricTypes
internal import Foundation
internal import LedgerCore
internal import LedgerStorage
internal import LedgerTestKit
internal import Synchronization
internal import Testing

@Suite("The write-ahead log", .serialized)
struct CheckpointTests {
    /// Threads that read one snapshot after another, without a pause.
    private final class Readers: Sendable {
        private let isDone = Atomic(false)
        private let running = DispatchGroup()

        init(of ledger: SQLiteLedger, count: Int) {
            for _ in 0..<count {
                DispatchQueue(label: "reader").async(group: running) {
                    while !self.isDone.load(ordering: .relaxed) {
                        guard let snapshot = try? ledger.snapshot() else { return }
                        _ = try? snapshot.rows(in: .all, of: Bytes("cars"), countMax: 20)
                        snapshot.close()
                    }
                }
            }
        }

        func stop() {
            isDone.store(true, ordering: .relaxed)
            running.wait()
        }
    }

    private static func logByteCount(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(path)/state.db-wal")
        return (attributes[.size] as? NSNumber)?.intValue ?? 0
    }

    @Test("is emptied again and again while several readers always hold a snapshot")
    func emptiedUnderReaders() throws {
        try withTemporaryFolder { path in
            var options = LedgerOptions()
            options.checkpointByteCount = 64 << 10
            options.logByteCountMax = 256 << 10
            let ledger = try MadeLedger.open(path, options: options)
            let readers = Readers(of: ledger, count: 3)
            var emptiedCount = 0
            var last = 0
            var commitCount = 0
            while emptiedCount < 3, commitCount < 20_000 {
                try ledger.commit(MadeLedger(seed: 9).nextCommit(for: ledger, transactionCount: 10))
                commitCount += 1
                let byteCount = try Self.logByteCount(path)
                if byteCount < last { emptiedCount += 1 }
                last = byteCount
            }
            readers.stop()
            #expect(emptiedCount == 3, "after \(commitCount) commits the log has \(last) bytes")
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
                do {
                    try ledger.commit(MadeLedger(seed: 2).nextCommit(for: ledger, transactionCount: 20))
                } catch let error as LedgerStoreError where error.code == .snapshotClosed {
                    // What the next commit is made from is a snapshot too, and may be taken back as well.
                    continue
                }
                do {
                    _ = try kept.value(of: Bytes("a1"), in: Bytes("cars"))
                } catch let error as LedgerStoreError {
                    #expect(error.code == .snapshotClosed)
                    isClosed = true
                }
            }
            #expect(isClosed)
        }
    }
}
