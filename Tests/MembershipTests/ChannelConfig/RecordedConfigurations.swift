import FabricTypes
import GoldenLedger
import Membership

/// The recorded channel `trade`: its config blocks, and the configurations they lead to.
struct RecordedConfigurations {
    struct Update {
        let block: Int
        let id: String
        let envelope: Bytes
    }

    static let files = GoldenFiles.trade

    let blocks: [Block]
    /// Updates as they were sent, all but one.
    let updates: [Update]
    /// Each with the number of the block that brought it; the first is that of the genesis block.
    let configurations: [(block: Int, configuration: ChannelConfiguration)]

    var genesis: ChannelConfiguration { configurations[0].configuration }

    static let read = Result { try RecordedConfigurations() }

    private init() throws {
        blocks = try Self.files.blocks().map { try Block(decoding: $0) }
        updates = try Self.files.json("config/updates.json").array.map { entry in
            Update(
                block: Int(try entry["block"].integer), id: try entry["id"].string,
                envelope: try entry["envelope"].base64)
        }
        let genesis = try Block(decoding: Self.files.bytes("genesis.block"))
        var current = try ChannelConfiguration(trusting: genesis, signatures: SignatureTable())
        var configurations = [(block: 0, configuration: current)]
        for block in blocks.dropFirst() where block.isConfigBlock {
            current = try current.following(ConfigTransaction(block: block))
            configurations.append((Int(block.number), current))
        }
        self.configurations = configurations
    }

    /// The configuration in force when the ledger has this many blocks.
    func configuration(ledgerHeight: Int) throws -> ChannelConfiguration {
        guard let found = configurations.last(where: { $0.block < ledgerHeight }) else { throw NoBlocks() }
        return found.configuration
    }

    struct NoBlocks: Error {}
}
