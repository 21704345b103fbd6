internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore
internal import Membership
internal import Testing

/// Transactions made with the recorded keys, each spoilt in one place, judged over the recorded state.
@Suite("A transaction's code")
struct TransactionCodeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let code: ValidationCode
        let make: @Sendable () throws -> GoldenTransaction

        var testDescription: String { name }

        init(_ name: String, _ code: ValidationCode, _ make: @escaping @Sendable () throws -> GoldenTransaction) {
            self.name = name
            self.code = code
            self.make = make
        }

        /// A good transaction with one change.
        static func spoilt(
            _ name: String, _ code: ValidationCode,
            _ change: @escaping @Sendable (inout GoldenTransaction) throws -> Void
        ) -> Case {
            Case(name, code) {
                var transaction = try TransactionCodeTests.good()
                try change(&transaction)
                return transaction
            }
        }
    }

    private static let channel = Result { try GoldenChannel.trade() }

    static func good(writing set: ReadWriteSet = .writing([("case", "1")])) throws -> GoldenTransaction {
        try GoldenTransaction(
            creator: .user("User1@alder.example"),
            endorsers: [.peer("peer0.alder.example"), .peer("peer0.birch.example")], writing: set)
    }

    private static let cases: [Case] = [
        .spoilt("as it should be", .valid) { _ in },
        .spoilt("of type MESSAGE", .badCommonHeader) { $0.changeChannelHeader = { $0.type = .message } },
        .spoilt("of a later epoch", .badCommonHeader) { $0.changeChannelHeader = { $0.epoch = 1 } },
        .spoilt("without nonce", .badCommonHeader) { $0.changeSignatureHeader = { $0.nonce = Bytes() } },
        .spoilt("without creator", .badCommonHeader) { $0.changeSignatureHeader = { $0.creator = Bytes() } },
        .spoilt("of another channel", .badCreatorSignature) {
            $0.changeChannelHeader = { $0.channelID = Bytes("other") }
        },
        .spoilt("with a changed signature", .badCreatorSignature) {
            $0.changeEnvelope = { $0.signature = Bytes($0.signature.array.dropLast() + [$0.signature.last! ^ 1]) }
        },
        .spoilt("with another's transaction id", .badProposalTransactionID) {
            $0.changeChannelHeader = { $0.transactionID = Bytes(String(repeating: "ab", count: 32)) }
        },
        .spoilt("with two actions", .invalidEndorserTransaction) {
            $0.changeTransaction = { $0.actions += $0.actions }
        },
        .spoilt("without action", .invalidEndorserTransaction) { $0.changeTransaction = { $0.actions = [] } },
        .spoilt("with the hash of another proposal", .invalidEndorserTransaction) {
            $0.changeResponse = { $0.proposalHash = Digest(of: Bytes("x")).bytes }
        },
        .spoilt("with an unreadable header extension", .badHeaderExtension) {
            $0.changeHeaderExtension = { $0 = Bytes([0x12, 0x7F]) }
        },
        .spoilt("with an empty action", .badResponsePayload) { $0.changeResponse = { $0.extension = Bytes() } },
        .spoilt("with an unreadable read-write set", .badReadWriteSet) { $0.results = Bytes([0x12, 0x7F]) },
        .spoilt("that names a namespace twice", .illegalWriteSet) {
            let set = ReadWriteSet.writing([("case", "1")])
            $0.results = ReadWriteSet(namespaces: set.namespaces + set.namespaces).encoded()
        },
        .spoilt("of an undefined chaincode", .invalidChaincode) { $0.chaincode = "nothing" },
        .spoilt("without version in the action", .invalidChaincode) { $0.version = "" },
        .spoilt("that writes to an undefined namespace", .invalidChaincode) {
            $0.results = ReadWriteSet.writing([("case", "1")], in: "nothing").encoded()
        },
        .spoilt("that writes to lscc", .invalidChaincode) {
            $0.results = ReadWriteSet.writing([("case", "1")], in: "lscc").encoded()
        },
        .spoilt("whose event names another chaincode", .invalidOtherReason) {
            $0.changeAction = {
                $0.events = ChaincodeEvent(chaincodeID: Bytes("notes"), transactionID: Bytes(), eventName: Bytes("e"))
                    .encoded()
            }
        },
        .spoilt("endorsed by one of two organisations", .endorsementPolicyFailure) { $0.endorsers.removeLast() },
        .spoilt("endorsed twice by one organisation", .endorsementPolicyFailure) {
            $0.endorsers = [try .peer("peer0.alder.example"), try .peer("peer1.alder.example")]
        },
        .spoilt("endorsed by a client", .endorsementPolicyFailure) {
            $0.endorsers[1] = try .user("User1@birch.example")
        },
        .spoilt("endorsed by more than need be, in another order", .valid) {
            $0.endorsers = [
                try .peer("peer0.cedar.example"), try .peer("peer0.birch.example"), try .peer("peer0.alder.example"),
            ]
        },
        .spoilt("with a wrong endorsement before the good ones", .valid) {
            $0.changeEndorsements = { $0.insert(Endorsement(endorser: $0[0].endorser, signature: Bytes("no")), at: 0) }
        },
        .spoilt("created by a peer", .valid) { $0.creator = try .peer("peer0.alder.example") },
        .spoilt("that read a key's right version", .valid) {
            $0.results = ReadWriteSet.reading("gw", version: Version(blockNumber: 78, transactionIndex: 0)).encoded()
        },
        .spoilt("that read a key's old version", .mvccReadConflict) {
            $0.results = ReadWriteSet.reading("gw", version: Version(blockNumber: 77, transactionIndex: 0)).encoded()
        },
        .spoilt("that read a key as missing which is there", .mvccReadConflict) {
            $0.results = ReadWriteSet.reading("gw", version: nil).encoded()
        },
    ]

    @Test("follows from the one thing that is wrong with it", arguments: cases)
    func code(of testCase: Case) throws {
        let channel = try Self.channel.get()
        let envelope = try testCase.make().envelope()
        let block = PreparedBlock(Block(following: channel.header, envelopes: [envelope]))
        let evaluation = try channel.evaluate(block)
        #expect(evaluation.codes == [testCase.code], "\(evaluation.verdicts)")
    }

    @Test("does not depend on the others' in its block, one at a time or all at once")
    func allInOneBlock() throws {
        let channel = try Self.channel.get()
        // Each needs an id of its own, or all but the first would be copies.
        let envelopes = try Self.cases.enumerated().map { index, testCase in
            var transaction = try testCase.make()
            transaction.nonce = Bytes("nonce number \(index)")
            return try transaction.envelope()
        }
        let block = PreparedBlock(Block(following: channel.header, envelopes: envelopes), loop: .concurrent)
        #expect(try channel.evaluate(block).codes == Self.cases.map(\.code))
    }

    @Test("of a copy in the same block is that of a duplicate")
    func copies() throws {
        let channel = try Self.channel.get()
        let envelope = try Self.good().envelope()
        let block = PreparedBlock(Block(following: channel.header, envelopes: [envelope, envelope]))
        #expect(try channel.evaluate(block).codes == [.valid, .duplicateTransactionID])
    }

    @Test("of damaged envelopes is some code, never a crash", arguments: Seeds.sample(20))
    func damagedEnvelopes(seed: UInt64) throws {
        let channel = try Self.channel.get()
        var random = SeededGenerator(seed: seed)
        let good = try Self.good().envelope().array
        let envelopes = (0..<20).map { _ in Bytes(random.mutated(good)) }
        let block = PreparedBlock(Block(following: channel.header, envelopes: envelopes), loop: .concurrent)
        #expect(try channel.evaluate(block).codes.count == 20, "seed \(seed)")
    }
}

extension ReadWriteSet {
    fileprivate static func reading(_ key: String, version: Version?) -> ReadWriteSet {
        var set = writing([("case", "1")])
        set.namespaces[0].publicSet.reads = [KVRead(key: Bytes(key), version: version)]
        return set
    }
}
