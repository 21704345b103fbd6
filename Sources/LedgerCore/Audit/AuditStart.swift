package import FabricTypes
internal import Membership

/// What a channel's ledger is at the height where an audit begins that does not begin with the genesis block: taken as true,
/// as otherwise the genesis block is.
///
/// Filled row by row, then handed to ``LedgerAudit``. Holds all of the state and the transaction ids.
package struct AuditStart: Sendable {
    let channelID: ChannelID
    let height: BlockNumber
    let lastBlockHash: Digest
    let lastCommitHash: Digest?
    private(set) var state: InMemoryState
    private(set) var transactionIDs = KnownTransactionIDs()

    package init(channelID: ChannelID, height: BlockNumber, lastBlockHash: Digest, lastCommitHash: Digest?) {
        self.channelID = channelID
        self.height = height
        self.lastBlockHash = lastBlockHash
        self.lastCommitHash = lastCommitHash
        state = InMemoryState()
        state.begin(at: height)
    }

    package mutating func put(_ row: StateRow, in namespace: Bytes) {
        state.put(row, in: namespace)
    }

    package mutating func put(_ row: StateRow, inHashed collection: CollectionID) {
        state.put(row, inHashed: collection)
    }

    package mutating func insert(transactionID: Bytes) {
        transactionIDs.insert(transactionID)
    }

    /// Schedules what expires later. To be called when everything is put.
    package mutating func scheduleExpiries() throws {
        let snapshot = InMemorySnapshot(state)
        let definitions = DefinitionReader(snapshot)
        for collection in try snapshot.hashedCollections() {
            let blocksToLive = try definitions.blocksToLive(of: collection)
            guard blocksToLive > 0 else { continue }
            for row in try snapshot.hashedRows(of: collection) {
                let entry = ExpiryEntry(
                    of: row.key, in: collection, writtenBy: row.state.version, blocksToLive: blocksToLive)
                if let entry { state.schedule(entry) }
            }
        }
    }

    /// The value under which the state keeps the channel's configuration.
    var configuration: (config: Config, block: BlockNumber)? {
        // The in-memory state does not throw.
        guard
            let stored = try? InMemorySnapshot(state)
                .value(of: ChannelConfigState.key, in: ChannelConfigState.namespace),
            let config = try? ConfigEnvelope(decoding: stored.value).config
        else { return nil }
        return (config, stored.version.blockNumber)
    }
}
