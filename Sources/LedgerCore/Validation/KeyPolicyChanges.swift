internal import FabricTypes

/// A key as policies see it: the public one of a namespace, or the hash of a private one.
struct PolicyKey: Hashable, Sendable {
    let namespace: Bytes
    /// Empty for public keys.
    let collection: Bytes
    let key: Bytes
}

/// Which transactions of a block change the metadata, and with it perhaps the policy, of which keys.
///
/// A transaction that is well endorsed and changes a key's metadata bars later transactions of the block from the key,
/// since their endorsers could not know the new policy. It does so even if it then loses a read conflict.
/// Source: Fabric's `statebased.KeyLevelValidationParameterManagerImpl`.
struct KeyPolicyChanges: Sendable {
    /// Ascending indexes of the transactions that change a key's metadata.
    private var writers: [PolicyKey: [Int]] = [:]

    init(_ transactions: [PreparedTransaction]) {
        for (index, transaction) in transactions.enumerated() {
            for set in transaction.action?.readWriteSet.namespaces ?? [] {
                set.forEachMetadataKey { writers[$0, default: []].append(index) }
            }
        }
    }

    var isEmpty: Bool { writers.isEmpty }

    /// The transactions before `index` that change the metadata of a key.
    func writers(of key: PolicyKey, before index: Int) -> some Sequence<Int> {
        (writers[key] ?? []).prefix { $0 < index }
    }

    /// Whether the judgement of a transaction may have to wait for that of an earlier one.
    func concern(_ action: EndorsedAction, at index: Int) -> Bool {
        guard !isEmpty else { return false }
        var isConcerned = false
        for set in action.readWriteSet.namespaces {
            set.forEachWrittenKey { key in
                if let first = writers[key]?.first, first < index { isConcerned = true }
            }
        }
        return isConcerned
    }
}

extension NamespaceReadWriteSet {
    /// Calls `body` for every key whose policy the set must satisfy, in the order in which Fabric looks at them: writes
    /// before metadata, public before private.
    func forEachWrittenKey<Failure: Error>(_ body: (PolicyKey) throws(Failure) -> Void) throws(Failure) {
        for write in publicSet.writes { try body(publicKey(write.key)) }
        for write in publicSet.metadataWrites { try body(publicKey(write.key)) }
        for collection in collections {
            for write in collection.hashedSet.writes { try body(hashedKey(write.keyHash, in: collection)) }
        }
        for collection in collections {
            for write in collection.hashedSet.metadataWrites { try body(hashedKey(write.keyHash, in: collection)) }
        }
    }

    fileprivate func forEachMetadataKey(_ body: (PolicyKey) -> Void) {
        for write in publicSet.metadataWrites { body(publicKey(write.key)) }
        for collection in collections {
            for write in collection.hashedSet.metadataWrites { body(hashedKey(write.keyHash, in: collection)) }
        }
    }

    private func publicKey(_ key: Bytes) -> PolicyKey {
        PolicyKey(namespace: namespace, collection: Bytes(), key: key)
    }

    private func hashedKey(_ keyHash: Bytes, in collection: CollectionReadWriteSet) -> PolicyKey {
        PolicyKey(namespace: namespace, collection: collection.collection, key: keyHash)
    }
}
