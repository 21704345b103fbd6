import FabricTypes
import GoldenLedger
import Membership
import OrderingCore

/// What the recorded channel's orderer had: its identity and its blocks.
enum RecordedOrderer {
    static func identity() throws -> SigningIdentity {
        let files = GoldenFiles.trade
        let folder = "crypto/ordererOrganizations/harbor.example/orderers/orderer0.harbor.example/msp"
        return try SigningIdentity(
            mspID: MSPID(validating: "HarborMSP"),
            certificate: Certificate(
                pemText: files.bytes("\(folder)/signcerts/orderer0.harbor.example-cert.pem")),
            key: PrivateKey(pemText: files.bytes("\(folder)/keystore/priv_sk")))
    }

    static func signer() throws -> BlockSigner {
        BlockSigner(try identity()) { Bytes("a nonce of 24 bytes here") }
    }

    /// The first blocks as the orderer stored them.
    static func blocks(_ count: Int = 110) throws -> [Block] {
        try GoldenFiles.trade.blocks().prefix(count).map { try Block(decoding: $0).withoutPeerSlots }
    }

    /// The configuration in force after some blocks.
    static func configuration(after blocks: [Block]) throws -> ChannelConfiguration {
        let last = try blocks.last.map { $0.isConfigBlock ? $0.number : try $0.lastConfigIndex() } ?? 0
        return try ChannelConfiguration(trusting: blocks[Int(last)], signatures: SignatureTable())
    }
}
