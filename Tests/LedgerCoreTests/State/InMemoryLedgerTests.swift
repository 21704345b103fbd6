import FabricTypes
import LedgerCore
import Testing

@Suite("Ledger in memory")
struct InMemoryLedgerTests {
    private static func commit(_ number: BlockNumber, ids: [String] = [], codes: [ValidationCode] = []) -> BlockCommit {
        BlockCommit(
            number: number, headerHash: Digest(of: Bytes("\(number)")), block: Bytes("block \(number)"), codes: codes,
            transactionIDs: ids.map { Bytes($0) }, updates: StateUpdates(), history: [],
            commitHash: number == 0 ? nil : Digest(of: Bytes("hash \(number)")))
    }

    @Test("blocks are found by number and hash, transactions by the first that carried an id")
    func lookUp() throws {
        let ledger = InMemoryLedger()
        #expect(try ledger.lastCommitHash() == nil)
        try ledger.commit(Self.commit(0, ids: [""], codes: [.valid]))
        try ledger.commit(Self.commit(1, ids: ["a", "b", "a"], codes: [.badPayload, .valid, .valid]))
        try ledger.commit(Self.commit(2, ids: ["b"], codes: [.duplicateTransactionID]))

        #expect(ledger.height == 3)
        #expect(try ledger.block(1) == Bytes("block 1"))
        #expect(try ledger.block(3) == nil)
        #expect(try ledger.block(.max) == nil)
        #expect(try ledger.blockNumber(ofHeaderHash: Digest(of: Bytes("2"))) == 2)
        #expect(try ledger.blockNumber(ofHeaderHash: Digest(of: Bytes("9"))) == nil)
        #expect(
            try ledger.position(ofTransaction: Bytes("a"))
                == TransactionPosition(blockNumber: 1, transactionIndex: 0, code: .badPayload))
        #expect(
            try ledger.position(ofTransaction: Bytes("b"))
                == TransactionPosition(blockNumber: 1, transactionIndex: 1, code: .valid))
        #expect(try !ledger.isKnown(transaction: Bytes()))
        #expect(try !ledger.isKnown(transaction: Bytes("c")))
        #expect(try ledger.lastCommitHash() == Digest(of: Bytes("hash 2")))
    }

    @Test("only the next block is taken, and only a whole one")
    func order() throws {
        let ledger = InMemoryLedger()
        #expect(throws: LedgerStoreError.self) { try ledger.commit(Self.commit(1)) }
        #expect(throws: LedgerStoreError.self) { try ledger.commit(Self.commit(0, ids: ["a"])) }
        try ledger.commit(Self.commit(0))
        #expect(throws: LedgerStoreError.self) { try ledger.commit(Self.commit(0)) }
    }

    @Test("a snapshot stays as it was, until it is closed")
    func snapshots() throws {
        var small = SmallLedger()
        try small.commit([.of(writes: [("k", "1")])])
        let before = small.snapshot
        try small.commit([.of(writes: [("k", ""), ("l", "1")])])

        #expect(try before.value(of: Bytes("k"), in: Bytes("n"))?.value == Bytes("1"))
        #expect(try before.versions(in: .all, of: Bytes("n"), countMax: 9).map(\.key) == [Bytes("k")])
        #expect(before.height == 1)
        #expect(try small.snapshot.value(of: Bytes("k"), in: Bytes("n")) == nil)
        before.close()
        before.close()
        #expect(throws: LedgerStoreError.self) { try before.value(of: Bytes("k"), in: Bytes("n")) }
        #expect(throws: LedgerStoreError.self) { try before.expiries(at: 1) }
    }
}
