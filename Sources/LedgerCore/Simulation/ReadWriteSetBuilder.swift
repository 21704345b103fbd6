internal import FabricTypes

/// Collects what a simulated transaction reads and writes and puts it in the order in which peers compare it.
///
/// Names and keys ascend bytewise; hashed keys stand in the order of the plain ones. A key stands once among the reads and
/// once among the writes, the last write counts. Ranges keep the order in which they were opened.
/// Source: Fabric's `rwsetutil.RWSetBuilder`.
struct ReadWriteSetBuilder: Sendable {
    private var namespaces: [Bytes: Namespace] = [:]

    private struct Namespace: Sendable {
        var reads: [Bytes: Version?] = [:]
        var ranges: [RangeQueryInfo] = []
        var writes: [Bytes: Bytes] = [:]
        var metadataWrites: [Bytes: [KVMetadataEntry]] = [:]
        var collections: [Bytes: Collection] = [:]
    }

    private struct Collection: Sendable {
        var reads: [Bytes: Version?] = [:]
        var writes: [Bytes: PrivateWrite] = [:]
        var metadataWrites: [Bytes: [KVMetadataEntry]] = [:]
    }

    private struct PrivateWrite: Sendable {
        var value: Bytes
        var isPurge: Bool
    }

    mutating func addRead(_ key: Bytes, in namespace: Bytes, version: Version?) {
        namespaces[namespace, default: Namespace()].reads.updateValue(version, forKey: key)
    }

    mutating func addWrite(_ key: Bytes, in namespace: Bytes, value: Bytes) {
        namespaces[namespace, default: Namespace()].writes[key] = value
    }

    mutating func addMetadataWrite(_ key: Bytes, in namespace: Bytes, entries: [KVMetadataEntry]) {
        namespaces[namespace, default: Namespace()].metadataWrites[key] = entries
    }

    /// Ranges that read alike are recorded once; the first one stays.
    mutating func addRange(_ info: RangeQueryInfo, in namespace: Bytes) {
        let isKnown = namespaces[namespace]?.ranges.contains {
            $0.startKey == info.startKey && $0.endKey == info.endKey && $0.isExhausted == info.isExhausted
        }
        if isKnown != true { namespaces[namespace, default: Namespace()].ranges.append(info) }
    }

    mutating func addHashedRead(_ key: Bytes, in id: CollectionID, version: Version?) {
        change(id) { $0.reads.updateValue(version, forKey: key) }
    }

    mutating func addPrivateWrite(_ key: Bytes, in id: CollectionID, value: Bytes, isPurge: Bool = false) {
        change(id) { $0.writes[key] = PrivateWrite(value: value, isPurge: isPurge) }
    }

    mutating func addPrivateMetadataWrite(_ key: Bytes, in id: CollectionID, entries: [KVMetadataEntry]) {
        change(id) { $0.metadataWrites[key] = entries }
    }

    private mutating func change(_ id: CollectionID, _ body: (inout Collection) -> Void) {
        body(&namespaces[id.namespace, default: Namespace()].collections[id.collection, default: Collection()])
    }

    /// The public and the private side of what was collected; the private one is nil without private writes.
    func build() -> (readWriteSet: ReadWriteSet, privateSet: TxPvtReadWriteSet?) {
        var result = ReadWriteSet()
        var privateNamespaces: [NsPvtReadWriteSet] = []
        for (name, namespace) in namespaces.ascending {
            var set = NamespaceReadWriteSet(namespace: name)
            set.publicSet.reads = namespace.reads.ascending.map { KVRead(key: $0.key, version: $0.value) }
            set.publicSet.rangeQueries = namespace.ranges
            set.publicSet.writes = namespace.writes.ascending.map { KVWrite(key: $0.key, value: $0.value) }
            set.publicSet.metadataWrites = namespace.metadataWrites.ascending
                .map { KVMetadataWrite(key: $0.key, entries: $0.value) }
            var privateCollections: [CollectionPvtReadWriteSet] = []
            for (name, collection) in namespace.collections.ascending {
                var hashed = CollectionReadWriteSet(collection: name, hashedSet: hashedSet(of: collection))
                if let privateSet = privateSet(of: collection) {
                    let encoded = privateSet.encoded()
                    hashed.privateSetHash = Digest(of: encoded).bytes
                    privateCollections.append(CollectionPvtReadWriteSet(collection: name, readWriteSet: encoded))
                }
                set.collections.append(hashed)
            }
            if !privateCollections.isEmpty {
                privateNamespaces.append(NsPvtReadWriteSet(namespace: name, collections: privateCollections))
            }
            result.namespaces.append(set)
        }
        return (result, privateNamespaces.isEmpty ? nil : TxPvtReadWriteSet(namespaces: privateNamespaces))
    }

    private func hashedSet(of collection: Collection) -> HashedRWSet {
        var set = HashedRWSet()
        set.reads = collection.reads.ascending.map { KVReadHash(keyHash: Digest(of: $0.key).bytes, version: $0.value) }
        set.writes = collection.writes.ascending
            .map { KVWriteHash(key: $0.key, value: $0.value.value, isPurge: $0.value.isPurge) }
        set.metadataWrites = collection.metadataWrites.ascending
            .map { KVMetadataWriteHash(keyHash: Digest(of: $0.key).bytes, entries: $0.value) }
        return set
    }

    /// Metadata is public; of its writes the private side only holds the keys.
    private func privateSet(of collection: Collection) -> KVRWSet? {
        guard !collection.writes.isEmpty || !collection.metadataWrites.isEmpty else { return nil }
        var set = KVRWSet()
        set.writes = collection.writes.ascending.map { KVWrite(key: $0.key, value: $0.value.value) }
        set.metadataWrites = collection.metadataWrites.ascending.map { KVMetadataWrite(key: $0.key, entries: []) }
        return set
    }

    /// The public keys written, by value or metadata, for the interest of a simulation.
    var writtenKeys: [(namespace: Bytes, keys: Set<Bytes>)] {
        namespaces.ascending.compactMap { name, namespace in
            let keys = Set(namespace.writes.keys).union(namespace.metadataWrites.keys)
            return keys.isEmpty ? nil : (name, keys)
        }
    }

    /// The private keys written, by value or metadata, for the interest of a simulation.
    var writtenPrivateKeys: [(collection: CollectionID, keys: Set<Bytes>)] {
        namespaces.ascending.flatMap { name, namespace in
            namespace.collections.ascending.compactMap { collection, content in
                let keys = Set(content.writes.keys).union(content.metadataWrites.keys)
                return keys.isEmpty ? nil : (CollectionID(namespace: name, collection: collection), keys)
            }
        }
    }
}

extension Dictionary where Key == Bytes {
    fileprivate var ascending: [(key: Bytes, value: Value)] {
        sorted { $0.key < $1.key }
    }
}
