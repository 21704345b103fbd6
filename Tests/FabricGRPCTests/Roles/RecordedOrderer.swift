import FabricTypes
import GoldenLedger
import Logging
import Membership
import OrdererService
import OrderingCore

/// The recorded network's orderer with the first block of its channel, and who calls it.
struct RecordedOrderer {
    let channelID: ChannelID
    let orderer: Orderer
    let genesis: Bytes

    init() throws {
        channelID = try ChannelID(validating: "trade")
        genesis = try Block(decoding: GoldenFiles.trade.blocks()[0]).encoded()
        let logs = InMemoryBlockLogs()
        _ = logs.create(channelID, genesis: genesis)
        orderer = try Orderer(
            logs: logs,
            identity: Self.identity(
                "crypto/ordererOrganizations/harbor.example/orderers/orderer0.harbor.example", "HarborMSP"),
            signatures: SignatureTable(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Of a peer that may read the channel.
    static func reader() throws -> SigningIdentity {
        try identity("crypto/peerOrganizations/alder.example/peers/peer0.alder.example", "AlderMSP")
    }

    static func envelope(_ nonce: String) throws -> Bytes {
        var transaction = GoldenTransaction(
            creator: try .user("User1@alder.example"), endorsers: [], writing: .writing([("key", nonce)]))
        transaction.nonce = Bytes(nonce)
        return try transaction.envelope()
    }

    private static func identity(_ folder: String, _ mspID: String) throws -> SigningIdentity {
        let certificates = try GoldenFiles.trade.names(in: "\(folder)/msp/signcerts")
        return try SigningIdentity(
            mspID: MSPID(validating: mspID),
            certificate: Certificate(pemText: GoldenFiles.trade.bytes("\(folder)/msp/signcerts/\(certificates[0])")),
            key: PrivateKey(pemText: GoldenFiles.trade.bytes("\(folder)/msp/keystore/priv_sk")))
    }
}
