internal import FabricTypes

/// Compares what a transaction read with the committed state and the updates of the block's earlier valid transactions.
///
/// Per namespace in the set's order: public reads, ranges, hashed reads; the first difference decides. An earlier update of
/// a key in the block is a conflict whatever it did, even a delete of a key that was missing. Source: Fabric's
/// `validation.validator`.
struct ReadConflictCheck<Reader: StateReader> {
    let reader: Reader

    func conflict(of set: ReadWriteSet, with updates: inout StateUpdates) throws -> ReadConflict? {
        for namespace in set.namespaces {
            if let conflict = try conflict(ofReads: namespace, with: updates) { return conflict }
            if let conflict = try conflict(ofRanges: namespace, with: &updates) { return conflict }
            if let conflict = try conflict(ofHashedReads: namespace, with: updates) { return conflict }
        }
        return nil
    }

    /// Compares reads of single keys, public and hashed, with the committed state alone.
    func conflict(ofPointReads set: ReadWriteSet) throws -> ReadConflict? {
        let none = StateUpdates()
        for namespace in set.namespaces {
            if let conflict = try conflict(ofReads: namespace, with: none) { return conflict }
            if let conflict = try conflict(ofHashedReads: namespace, with: none) { return conflict }
        }
        return nil
    }

    private func conflict(ofReads set: NamespaceReadWriteSet, with updates: StateUpdates) throws -> ReadConflict? {
        guard !set.publicSet.reads.isEmpty else { return nil }
        let earlier = updates.publicState[set.namespace]
        for read in set.publicSet.reads {
            func conflict(actual: Version?, winner: Version?) -> ReadConflict {
                ReadConflict(
                    read: .key(namespace: set.namespace, key: read.key), expected: read.version, actual: actual,
                    winner: winner)
            }
            if let update = earlier?[read.key] {
                return conflict(actual: update.state?.version, winner: update.version)
            }
            let committed = try reader.version(of: read.key, in: set.namespace)
            if committed != read.version { return conflict(actual: committed, winner: committed) }
        }
        return nil
    }

    private func conflict(ofHashedReads set: NamespaceReadWriteSet, with updates: StateUpdates) throws -> ReadConflict?
    {
        for collection in set.collections where !collection.hashedSet.reads.isEmpty {
            let id = CollectionID(namespace: set.namespace, collection: collection.collection)
            let earlier = updates.hashedState[id]
            for read in collection.hashedSet.reads {
                func conflict(actual: Version?, winner: Version?) -> ReadConflict {
                    ReadConflict(
                        read: .privateKey(collection: id, keyHash: read.keyHash), expected: read.version,
                        actual: actual,
                        winner: winner)
                }
                if let update = earlier?[read.keyHash] {
                    return conflict(actual: update.state?.version, winner: update.version)
                }
                let committed = try reader.hashedVersion(of: read.keyHash, in: id)
                if committed != read.version { return conflict(actual: committed, winner: committed) }
            }
        }
        return nil
    }

    private func conflict(ofRanges set: NamespaceReadWriteSet, with updates: inout StateUpdates) throws -> ReadConflict?
    {
        guard !set.publicSet.rangeQueries.isEmpty else { return nil }
        updates.publicState[set.namespace]?.sort()
        for info in set.publicSet.rangeQueries {
            if let conflict = try conflict(of: info, in: set.namespace, with: updates.publicState[set.namespace]) {
                return conflict
            }
        }
        return nil
    }

    private func conflict(
        of info: RangeQueryInfo, in namespace: Bytes, with earlier: KeyUpdates?
    ) throws -> ReadConflict? {
        func conflict(at key: Bytes?, winner: Version? = nil) -> ReadConflict {
            ReadConflict(
                read: .range(namespace: namespace, range: info, key: key), expected: nil, actual: nil, winner: winner)
        }
        var rows = OverlaidRange(info, in: namespace, of: reader, under: earlier)
        switch info.result {
        case .merkleSummary(let expected):
            // A degree that makes no tree belongs to a summary that no simulator recorded.
            guard var summary = RangeReadSummary(degree: expected.maxDegree) else { return conflict(at: nil) }
            while let row = try rows.next() { summary.append(KVRead(key: row.key, version: row.version)) }
            return summary.finish() == .merkleSummary(expected) ? nil : conflict(at: nil)
        case .rawReads(let expected):
            for read in expected.reads {
                let row = try rows.next()
                if let row, row.key == read.key, row.version == read.version { continue }
                // A row before the recorded one is new; with one behind it or none the recorded one is gone.
                if let row, row.key <= read.key { return conflict(at: row.key, winner: row.version) }
                return conflict(at: read.key, winner: earlier?[read.key]?.version)
            }
            fallthrough
        case nil:
            return try rows.next().map { conflict(at: $0.key, winner: $0.version) }
        }
    }
}
