internal import FabricTypes

/// Gathers what the private data handed to this peer changes in the private values.
struct PrivateUpdates<Reader: StateReader> {
    let reader: Reader
    private var updates: [CollectionID: KeyUpdates] = [:]
    /// Private keys whose metadata the block writes, in order.
    private var metadataKeys: [(collection: CollectionID, key: Bytes)] = []

    init(reader: Reader) {
        self.reader = reader
    }

    mutating func append(_ set: KVRWSet, to collection: CollectionID, version: Version) {
        for write in set.writes {
            let update: KeyUpdate =
                write.deletes ? .delete(version: version) : .put(write.value, metadata: Bytes(), version: version)
            updates[collection, default: KeyUpdates()].set(write.key, to: update)
        }
        metadataKeys += set.metadataWrites.map { (collection, $0.key) }
    }

    /// A transaction that only changes a private key's metadata raises the version of its hash. The value follows, if it is
    /// the one the hash speaks of; otherwise it would look outdated to every later read.
    consuming func finish(hashed: [CollectionID: KeyUpdates]) throws -> [CollectionID: KeyUpdates] {
        for (collection, key) in metadataKeys {
            guard let now = hashed[collection]?[Digest(of: key).bytes]?.state else { continue }
            let latest: StateValue?
            if let update = updates[collection]?[key] {
                latest = update.state
            } else {
                latest = try reader.privateValue(of: key, in: collection)
            }
            guard let latest, latest.version != now.version, Digest(of: latest.value).bytes == now.value else {
                continue
            }
            updates[collection, default: KeyUpdates()]
                .set(key, to: .put(latest.value, metadata: Bytes(), version: now.version))
        }
        return updates
    }
}
