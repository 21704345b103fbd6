internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore
internal import Membership
internal import Testing

/// One way to spoil a transaction, and the code it must get for it.
struct SpoiltTransaction: CustomTestStringConvertible, Sendable {
    let name: String
    let code: ValidationCode
    let spoil: @Sendable (inout GoldenTransaction) throws -> Void

    init(_ name: String, _ code: ValidationCode, _ spoil: @escaping @Sendable (inout GoldenTransaction) throws -> Void)
    {
        self.name = name
        self.code = code
        self.spoil = spoil
    }

    var testDescription: String { "\(name): \(code)" }

    static let noMessage = Bytes([0xFF, 0xFF, 0xFF])

    static let all = headers + creators + contents + actions + endorsements + reads

    static let headers = [
        SpoiltTransaction("whole", .valid) { _ in },
        SpoiltTransaction("payload does not decode", .badPayload) { $0.changeEnvelope = { $0.payload = noMessage } },
        SpoiltTransaction("no header", .badCommonHeader) { $0.changePayload = { $0.header = nil } },
        SpoiltTransaction("channel header does not decode", .badCommonHeader) {
            $0.changePayload = { $0.header?.channelHeader = noMessage }
        },
        SpoiltTransaction("signature header does not decode", .badCommonHeader) {
            $0.changePayload = { $0.header?.signatureHeader = noMessage }
        },
        SpoiltTransaction("type MESSAGE", .badCommonHeader) { $0.changeChannelHeader = { $0.type = .message } },
        SpoiltTransaction("type 4, which orderers of old had", .badCommonHeader) {
            $0.changeChannelHeader = { $0.type = .ordererTransaction }
        },
        SpoiltTransaction("epoch", .badCommonHeader) { $0.changeChannelHeader = { $0.epoch = 1 } },
        SpoiltTransaction("no nonce", .badCommonHeader) { $0.changeSignatureHeader = { $0.nonce = Bytes() } },
        SpoiltTransaction("no creator", .badCommonHeader) { $0.changeSignatureHeader = { $0.creator = Bytes() } },
    ]

    static let creators = [
        SpoiltTransaction("another channel", .badCreatorSignature) { $0.channelID = "elsewhere" },
        SpoiltTransaction("no channel", .badCreatorSignature) { $0.channelID = "" },
        SpoiltTransaction("signature of something else", .badCreatorSignature) {
            $0.changeEnvelope = { $0.payload = Bytes($0.payload.array + [0x1A, 0x00]) }
        },
        SpoiltTransaction("creator is no identity", .badCreatorSignature) {
            $0.changeSignatureHeader = { $0.creator = noMessage }
        },
        SpoiltTransaction("creator of an unknown MSP", .badCreatorSignature) {
            let key = try PrivateKey(pemText: GoldenFiles.trade.bytes("crypto/extra/p384@alder.example/key.pem"))
            $0.creator = try GoldenSigner(
                mspID: "ElmMSP",
                certificate: GoldenFiles.trade.bytes("crypto/extra/p384@alder.example/cert.pem"), key: key)
        },
        SpoiltTransaction("creator with two roles", .badCreatorSignature) {
            $0.creator = try .extra("double@alder.example")
        },
        SpoiltTransaction("creator that has expired", .valid) { $0.creator = try .extra("brief@birch.example") },
        SpoiltTransaction("creator who is a peer", .valid) { $0.creator = try .peer("peer0.alder.example") },
        SpoiltTransaction("creator older than its authority", .badCreatorSignature) {
            $0.creator = try .extra("expired@alder.example")
        },
        SpoiltTransaction("creator with a P-384 key", .valid) { $0.creator = try .extra("p384@alder.example") },
        SpoiltTransaction("a bad header goes before a bad signature", .badCommonHeader) {
            $0.channelID = "elsewhere"
            $0.changeChannelHeader = { $0.epoch = 1 }
        },
        SpoiltTransaction("a bad signature goes before a bad id", .badCreatorSignature) {
            $0.channelID = "elsewhere"
            $0.changeChannelHeader = { $0.transactionID = Bytes() }
        },
    ]

    static let contents = [
        SpoiltTransaction("id of another transaction", .badProposalTransactionID) {
            $0.changeChannelHeader = {
                $0.transactionID = Bytes(TransactionID(nonce: Bytes("other"), creator: Bytes()).rawValue)
            }
        },
        SpoiltTransaction("no id", .badProposalTransactionID) {
            $0.changeChannelHeader = { $0.transactionID = Bytes() }
        },
        SpoiltTransaction("config update", .unsupportedTransactionPayload) {
            $0.changeChannelHeader = { $0.type = .configUpdate }
        },
        SpoiltTransaction("config transaction without content", .invalidConfigTransaction) {
            $0.changeChannelHeader = { $0.type = .config }
            $0.changePayload = { $0.data = Bytes() }
        },
        SpoiltTransaction("no content", .invalidEndorserTransaction) { $0.changePayload = { $0.data = Bytes() } },
        SpoiltTransaction("content does not decode", .invalidEndorserTransaction) {
            $0.changePayload = { $0.data = noMessage }
        },
        SpoiltTransaction("two actions", .invalidEndorserTransaction) {
            $0.changeTransaction = { $0.actions += $0.actions }
        },
        SpoiltTransaction("no action", .invalidEndorserTransaction) { $0.changeTransaction = { $0.actions = [] } },
        SpoiltTransaction("action header without nonce", .invalidEndorserTransaction) {
            $0.changeTransaction = {
                $0.actions[0].header = SignatureHeader(creator: Bytes("somebody"), nonce: Bytes()).encoded()
            }
        },
        SpoiltTransaction("action header of another transaction", .invalidEndorserTransaction) {
            $0.changeTransaction = {
                $0.actions[0].header = SignatureHeader(creator: Bytes("somebody"), nonce: Bytes("other")).encoded()
            }
        },
        SpoiltTransaction("no endorsed action", .invalidEndorserTransaction) {
            $0.changeActionPayload = { $0.action = nil }
        },
        SpoiltTransaction("no proposal payload", .invalidEndorserTransaction) {
            $0.changeActionPayload = { $0.chaincodeProposalPayload = Bytes() }
        },
        SpoiltTransaction("another proposal's hash", .invalidEndorserTransaction) {
            $0.changeResponse = { $0.proposalHash = Digest(of: Bytes("other")).bytes }
        },
        SpoiltTransaction("response payload does not decode", .invalidEndorserTransaction) {
            $0.changeActionPayload = { $0.action?.proposalResponsePayload = noMessage }
        },
    ]

    static let actions = [
        SpoiltTransaction("id known from an earlier block", .duplicateTransactionID) {
            $0.nonce = try usedNonce()
        },
        SpoiltTransaction("header extension does not decode", .badHeaderExtension) {
            $0.changeHeaderExtension = { $0 = noMessage }
        },
        SpoiltTransaction("action does not decode", .badResponsePayload) {
            $0.changeResponse = { $0.extension = noMessage }
        },
        SpoiltTransaction("no action in the response", .badResponsePayload) {
            $0.changeResponse = { $0.extension = Bytes() }
        },
        SpoiltTransaction("read-write set does not decode", .badReadWriteSet) {
            $0.changeAction = { $0.results = noMessage }
        },
        SpoiltTransaction("header extension names no chaincode", .invalidOtherReason) {
            $0.changeHeaderExtension = { $0 = Bytes() }
        },
        SpoiltTransaction("action names no chaincode", .invalidOtherReason) {
            $0.changeAction = { $0.chaincodeID = nil }
        },
        SpoiltTransaction("empty chaincode name", .invalidChaincode) {
            $0.changeHeaderExtension = {
                $0 = ChaincodeHeaderExtension(chaincodeID: ChaincodeID(name: Bytes())).encoded()
            }
        },
        SpoiltTransaction("two chaincode names", .invalidChaincode) {
            $0.changeAction = { $0.chaincodeID?.name = Bytes("notes") }
        },
        SpoiltTransaction("no chaincode version", .invalidChaincode) {
            $0.changeAction = { $0.chaincodeID?.version = Bytes() }
        },
        SpoiltTransaction("unknown chaincode", .invalidChaincode) { $0.chaincode = "nobody" },
        SpoiltTransaction("another version", .valid) { $0.version = "never defined" },
        SpoiltTransaction("event does not decode", .invalidOtherReason) { $0.changeAction = { $0.events = noMessage } },
        SpoiltTransaction("event of another chaincode", .invalidOtherReason) {
            $0.changeAction = {
                $0.events = ChaincodeEvent(
                    chaincodeID: Bytes("notes"), transactionID: Bytes(), eventName: Bytes("e")
                ).encoded()
            }
        },
        SpoiltTransaction("one namespace twice", .illegalWriteSet) {
            let set = ReadWriteSet.writing([("k", "v")]).namespaces
            $0.results = ReadWriteSet(namespaces: set + set).encoded()
        },
        SpoiltTransaction("writes to an unknown namespace", .invalidChaincode) {
            $0.results = ReadWriteSet.writing([("k", "v")], in: "nobody").encoded()
        },
        SpoiltTransaction("writes to lscc", .invalidChaincode) {
            $0.results = ReadWriteSet.writing([("k", "v")], in: "lscc").encoded()
        },
        SpoiltTransaction("reads from an unknown namespace", .valid) {
            var set = KVRWSet()
            set.reads = [KVRead(key: Bytes("k"), version: nil)]
            $0.results =
                ReadWriteSet(namespaces: [NamespaceReadWriteSet(namespace: Bytes("nobody"), publicSet: set)]).encoded()
        },
    ]

    static let endorsements = [
        SpoiltTransaction("one endorsement where two are needed", .endorsementPolicyFailure) {
            $0.endorsers.removeLast()
        },
        SpoiltTransaction("no endorsement", .endorsementPolicyFailure) { $0.endorsers = [] },
        SpoiltTransaction("one endorser twice", .endorsementPolicyFailure) {
            $0.endorsers = [$0.endorsers[0], $0.endorsers[0]]
        },
        SpoiltTransaction("a client in place of a peer", .endorsementPolicyFailure) {
            $0.endorsers[1] = try .user("User1@birch.example")
        },
        SpoiltTransaction("two peers of one organization", .endorsementPolicyFailure) {
            $0.endorsers = [try .peer("peer0.alder.example"), try .peer("peer1.alder.example")]
        },
        SpoiltTransaction("endorsers in another order", .valid) { $0.endorsers.reverse() },
        SpoiltTransaction("a third, wrong endorsement", .valid) {
            $0.changeEndorsements = { $0.append(Endorsement(endorser: $0[0].endorser, signature: Bytes("wrong"))) }
        },
        SpoiltTransaction("a wrong endorsement before the good one", .valid) {
            $0.changeEndorsements = {
                $0.insert(Endorsement(endorser: $0[1].endorser, signature: $0[0].signature), at: 0)
            }
        },
        SpoiltTransaction("no endorsement and nothing written", .endorsementPolicyFailure) {
            $0.results = Bytes()
            $0.endorsers = []
        },
        SpoiltTransaction("unknown implicit collection", .endorsementPolicyFailure) {
            $0.results = hashedWrite(to: "_implicit_org_ElmMSP")
        },
        SpoiltTransaction("unknown collection", .endorsementPolicyFailure) { $0.results = hashedWrite(to: "none") },
        SpoiltTransaction("implicit collection endorsed by its organisation", .valid) {
            $0.results = hashedWrite(to: "_implicit_org_BirchMSP")
            $0.endorsers.removeFirst()
        },
    ]

    /// Account `acc.ann` was last written by transaction 10 of block 15.
    static let reads = [
        SpoiltTransaction("read of the version in force", .valid) { $0.results = reading(15, 10) },
        SpoiltTransaction("read of an old version", .mvccReadConflict) { $0.results = reading(10, 7) },
        SpoiltTransaction("read of a key as missing that is there", .mvccReadConflict) { $0.results = reading(nil) },
    ]

    private static func reading(_ block: BlockNumber?, _ transaction: UInt64 = 0) -> Bytes {
        var set = KVRWSet()
        let version = block.map { Version(blockNumber: $0, transactionIndex: transaction) }
        set.reads = [KVRead(key: Bytes("acc.ann"), version: version)]
        return ReadWriteSet(namespaces: [NamespaceReadWriteSet(namespace: Bytes("goods"), publicSet: set)]).encoded()
    }

    /// The nonce of a recorded transaction of the tests' usual creator: together they give an id that is used up.
    private static func usedNonce() throws -> Bytes {
        let creator = try GoldenSigner.user("User1@alder.example").identity
        let block = try Block(decoding: GoldenFiles.trade.bytes("blocks/000010.block"))
        let headers = try block.data.entries.map { entry in
            let header = try Payload(decoding: Envelope(decoding: entry).payload).header
            return try SignatureHeader(decoding: header?.signatureHeader ?? Bytes())
        }
        return try #require(headers.first { $0.creator == creator }).nonce
    }

    private static func hashedWrite(to collection: String) -> Bytes {
        var set = HashedRWSet()
        set.writes = [KVWriteHash(key: Bytes("k"), value: Bytes("v"))]
        let collectionSet = CollectionReadWriteSet(
            collection: Bytes(collection), hashedSet: set, privateSetHash: Digest(of: Bytes()).bytes)
        return ReadWriteSet(namespaces: [
            NamespaceReadWriteSet(namespace: Bytes("goods"), collections: [collectionSet])
        ]).encoded()
    }
}
