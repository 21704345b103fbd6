internal import FabricTypes
internal import Foundation
internal import LedgerCore
internal import LedgerStorage
internal import LedgerTestKit
internal import Synchronization
internal import Testing

@Suite("The write-ahead log", .serialized)
struct CheckpointTests {
    private final class Flag: Sendable {
        let isDone = Atomic(false)
    }

    private static func logByteCount(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(path)/state.db-wal")
        return (attributes[.size] as? NSNumber)?.intValue ?? 0
    }

    @Test("stays bounded while several readers always hold a snapshot")
    func boundedUnderReaders() async throws {
        try await withTemporaryFolder { path in
            var options = LedgerOptions()
            options.checkpointByteCount = 64 << 10
            options.logByteCountMax = 1 << 20
            let ledger = try MadeLedger.open(path, options: options)
            let writing = Flag()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        while !writing.isDone.load(ordering: .relaxed) {
                            let snapshot = try ledger.snapshot()
                            _ = try snapshot.rows(in: .all, of: Bytes("cars"), countMax: 20)
                            // Others get their turn while this one holds its snapshot.
                            await Task.yield()
                            snapshot.close()
                        }
                    }
                }
                var largest = 0
                var written = 0
                while written < 20 << 20 {
                    try ledger.commit(MadeLedger(seed: 9).nextCommit(for: ledger, transactionCount: 20))
                    let byteCount = try Self.logByteCount(path)
                    largest = max(largest, byteCount)
                    // Each commit writes some pages; what the log has been through is a multiple of what it may hold.
                    written += 40 << 10
                    await Task.yield()
                }
                writing.isDone.store(true, ordering: .relaxed)
                try await group.waitForAll()
                #expect(largest < 16 << 20)
            }
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
