internal import Dispatch
internal import FabricTypes
internal import Foundation
internal import GoldenLedger
internal import LedgerCore
internal import LedgerStorage
internal import Logging
internal import Membership
internal import PeerService

/// Peers of the recorded network.
enum RecordedPeer {
    static let names = ["peer0.alder.example", "peer0.birch.example", "peer0.cedar.example", "peer1.alder.example"]

    /// Shared, so that the recorded signatures are checked once for all tests.
    static let signatures = SignatureTable()

    static let loop = ParallelLoop { count, body in DispatchQueue.concurrentPerform(iterations: count, execute: body) }

    /// What a recorded peer brings along: its own identity.
    static func settings(
        _ name: String = names[0], preparation: BlockPreparation = BlockPreparation(),
        exchange: PrivateDataExchange = PrivateDataExchange()
    ) throws -> PeerSettings {
        let (mspID, folder) = try msp(name)
        return PeerSettings(
            signer: try folder.signingIdentity(mspID: mspID, signatures: signatures), signatures: signatures,
            loop: loop, preparation: preparation, exchange: exchange,
            logger: Logger(label: "peer") { _ in SwiftLogNoOpLogHandler() })
    }

    /// By which a recorded peer judges its own organisation.
    static func localIdentities(_ name: String) throws -> ChannelMSPs {
        let (mspID, folder) = try msp(name)
        return try ChannelMSPs(
            [MSPConfig(folder.config(mspID: mspID).config)], version: .v30, signatures: signatures)
    }

    private static func msp(_ name: String) throws -> (MSPID, MSPFolder) {
        let domain = name.split(separator: ".").dropFirst().joined(separator: ".")
        return (
            try MSPID(validating: "\(domain.split(separator: ".")[0].capitalized)MSP"),
            try folder("crypto/peerOrganizations/\(domain)/peers/\(name)/msp")
        )
    }

    /// A recorded peer that has joined nothing yet.
    static func peer(_ name: String = names[0]) throws -> Peer {
        let ledgers = InMemoryLedgers()
        try keepPrivateData(of: name, in: ledgers.open(ChannelID(validating: "trade")).transientStore)
        return try Peer(settings: settings(name), ledgers: ledgers)
    }

    /// Lets a recorded peer commit recorded blocks up to a height, joining the channel for the first one.
    static func advance(_ peer: Peer, to height: Int) async throws {
        guard height > 0 else { return }
        let channel = try peer.channels.first ?? peer.join(GoldenFiles.trade.bytes("genesis.block"))
        for block in try ordererBlocks().prefix(height).dropFirst(Int(channel.commits.height)) {
            try await channel.commit(block)
        }
    }

    private static func folder(_ path: String, in files: GoldenFiles = .trade) throws -> MSPFolder {
        let root = files.url(path)
        var contents: [String: Bytes] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: root.path) {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: root.appending(path: name).path, isDirectory: &isFolder)
            if !isFolder.boolValue { contents[name] = try files.bytes("\(path)/\(name)") }
        }
        return MSPFolder(files: contents)
    }

    static func ledgerInMemory() -> ChannelLedger {
        ChannelLedger(store: InMemoryLedger(), transientStore: InMemoryTransientStore())
    }

    static func ledgerOnDisk(_ path: String, options: LedgerOptions = LedgerOptions()) throws -> ChannelLedger {
        let ledger = try SQLiteLedger.open(folder: path, options: options)
        return ChannelLedger(
            store: ledger, transientStore: ledger.transientStore,
            origin: ledger.origin.map { origin in
                ChannelLedger.Origin(
                    // A snapshot holds a block at least.
                    number: max(1, origin.height) - 1, hash: origin.lastBlockHash,
                    previousHash: origin.previousBlockHash)
            },
            indexing: ledger, close: { ledger.close() })
    }

    /// The recorded channel begun with its genesis block.
    static func begin(
        _ settings: PeerSettings, in ledger: ChannelLedger = ledgerInMemory()
    ) throws -> PeerChannel {
        try PeerChannel.join(with: GoldenFiles.trade.bytes("genesis.block"), in: ledger, settings: settings)
    }

    /// The recorded blocks as the orderer made them.
    static func ordererBlocks() throws -> [Bytes] { try recordedBlocks.get() }

    private static let recordedBlocks = Result {
        try GoldenFiles.trade.blocks().map { try Block(decoding: $0).withoutPeerSlots.encoded() }
    }

    /// The recorded channel of a peer up to a height, with the private data that the recorded peer had.
    static func channel(
        of name: String = names[0], height: Int = 110, in ledger: ChannelLedger = ledgerInMemory()
    ) async throws -> PeerChannel {
        try keepPrivateData(of: name, in: ledger.transientStore)
        let channel = try begin(settings(name), in: ledger)
        for block in try ordererBlocks().prefix(height).dropFirst() { try await channel.commit(block) }
        return channel
    }

    /// Puts what a recorded peer had of the private data where it waits for its blocks.
    static func keepPrivateData(of name: String, in store: any TransientStore) throws {
        let blocks = try GoldenFiles.trade.blocks()
        for entry in try GoldenFiles.trade.json("expected/private-writes.json").array
        where try entry["peer"].string == name {
            let number = Int(try entry["block"].integer)
            let block = PreparedBlock(try Block(decoding: blocks[number]))
            let transaction = block.transactions[Int(try entry["tx"].integer)]
            var content = TxPvtReadWriteSetWithConfigInfo()
            content.privateSet =
                try purge(in: transaction) ?? TxPvtReadWriteSet(decoding: entry["writeSet"].base64)
            try store.keep(content.encoded(), ofTransaction: transaction.transactionID, height: BlockNumber(number))
        }
    }

    /// The private writes of a transaction that purges a key, made anew: they were recorded after the purge had erased
    /// them.
    private static func purge(in transaction: PreparedTransaction) throws -> TxPvtReadWriteSet? {
        guard let action = try Transaction(decoding: transaction.data).actions.first else { return nil }
        let payload = try ChaincodeActionPayload(decoding: action.payload)
        let input = try ChaincodeProposalPayload(decoding: payload.chaincodeProposalPayload).input
        let arguments = try ChaincodeInvocationSpec(decoding: input).chaincodeSpec?.input?.arguments ?? []
        guard arguments.count == 3, arguments[0] == Bytes("ppurge") else { return nil }
        var writes = KVRWSet()
        writes.writes = [KVWrite(key: arguments[2], value: Bytes())]
        let collection = CollectionPvtReadWriteSet(collection: arguments[1], readWriteSet: writes.encoded())
        return TxPvtReadWriteSet(
            namespaces: [NsPvtReadWriteSet(namespace: Bytes("goods"), collections: [collection])])
    }

    /// The private write sets that the recorded peer still had at the end, by block and transaction.
    static func privateSetsAtEnd(of name: String) throws -> [BlockNumber: [PrivateWriteSet]] {
        var sets: [BlockNumber: [PrivateWriteSet]] = [:]
        for entry in try GoldenFiles.trade.json("expected/private-writes.json").array
        where try entry["peer"].string == name {
            let atEnd = try entry.object["atEnd"] ?? entry["writeSet"]
            if atEnd.isNull { continue }
            let set = try TxPvtReadWriteSet(decoding: atEnd.base64)
            sets[BlockNumber(try entry["block"].integer), default: []].append(
                PrivateWriteSet(transactionIndex: Int(try entry["tx"].integer), set: set))
        }
        return sets.mapValues { $0.sorted { $0.transactionIndex < $1.transactionIndex } }
    }
}

/// Makes an empty folder for the length of a test.
func withTemporaryFolder(_ body: (String) async throws -> Void) async throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "duet-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    try await body(url.path)
}
