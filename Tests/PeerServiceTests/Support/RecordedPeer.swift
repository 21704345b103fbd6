internal import Dispatch
internal import FabricTypes
internal import Foundation
internal import GoldenLedger
internal import LedgerCore
internal import LedgerStorage
internal import Logging
internal import Membership

@testable internal import PeerService

/// Peers of the recorded network.
enum RecordedPeer {
    static let names = ["peer0.alder.example", "peer0.birch.example", "peer0.cedar.example", "peer1.alder.example"]
    static let channelID = Result { try ChannelID(validating: "trade") }

    static let loop = ParallelLoop { count, body in DispatchQueue.concurrentPerform(iterations: count, execute: body) }

    /// What a recorded peer brings along: its own identity and MSP.
    static func settings(
        _ name: String = names[0], signatures: SignatureTable = SignatureTable(),
        exchange: PrivateDataExchange = PrivateDataExchange()
    ) throws -> PeerSettings {
        let domain = name.split(separator: ".").dropFirst().joined(separator: ".")
        let mspID = try MSPID(validating: "\(domain.split(separator: ".")[0].capitalized)MSP")
        let folder = try folder("crypto/peerOrganizations/\(domain)/peers/\(name)/msp")
        let signer = try folder.signingIdentity(mspID: mspID, signatures: signatures)
        let config = try folder.config(mspID: mspID).config
        return PeerSettings(
            signer: signer,
            localMSP: try ChannelMSPs([MSPConfig(config)], version: .v30, signatures: signatures),
            signatures: signatures, loop: loop, exchange: exchange, logger: Logger(label: "peer"))
    }

    static func folder(_ path: String, in files: GoldenFiles = .trade) throws -> MSPFolder {
        let root = files.url(path)
        var contents: [String: Bytes] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: root.path) {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: root.appending(path: name).path, isDirectory: &isFolder)
            if !isFolder.boolValue { contents[name] = try files.bytes("\(path)/\(name)") }
        }
        return MSPFolder(files: contents)
    }

    /// The recorded channel in memory, begun with its genesis block.
    static func channel(_ settings: PeerSettings) throws -> PeerChannel {
        try PeerChannel.join(
            with: GoldenFiles.trade.bytes("genesis.block"),
            in: ChannelLedger(store: InMemoryLedger(), transientStore: InMemoryTransientStore()), settings: settings)
    }

    /// The recorded blocks as the orderer made them.
    static func ordererBlocks() throws -> [Bytes] {
        try GoldenFiles.trade.blocks().map { try Block(decoding: $0).withoutPeerSlots.encoded() }
    }
}
