internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore
internal import LedgerStorage
internal import LedgerTestKit
internal import Testing

@Suite("A ledger on disk under faults")
struct LedgerFaultTests {
    @Test("keeps every acknowledged block whatever operation on the block files fails", arguments: 0..<40)
    func blockFileFaults(seed: UInt64) throws {
        try withTemporaryFolder { path in
            var random = SeededGenerator(seed: seed)
            let faults: [FaultyFolder.Fault] = [.diskFull, .shortWrite, .syncFails, .crash]
            let folder = FaultyFolder()
            let model = InMemoryLedger()
            var last: BlockCommit?
            do {
                let ledger = try MadeLedger.open(path, options: Self.options(folder))
                folder.fail(Int.random(in: 1...30, using: &random), with: faults[Int.random(in: 0..<4, using: &random)])
                defer { ledger.close() }
                while model.height < 15 {
                    let commit = try MadeLedger(seed: seed).nextCommit(for: model)
                    last = commit
                    try ledger.commit(commit)
                    try model.commit(commit)
                }
            } catch is LedgerStoreError {
                // The failing operation ended the run; what was acknowledged stands in the model.
            }

            let recovered = try MadeLedger.open(path, options: Self.options(folder.afterCrash(keeping: &random)))
            defer { recovered.close() }

            // A block whose bytes reached the disk may be there although nobody was told.
            if recovered.height > model.height, let last { try model.commit(last) }
            try expectEqual(recovered, model, "seed \(seed)")
            let next = try MadeLedger(seed: seed).nextCommit(for: model)
            try recovered.commit(next)
        }
    }

    private static func options(_ folder: FaultyFolder) -> LedgerOptions {
        var options = LedgerOptions()
        options.segmentByteCount = 8000
        options.blockFolder = { _ in folder }
        return options
    }

    @Test("takes no more after a failure, and says which block failed and why")
    func failureIsFinal() throws {
        try withTemporaryFolder { path in
            let folder = FaultyFolder()
            let ledger = try MadeLedger.open(path, options: Self.options(folder))
            defer { ledger.close() }
            let commit = try MadeLedger(seed: 1).nextCommit(for: ledger)
            folder.fail(3, with: .syncFails)
            let first = #expect(throws: LedgerStoreError.self) { try ledger.commit(commit) }
            #expect(first?.message.contains("Block 0") == true)
            #expect((first?.cause as? StorageError)?.code == .syncFailed)
            let second = #expect(throws: LedgerStoreError.self) { try ledger.commit(commit) }
            #expect(second?.code == .failed)
        }
    }
}
