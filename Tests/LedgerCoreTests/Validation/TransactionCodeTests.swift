internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore
internal import Membership
internal import Testing

@Suite("Validation codes")
struct TransactionCodeTests {
    /// The recorded channel after block 30, to be judged against and not to be committed to.
    private static let channel = Result { try GoldenChannel.trade(blocks: 31) }

    private static func evaluate(_ entries: [Bytes]) throws -> [TransactionVerdict] {
        let channel = try channel.get()
        let block = Block(following: channel.header, envelopes: entries)
        return try channel.evaluate(PreparedBlock(block)).verdicts
    }

    private static func transaction(_ key: String = "key", nonce: String = "nonce") throws -> GoldenTransaction {
        var transaction = GoldenTransaction(
            creator: try .user("User1@alder.example"),
            endorsers: [try .peer("peer0.alder.example"), try .peer("peer0.birch.example")],
            writing: .writing([(key, "value")]))
        transaction.nonce = Bytes(nonce)
        return transaction
    }

    @Test("a spoilt transaction gets the code of the first rule it breaks", arguments: SpoiltTransaction.all)
    func spoiltTransaction(spoilt: SpoiltTransaction) throws {
        var transaction = try Self.transaction()
        try spoilt.spoil(&transaction)

        let before = try Self.transaction("before", nonce: "before").envelope()
        let after = try Self.transaction("after", nonce: "after").envelope()
        let verdicts = try Self.evaluate([before, transaction.envelope(), after])

        #expect(verdicts.map(\.code) == [.valid, spoilt.code, .valid], "\(verdicts)")
        #expect(verdicts[1].reason.isEmpty == (spoilt.code == .valid))
    }

    @Test("a transaction's code does not depend on the others in its block")
    func allInOneBlock() throws {
        // Each has an id of its own, or all but the first would be copies.
        let cases = SpoiltTransaction.all.filter { $0.code != .duplicateTransactionID }
        let entries = try cases.enumerated().map { index, spoilt in
            var transaction = try Self.transaction("key \(index)", nonce: "nonce \(index)")
            try spoilt.spoil(&transaction)
            return try transaction.envelope()
        }
        #expect(try Self.evaluate(entries).map(\.code) == cases.map(\.code))
    }

    @Test("an entry that is no envelope gets 255")
    func noEnvelope() throws {
        let verdicts = try Self.evaluate([SpoiltTransaction.noMessage, Self.transaction().envelope()])
        #expect(verdicts.map(\.code) == [.invalidOtherReason, .valid])
    }

    @Test("of several valid transactions with one id the first counts; invalid ones do not bar the id in their block")
    func copiesInOneBlock() throws {
        var weak = try Self.transaction("weak")
        weak.endorsers = []
        let first = try Self.transaction("first")
        let second = try Self.transaction("second")
        let verdicts = try Self.evaluate([weak.envelope(), first.envelope(), second.envelope(), first.envelope()])
        #expect(
            verdicts.map(\.code) == [
                .endorsementPolicyFailure, .valid, .duplicateTransactionID, .duplicateTransactionID,
            ])
    }

    @Test("every readable header uses up an id: as it stands there, else computed")
    func usedUpIDs() throws {
        var message = try Self.transaction()
        message.changeChannelHeader = { $0.type = .message }
        let id = Bytes(TransactionID(nonce: message.nonce, creator: message.creator.identity).rawValue)
        #expect(PreparedTransaction(try message.envelope()).transactionID == id)

        message.changeChannelHeader = { $0.transactionID = Bytes("any text") }
        #expect(PreparedTransaction(try message.envelope()).transactionID == Bytes("any text"))

        message.changeChannelHeader = { $0.transactionID = Bytes() }
        #expect(PreparedTransaction(try message.envelope()).transactionID == id)

        message.changePayload = { $0.header = nil }
        #expect(PreparedTransaction(try message.envelope()).transactionID.isEmpty)
    }
}
