package import FabricTypes

/// Applies a collection's blocks-to-live: what block b wrote expires with block b + n + 1.
///
/// Source: Fabric's `pvtstatepurgemgmt.PurgeMgr`.
struct Expiry<Reader: StateReader> {
    let block: BlockNumber
    let reader: Reader

    /// What the block writes and when it expires.
    func entries(
        for updates: StateUpdates, blocksToLive: (CollectionID) throws -> UInt64
    ) throws -> [ExpiryEntry] {
        var entries: [ExpiryEntry] = []
        for (collection, hashedUpdates) in updates.hashedState.sorted(by: { $0.key < $1.key }) {
            let lifetime = try blocksToLive(collection)
            guard let expiring = PrivateSetLifetime.expiringBlock(of: block, blocksToLive: lifetime) else { continue }
            func add(_ keyHash: Bytes, _ key: Bytes?) {
                entries.append(
                    ExpiryEntry(
                        expiringBlock: expiring, committingBlock: block, collection: collection, keyHash: keyHash,
                        key: key))
            }
            var withKey: Set<Bytes> = []
            updates.privateState[collection]?.forEach { key, update in
                let keyHash = Digest(of: key).bytes
                withKey.insert(keyHash)
                if update.state != nil { add(keyHash, key) }
            }
            hashedUpdates.forEach { keyHash, update in
                if update.state != nil, !withKey.contains(keyHash) { add(keyHash, nil) }
            }
        }
        return entries
    }

    func expire(from updates: inout StateUpdates) throws {
        // No transaction stands behind an expiry; its version only has to lie behind those of the block.
        let version = Version(blockNumber: block, transactionIndex: .max)
        for entry in try reader.expiries(at: block) {
            let collection = entry.collection
            let isCurrent =
                try reader.hashedVersion(of: entry.keyHash, in: collection)?.blockNumber == entry.committingBlock
            if isCurrent, updates.hashedState[collection]?[entry.keyHash] == nil {
                updates.hashedState[collection, default: KeyUpdates()].set(entry.keyHash, to: .delete(version: version))
            }
            guard let key = entry.key, updates.privateState[collection]?[key] == nil else { continue }
            // Where private data was missing, the value may be as old as the entry though the hash is newer.
            let isValueOld =
                try isCurrent
                || reader.privateValue(of: key, in: collection)?.version.blockNumber == entry.committingBlock
            if isValueOld {
                updates.privateState[collection, default: KeyUpdates()].set(key, to: .delete(version: version))
            }
        }
    }
}

extension ExpiryEntry {
    /// When a hashed key of a snapshot expires: it follows from who wrote it. Nil for one that lives for ever.
    ///
    /// Source: Fabric's `pvtstatepurgemgmt`.
    package init?(of keyHash: Bytes, in collection: CollectionID, writtenBy version: Version, blocksToLive: UInt64) {
        guard let due = PrivateSetLifetime.expiringBlock(of: version.blockNumber, blocksToLive: blocksToLive) else {
            return nil
        }
        self.init(
            expiringBlock: due, committingBlock: version.blockNumber, collection: collection, keyHash: keyHash, key: nil
        )
    }
}

/// When the private write sets that came with a block are to be erased.
package enum PrivateSetLifetime {
    /// - Parameter blocksToLive: as for ``StateTransition/finish(blocksToLive:)``.
    /// - Returns: what ``BlockCommit/privateSetExpiries`` wants: collections whose data is short-lived.
    package static func expiries(
        of block: BlockNumber, sets: [PrivateWriteSet], missing: [MissingPrivateSet],
        blocksToLive: (CollectionID) throws -> UInt64
    ) rethrows -> [CollectionID: BlockNumber] {
        var collections = Set(missing.map(\.collection))
        for set in sets {
            for namespace in set.set.namespaces {
                for collection in namespace.collections {
                    collections.insert(
                        CollectionID(namespace: namespace.namespace, collection: collection.collection))
                }
            }
        }
        var expiries: [CollectionID: BlockNumber] = [:]
        for collection in collections {
            expiries[collection] = expiringBlock(of: block, blocksToLive: try blocksToLive(collection))
        }
        return expiries
    }

    /// The block with which data of a block expires; nil where it lives for ever.
    static func expiringBlock(of block: BlockNumber, blocksToLive: UInt64) -> BlockNumber? {
        guard blocksToLive > 0 else { return nil }
        let (end, endOverflows) = block.addingReportingOverflow(blocksToLive)
        let (next, nextOverflows) = end.addingReportingOverflow(1)
        return endOverflows || nextOverflows ? nil : next
    }
}
