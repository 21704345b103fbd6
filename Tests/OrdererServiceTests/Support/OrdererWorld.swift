import FabricTypes
import GoldenLedger
import LedgerCore
import Logging
import Membership
import OrdererService
import OrderingCore
import Testing

/// An orderer with the recorded orderer's identity over logs of a test's choice.
struct OrdererWorld {
    let orderer: Orderer
    let time: ManualTime

    init(logs: any OrderedBlockLogs, time: ManualTime = ManualTime(), options: OrdererOptions = OrdererOptions())
        throws
    {
        var options = options
        options.time = time.orderer
        self.time = time
        orderer = try Orderer(
            logs: logs, identity: Self.identity(), signatures: SignatureTable(), options: options,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// The recorded channel after some of its blocks, in memory.
    init(recordedBlocks count: Int, options: OrdererOptions = OrdererOptions()) throws {
        let logs = InMemoryBlockLogs()
        let blocks = try Self.recordedBlocks(count)
        let log = logs.create(try ChannelID(validating: "trade"), genesis: blocks[0])
        try log.append(blocks.enumerated().dropFirst().map { (BlockNumber($0.offset), $0.element) })
        try self.init(logs: logs, options: options)
    }

    var trade: OrdererChannel {
        get throws { try #require(orderer.channel(ChannelID(validating: "trade"))) }
    }

    /// Lets the orderer make blocks while `body` runs.
    func running<Result: Sendable>(_ body: @Sendable () async throws -> Result) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [orderer] in await orderer.run() }
            let result = try await body()
            group.cancelAll()
            try await group.waitForAll()
            return result
        }
    }

    static func identity() throws -> SigningIdentity {
        let folder = "crypto/ordererOrganizations/harbor.example/orderers/orderer0.harbor.example/msp"
        return try SigningIdentity(
            mspID: MSPID(validating: "HarborMSP"),
            certificate: Certificate(
                pemText: GoldenFiles.trade.bytes("\(folder)/signcerts/orderer0.harbor.example-cert.pem")),
            key: PrivateKey(pemText: GoldenFiles.trade.bytes("\(folder)/keystore/priv_sk")))
    }

    /// Blocks as the recorded orderer stored them.
    static func recordedBlocks(_ count: Int = 110) throws -> [Bytes] {
        try GoldenFiles.trade.blocks().prefix(count).map { try Block(decoding: $0).withoutPeerSlots.encoded() }
    }

    /// A client's envelope that nothing is wrong with.
    static func envelope(
        _ text: String, channel: String = "trade", by user: String = "User1@alder.example"
    ) throws -> Bytes {
        var transaction = GoldenTransaction(
            creator: try .user(user), endorsers: [], writing: .writing([("key", text)]))
        transaction.channelID = channel
        transaction.nonce = Bytes(text)
        return try transaction.envelope()
    }

    /// A client's request for blocks.
    static func seek(
        _ info: SeekInfo, channel: String = "trade", by signer: GoldenSigner? = nil, at time: Timestamp
    ) throws -> Bytes {
        let signer = try signer ?? GoldenSigner.user("User1@alder.example")
        let header = Header(
            channelHeader: ChannelHeader(type: .deliverSeekInfo, timestamp: time, channelID: Bytes(channel)).encoded(),
            signatureHeader: SignatureHeader(creator: signer.identity, nonce: Bytes()).encoded())
        let payload = Payload(header: header, data: info.encoded()).encoded()
        return Envelope(payload: payload, signature: try signer.sign(payload)).encoded()
    }
}
