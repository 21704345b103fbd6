internal import FabricTypes

extension StateTransition {
    mutating func apply(_ set: ReadWriteSet, at transactionIndex: Int) throws {
        let version = version(of: transactionIndex)
        if set.writesEveryKeyOnce {
            try applyOnce(set, version: version)
        } else {
            try applyFolded(set, version: version)
        }
        for namespace in set.namespaces {
            for write in namespace.publicSet.writes {
                history.append(HistoryRow(namespace: namespace.namespace, key: write.key, version: version))
            }
            for collection in namespace.collections {
                let id = CollectionID(namespace: namespace.namespace, collection: collection.collection)
                if !collection.privateSetHash.isEmpty, privateSetHashes[transactionIndex]?[id] == nil {
                    privateSetHashes[transactionIndex, default: [:]][id] = collection.privateSetHash
                }
                for write in collection.hashedSet.writes where write.isPurge {
                    updates.purges.append(PurgedKey(collection: id, keyHash: write.keyHash, version: version))
                }
            }
        }
    }

    /// The usual case, without a table of keys.
    private mutating func applyOnce(_ set: ReadWriteSet, version: Version) throws {
        for namespace in set.namespaces {
            for write in namespace.publicSet.writes {
                let key = StateKey(space: .open(namespace.namespace), key: write.key)
                try update(key, to: write.deletes ? .delete : .putValue, write.value, Bytes(), version: version)
            }
            for collection in namespace.collections {
                let id = CollectionID(namespace: namespace.namespace, collection: collection.collection)
                for write in collection.hashedSet.writes {
                    let key = StateKey(space: .hashed(id), key: write.keyHash)
                    try update(key, to: write.deletes ? .delete : .putValue, write.valueHash, Bytes(), version: version)
                }
            }
        }
    }

    private mutating func applyFolded(_ set: ReadWriteSet, version: Version) throws {
        var operations: [StateKey: KeyOperation] = [:]
        func write(_ key: StateKey, _ value: Bytes, deletes: Bool) {
            if deletes {
                operations[key, default: KeyOperation()].delete()
            } else {
                operations[key, default: KeyOperation()].write(value)
            }
        }
        for namespace in set.namespaces {
            let open = StateSpace.open(namespace.namespace)
            for item in namespace.publicSet.writes {
                write(StateKey(space: open, key: item.key), item.value, deletes: item.deletes)
            }
            for item in namespace.publicSet.metadataWrites {
                operations[StateKey(space: open, key: item.key), default: KeyOperation()].writeMetadata(item.entries)
            }
            for collection in namespace.collections {
                let hashed = StateSpace.hashed(
                    CollectionID(namespace: namespace.namespace, collection: collection.collection))
                for item in collection.hashedSet.writes {
                    write(StateKey(space: hashed, key: item.keyHash), item.valueHash, deletes: item.deletes)
                }
                for item in collection.hashedSet.metadataWrites {
                    operations[StateKey(space: hashed, key: item.keyHash), default: KeyOperation()]
                        .writeMetadata(item.entries)
                }
            }
        }
        for (key, operation) in operations {
            try update(key, to: operation.effect, operation.value, operation.metadata, version: version)
        }
    }

    private mutating func update(
        _ key: StateKey, to effect: KeyOperation.Effect, _ value: Bytes, _ metadata: Bytes, version: Version
    ) throws {
        switch effect {
        case .delete:
            set(key, to: .delete(version: version))
        case .putValueAndMetadata:
            set(key, to: .put(value, metadata: metadata, version: version))
        case .putValue:
            set(key, to: .put(value, metadata: try latestMetadata(of: key), version: version))
        case .putMetadata:
            guard let latest = try latestState(of: key) else { return }
            set(key, to: .put(latest.value, metadata: metadata, version: version))
        }
    }

    private mutating func set(_ key: StateKey, to update: KeyUpdate) {
        switch key.space {
        case .open(let namespace): updates.publicState[namespace, default: KeyUpdates()].set(key.key, to: update)
        case .hashed(let collection): updates.hashedState[collection, default: KeyUpdates()].set(key.key, to: update)
        }
    }

    private func latestState(of key: StateKey) throws -> StateValue? {
        switch key.space {
        case .open(let namespace):
            if let update = updates.publicState[namespace]?[key.key] { return update.state }
            return try reader.value(of: key.key, in: namespace)
        case .hashed(let collection):
            if let update = updates.hashedState[collection]?[key.key] { return update.state }
            return try reader.hashedValue(of: key.key, in: collection)
        }
    }

    private func latestMetadata(of key: StateKey) throws -> Bytes {
        switch key.space {
        case .open(let namespace):
            if let update = updates.publicState[namespace]?[key.key] { return update.state?.metadata ?? Bytes() }
            return try reader.metadata(of: key.key, in: namespace) ?? Bytes()
        case .hashed(let collection):
            if let update = updates.hashedState[collection]?[key.key] { return update.state?.metadata ?? Bytes() }
            return try reader.hashedMetadata(of: key.key, in: collection) ?? Bytes()
        }
    }
}

private enum StateSpace: Hashable {
    case open(Bytes)
    case hashed(CollectionID)
}

private struct StateKey: Hashable {
    let space: StateSpace
    let key: Bytes
}

extension ReadWriteSet {
    /// Whether the set is as simulators make it, without metadata: names ascend, so that no key can occur twice.
    fileprivate var writesEveryKeyOnce: Bool {
        namespaces.isStrictlyAscending(by: \.namespace)
            && namespaces.allSatisfy { namespace in
                namespace.publicSet.metadataWrites.isEmpty
                    && namespace.publicSet.writes.isStrictlyAscending(by: \.key)
                    && namespace.collections.isStrictlyAscending(by: \.collection)
                    // Hashed writes ascend by the plain key, which is not seen here.
                    && namespace.collections.allSatisfy {
                        $0.hashedSet.metadataWrites.isEmpty && $0.hashedSet.writes.count <= 1
                    }
            }
    }
}

extension Array {
    fileprivate func isStrictlyAscending(by name: (Element) -> Bytes) -> Bool {
        for index in indices.dropFirst() where name(self[index]) <= name(self[index - 1]) { return false }
        return true
    }
}
