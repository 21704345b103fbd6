package import FabricTypes

/// What one block does to the state.
///
/// The owner feeds it the block's transactions in order, those that earlier checks left valid, and gets for each a verdict;
/// the effects of the valid ones gather in ``updates``. Then come the private data and at last ``finish(blocksToLive:)``.
///
/// Pure but for reading the committed state below the block. Not to be used again after an error.
/// Source: Fabric's `validation.validator` and `txmgr`.
package struct StateTransition<Reader: StateReader> {
    package let blockNumber: BlockNumber
    /// What the transactions and the private data taken up so far change; expiries are not among it before
    /// ``finish(blocksToLive:)``. The commit hash covers these.
    package internal(set) var updates = StateUpdates()
    /// The public writes of the endorser transactions found valid.
    package internal(set) var history: [HistoryRow] = []

    let reader: Reader
    private let writeRule: WriteRule
    /// By transaction: the hash that private writes must have. Only of valid transactions.
    var privateSetHashes: [Int: [CollectionID: Bytes]] = [:]

    /// - Parameters:
    ///   - reader: the state after the block before.
    ///   - writeRule: a setting of the channel.
    package init(block number: BlockNumber, over reader: Reader, writeRule: WriteRule = .any) {
        self.blockNumber = number
        self.reader = reader
        self.writeRule = writeRule
    }

    /// Judges the next endorser transaction and takes up its writes if it is valid.
    package mutating func append(_ set: ReadWriteSet, at transactionIndex: Int) throws -> TransactionVerdict {
        if let refusal = writeRule.refusal(of: set) { return .refused(refusal) }
        if let conflict = try ReadConflictCheck(reader: reader).conflict(of: set, with: &updates) {
            return .conflict(conflict)
        }
        try apply(set, at: transactionIndex)
        return .valid
    }

    /// Takes up a configuration transaction: the state keeps its encoded `common.ConfigEnvelope`, the data of its payload.
    package mutating func append(configEnvelope: Bytes, at transactionIndex: Int) {
        let update = KeyUpdate.put(configEnvelope, metadata: Bytes(), version: version(of: transactionIndex))
        updates.publicState[ChannelConfigState.namespace, default: KeyUpdates()].set(ChannelConfigState.key, to: update)
    }

    /// Takes up an endorser transaction that was found valid when its block was first committed, without judging it again:
    /// for rebuilding state from blocks that carry their codes.
    package mutating func appendUnjudged(_ set: ReadWriteSet, at transactionIndex: Int) throws {
        try apply(set, at: transactionIndex)
    }

    /// Takes up the private writes that came with the block, after all its transactions. Those of invalid transactions have
    /// no effect.
    ///
    /// - Returns: the collections whose writes do not have the hash that their transaction states, and which were therefore
    ///   left out. They count as missing.
    package mutating func append(_ privateSets: [PrivateWriteSet]) throws -> [MissingPrivateSet] {
        var refused: [MissingPrivateSet] = []
        var privateUpdates = PrivateUpdates(reader: reader)
        for privateSet in privateSets.sorted(by: { $0.transactionIndex < $1.transactionIndex }) {
            guard let hashes = privateSetHashes[privateSet.transactionIndex] else { continue }
            for namespace in privateSet.set.namespaces {
                for collection in namespace.collections {
                    let id = CollectionID(namespace: namespace.namespace, collection: collection.collection)
                    guard hashes[id] == Digest(of: collection.readWriteSet).bytes,
                        let writes = try? KVRWSet(decoding: collection.readWriteSet)
                    else {
                        // A set with the right hash that does not decode was endorsed so: nobody can have it.
                        refused.append(
                            MissingPrivateSet(transactionIndex: privateSet.transactionIndex, collection: id))
                        continue
                    }
                    privateUpdates.append(writes, to: id, version: version(of: privateSet.transactionIndex))
                }
            }
        }
        updates.privateState = try privateUpdates.finish(hashed: updates.hashedState)
        return refused
    }

    /// Takes up private writes that this peer stored when the block was first committed: their hashes were checked then, and
    /// no longer fit where a purge has erased a part.
    package mutating func append(stored privateSets: [PrivateWriteSet]) throws {
        var privateUpdates = PrivateUpdates(reader: reader)
        for privateSet in privateSets.sorted(by: { $0.transactionIndex < $1.transactionIndex }) {
            // Those of invalid transactions have no hashes here.
            guard let hashes = privateSetHashes[privateSet.transactionIndex] else { continue }
            for namespace in privateSet.set.namespaces {
                for collection in namespace.collections {
                    let id = CollectionID(namespace: namespace.namespace, collection: collection.collection)
                    guard hashes[id] != nil else { continue }
                    privateUpdates.append(
                        try KVRWSet(decoding: collection.readWriteSet), to: id,
                        version: version(of: privateSet.transactionIndex))
                }
            }
        }
        updates.privateState = try privateUpdates.finish(hashed: updates.hashedState)
    }

    /// Removes what expires with this block, schedules what it wrote, and hands out the complete updates. A key that the
    /// block writes again stays, and the block's own reads saw the expiring value.
    ///
    /// - Parameter blocksToLive: how many blocks the data of a collection lives, by its definition in the state below the
    ///   block; 0 for ever.
    package consuming func finish(blocksToLive: (CollectionID) throws -> UInt64) throws -> StateUpdates {
        let expiry = Expiry(block: blockNumber, reader: reader)
        updates.expiries = try expiry.entries(for: updates, blocksToLive: blocksToLive)
        try expiry.expire(from: &updates)
        return updates
    }

    func version(of transactionIndex: Int) -> Version {
        Version(blockNumber: blockNumber, transactionIndex: UInt64(transactionIndex))
    }
}

/// Where a channel's current configuration lies in the state.
package enum ChannelConfigState {
    package static let namespace = Bytes()
    package static let key = Bytes("CHANNEL_CONFIG_ENV_BYTES")
}
