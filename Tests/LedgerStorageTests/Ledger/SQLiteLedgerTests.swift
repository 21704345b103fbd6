internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore
internal import LedgerStorage
internal import LedgerTestKit
internal import Testing

@Suite("A ledger on disk")
struct SQLiteLedgerTests {
    /// Commits the next blocks to the ledger and to its model.
    private static func commit(
        _ count: Int, to ledger: SQLiteLedger, and model: InMemoryLedger, seed: UInt64
    ) throws {
        for _ in 0..<count {
            let commit = try MadeLedger(seed: seed).nextCommit(for: model)
            try model.commit(commit)
            try ledger.commit(commit)
        }
    }

    @Test("answers as the ledger in memory does, before and after opening again", arguments: 0..<6)
    func answersAsModel(seed: UInt64) throws {
        try withTemporaryFolder { path in
            let model = InMemoryLedger()
            var options = LedgerOptions()
            options.segmentByteCount = 9000
            let first = try MadeLedger.open(path, options: options)
            try Self.commit(25, to: first, and: model, seed: seed)
            try expectEqual(first, model, "seed \(seed)")
            first.close()

            try Self.withReopened(path, options) { second in
                try expectEqual(second, model, "seed \(seed), opened again")
                try Self.commit(5, to: second, and: model, seed: seed)
                try expectEqual(second, model, "seed \(seed), gone on")
            }
        }
    }

    /// The first ledger must be gone for the folder to be free.
    private static func withReopened(
        _ path: String, _ options: LedgerOptions = LedgerOptions(), _ body: (SQLiteLedger) throws -> Void
    ) throws {
        let ledger = try MadeLedger.open(path, options: options)
        defer { ledger.close() }
        try body(ledger)
    }

    @Test("is the same after its database was removed", arguments: 0..<4)
    func rebuildGivesTheSame(seed: UInt64) throws {
        try withTemporaryFolder { path in
            let model = InMemoryLedger()
            try Self.withReopened(path) { try Self.commit(20, to: $0, and: model, seed: seed) }
            try SQLiteLedger.removeDatabase(folder: path)
            try Self.withReopened(path) { try expectEqual($0, model, "seed \(seed)") }
        }
    }

    @Test("goes on where an interrupted rebuild ended")
    func rebuildResumes() throws {
        struct Interruption: Error {}
        try withTemporaryFolder { path in
            let model = InMemoryLedger()
            try Self.withReopened(path) { try Self.commit(12, to: $0, and: model, seed: 1) }
            try SQLiteLedger.removeDatabase(folder: path)
            #expect(throws: Interruption.self) {
                try MadeLedger.open(path) { if $0.blockNumber == 4 { throw Interruption() } }
            }
            var applied: [BlockNumber] = []
            let ledger = try MadeLedger.open(path) { applied.append($0.blockNumber) }
            #expect(applied == Array(5..<12))
            try expectEqual(ledger, model, "resumed")
            ledger.close()
        }
    }

    @Test("keeps a second opener out")
    func secondOpenerIsRefused() throws {
        try withTemporaryFolder { path in
            try Self.withReopened(path) { _ in
                let error = #expect(throws: StorageError.self) { try MadeLedger.open(path) }
                #expect(error?.code == .locked)
            }
        }
    }

    @Test("refuses the database of another ledger")
    func foreignDatabase() throws {
        try withTemporaryFolder { path in
            try Self.withReopened("\(path)/a") { try Self.commit(6, to: $0, and: InMemoryLedger(), seed: 1) }
            try Self.withReopened("\(path)/b") { try Self.commit(6, to: $0, and: InMemoryLedger(), seed: 2) }
            try copy("\(path)/a/state.db", to: "\(path)/b/state.db")
            let error = #expect(throws: StorageError.self) { try MadeLedger.open("\(path)/b") }
            #expect(error?.code == .foreign || error?.code == .damaged)
        }
    }

    @Test("refuses block files that end before the database")
    func lostBlocks() throws {
        try withTemporaryFolder { path in
            try Self.withReopened(path) { try Self.commit(6, to: $0, and: InMemoryLedger(), seed: 1) }
            try truncate("\(path)/blocks/000000.blocks", to: 100)
            let error = #expect(throws: StorageError.self) { try MadeLedger.open(path) }
            #expect(error?.code == .blocksMissing || error?.code == .damaged)
        }
    }

    @Test("refuses a block out of order and goes on")
    func blockOutOfOrder() throws {
        try withTemporaryFolder { path in
            try Self.withReopened(path) { ledger in
                let model = InMemoryLedger()
                try Self.commit(2, to: ledger, and: model, seed: 1)
                var commit = try MadeLedger(seed: 1).nextCommit(for: model)
                commit.number = 7
                let error = #expect(throws: LedgerStoreError.self) { try ledger.commit(commit) }
                #expect(error?.code == .unexpectedBlock)
                try Self.commit(1, to: ledger, and: model, seed: 1)
            }
        }
    }

    @Test("freezes what a snapshot sees, and bounds how many there are")
    func snapshots() throws {
        try withTemporaryFolder { path in
            var options = LedgerOptions()
            options.snapshotCountMax = 2
            try Self.withReopened(path, options) { ledger in
                let model = InMemoryLedger()
                try Self.commit(5, to: ledger, and: model, seed: 3)
                let old = try ledger.snapshot()
                let rows = try old.rows(in: .all, of: Bytes("cars"), countMax: .max)
                try Self.commit(5, to: ledger, and: model, seed: 3)
                #expect(old.height == 5)
                #expect(try old.rows(in: .all, of: Bytes("cars"), countMax: .max) == rows)
                let second = try ledger.snapshot()
                #expect(second.height == 10)
                let error = #expect(throws: LedgerStoreError.self) { try ledger.snapshot() }
                #expect(error?.code == .noSnapshotLeft)
                second.close()
                second.close()
                #expect(throws: LedgerStoreError.self) { try second.value(of: Bytes("a"), in: Bytes("cars")) }
                try ledger.snapshot().close()
                old.close()
            }
        }
    }
}
