internal import FabricTypes
internal import LedgerCore

/// Reads what a collection was when a block was committed: who may read old data is decided by the rule of its time.
///
/// Source: Fabric's `confighistory`.
struct PastCollections<Reader: LedgerSnapshot> {
    let definitions: DefinitionCache
    let reader: Reader
    let blocks: any LedgerStore

    /// The collection as the state below a block defined it; nil where it did not.
    func collection(_ id: CollectionID, ofBlock number: BlockNumber) throws -> StaticCollectionConfig? {
        let field = LifecycleKeys.field(.collections, of: id.namespace)
        let version = try reader.version(of: field, in: LifecycleKeys.namespace)
        // The current definition is older than the block, or the collection is nobody's to define.
        if (version.map { $0.blockNumber < number } ?? true)
            || ImplicitCollection.organization(of: id.collection) != nil
        {
            return try CollectionReader(definitions: definitions, reader: reader).collection(id)
        }
        let before = Version(blockNumber: number, transactionIndex: 0)
        guard
            let writer = try reader.writers(
                of: field, in: LifecycleKeys.namespace, before: before, countMax: 1
            ).first,
            let value = try value(of: field, writtenBy: writer)
        else { return nil }
        guard case .bytes(let bytes)? = try LifecycleStateData(decoding: value).value else { return nil }
        return try CollectionConfigPackage(decoding: bytes).collections.first { $0.name == id.collection }
    }

    private func value(of key: Bytes, writtenBy version: Version) throws -> Bytes? {
        var history = KeyHistory(
            of: key, in: LifecycleKeys.namespace, reader: HistoryAt(version: version), blocks: blocks)
        return try history.next()?.value
    }
}

/// A history of one change.
private struct HistoryAt: HistoryReader {
    let version: Version

    func writers(of key: Bytes, in namespace: Bytes, before: Version?, countMax: Int) -> [Version] {
        before == nil ? [version] : []
    }
}
