/// A transaction's read-write set, decoded to the last key.
///
/// What a committing peer works on, and what a simulation results in. The order of everything is the order on the wire,
/// which need not be sorted where somebody built the set by hand.
package struct ReadWriteSet: Hashable, Sendable {
    package var namespaces: [NamespaceReadWriteSet] = []

    package init() {}

    package init(namespaces: [NamespaceReadWriteSet]) {
        self.namespaces = namespaces
    }

    /// Reads `ChaincodeAction.results`. Empty bytes are an empty set.
    ///
    /// - Throws: ``WireError`` where any part does not decode or a key is not UTF-8: Fabric's BAD_RWSET.
    package init(decoding results: Bytes) throws(WireError) {
        let encoded = try TxReadWriteSet(decoding: results)
        namespaces.reserveCapacity(encoded.namespaces.count)
        for namespace in encoded.namespaces {
            namespaces.append(try NamespaceReadWriteSet(namespace))
        }
    }

    /// The bytes of `ChaincodeAction.results`.
    package func encoded() -> Bytes {
        var set = TxReadWriteSet()
        set.namespaces = namespaces.map { $0.wire }
        return set.encoded()
    }
}

/// What a transaction read and wrote under one chaincode's name.
package struct NamespaceReadWriteSet: Hashable, Sendable {
    package var namespace: Bytes
    package var publicSet: KVRWSet
    package var collections: [CollectionReadWriteSet]

    package init(namespace: Bytes, publicSet: KVRWSet = KVRWSet(), collections: [CollectionReadWriteSet] = []) {
        self.namespace = namespace
        self.publicSet = publicSet
        self.collections = collections
    }

    fileprivate init(_ encoded: NsReadWriteSet) throws(WireError) {
        namespace = encoded.namespace
        publicSet = try KVRWSet(decoding: encoded.readWriteSet)
        collections = []
        collections.reserveCapacity(encoded.collections.count)
        for collection in encoded.collections {
            collections.append(try CollectionReadWriteSet(collection))
        }
    }

    fileprivate var wire: NsReadWriteSet {
        var encoded = NsReadWriteSet()
        encoded.namespace = namespace
        encoded.readWriteSet = publicSet.encoded()
        encoded.collections = collections.map { $0.wire }
        return encoded
    }

    /// Whether anything is written: values or metadata, public or private. Only then must the namespace be a defined
    /// chaincode.
    package var hasWrites: Bool {
        !publicSet.writes.isEmpty || !publicSet.metadataWrites.isEmpty
            || collections.contains { !$0.hashedSet.writes.isEmpty || !$0.hashedSet.metadataWrites.isEmpty }
    }
}

/// The public side of what a transaction read and wrote of one private collection.
package struct CollectionReadWriteSet: Hashable, Sendable {
    package var collection: Bytes
    package var hashedSet: HashedRWSet
    /// SHA-256 of the encoded private ``KVRWSet``; empty where the collection was only read.
    package var privateSetHash: Bytes

    package init(collection: Bytes, hashedSet: HashedRWSet = HashedRWSet(), privateSetHash: Bytes = Bytes()) {
        self.collection = collection
        self.hashedSet = hashedSet
        self.privateSetHash = privateSetHash
    }

    fileprivate init(_ encoded: CollectionHashedReadWriteSet) throws(WireError) {
        collection = encoded.collection
        hashedSet = try HashedRWSet(decoding: encoded.hashedReadWriteSet)
        privateSetHash = encoded.privateSetHash
    }

    fileprivate var wire: CollectionHashedReadWriteSet {
        var encoded = CollectionHashedReadWriteSet()
        encoded.collection = collection
        encoded.hashedReadWriteSet = hashedSet.encoded()
        encoded.privateSetHash = privateSetHash
        return encoded
    }
}
