internal import FabricTypes

/// The private write sets that a peer holds, by block.
struct InMemoryPrivateSets: Sendable {
    private var sets: [BlockNumber: [PrivateWriteSet]] = [:]
    /// By the block with which they expire: which collections of which blocks.
    private var expiries: [BlockNumber: [(block: BlockNumber, collection: CollectionID)]] = [:]

    subscript(block: BlockNumber) -> [PrivateWriteSet] { sets[block] ?? [] }

    mutating func apply(_ commit: BlockCommit) {
        if !commit.privateSets.isEmpty {
            sets[commit.number] = commit.privateSets.sorted { $0.transactionIndex < $1.transactionIndex }
        }
        for (collection, expiringBlock) in commit.privateSetExpiries {
            expiries[expiringBlock, default: []].append((commit.number, collection))
        }
        for (block, collection) in expiries.removeValue(forKey: commit.number) ?? [] {
            edit(block) { id, _ in id == collection ? nil : .keep }
        }
        for purge in commit.updates.purges {
            for block in sets.keys {
                edit(block) { id, version in
                    id == purge.collection && version <= purge.version ? .dropping(purge.keyHash) : .keep
                }
            }
        }
    }

    private enum Edit {
        case keep
        case dropping(Bytes)
    }

    /// Rewrites the sets of a block; nil removes a collection.
    private mutating func edit(_ block: BlockNumber, _ decide: (CollectionID, Version) -> Edit?) {
        guard let old = sets[block] else { return }
        var new: [PrivateWriteSet] = []
        for set in old {
            let version = Version(blockNumber: block, transactionIndex: UInt64(set.transactionIndex))
            let namespaces = set.set.namespaces.compactMap { namespace -> NsPvtReadWriteSet? in
                let collections = namespace.collections.compactMap { collection -> CollectionPvtReadWriteSet? in
                    let id = CollectionID(namespace: namespace.namespace, collection: collection.collection)
                    switch decide(id, version) {
                    case .keep: return collection
                    case .dropping(let keyHash): return collection.dropping(keyHash)
                    case nil: return nil
                    }
                }
                return collections.isEmpty
                    ? nil : NsPvtReadWriteSet(namespace: namespace.namespace, collections: collections)
            }
            if !namespaces.isEmpty {
                new.append(
                    PrivateWriteSet(
                        transactionIndex: set.transactionIndex, set: TxPvtReadWriteSet(namespaces: namespaces)))
            }
        }
        sets[block] = new.isEmpty ? nil : new
    }
}

extension CollectionPvtReadWriteSet {
    /// The same without the writes of a purged key. What is left no longer has the hash in the public set.
    fileprivate func dropping(_ keyHash: Bytes) -> CollectionPvtReadWriteSet {
        guard var writes = try? KVRWSet(decoding: readWriteSet) else {
            // It was decoded when it was committed.
            return self
        }
        let isPurged = { (key: Bytes) in Digest(of: key).bytes == keyHash }
        guard
            writes.writes.contains(where: { isPurged($0.key) })
                || writes.metadataWrites.contains(where: { isPurged($0.key) })
        else { return self }
        writes.writes.removeAll { isPurged($0.key) }
        writes.metadataWrites.removeAll { isPurged($0.key) }
        return CollectionPvtReadWriteSet(collection: collection, readWriteSet: writes.encoded())
    }
}
