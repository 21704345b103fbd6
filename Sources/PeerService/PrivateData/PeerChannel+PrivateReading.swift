package import FabricTypes
package import LedgerCore

extension PeerChannel {
    /// The private writes of a block that this peer holds and somebody may read.
    ///
    /// - Parameter identity: the reader's encoded `SerializedIdentity`, known to be theirs.
    /// - Throws: ``PeerError``; the store's errors.
    package func privateSets(
        ofBlock number: BlockNumber, readableBy identity: Bytes
    ) async throws -> [PrivateWriteSet] {
        let membership = CollectionMembership(configuration)
        return try await read { [definitions] ledger in
            let held = try ledger.privateSets(ofBlock: number)
            guard !held.isEmpty else { return [] }
            let snapshot = try ledger.snapshot()
            defer { snapshot.close() }
            return try Self.readable(held, ofBlock: number, snapshot, definitions, ledger) {
                membership.isMember(identity, of: $0)
            }
        }
    }

    private static func readable(
        _ held: [PrivateWriteSet], ofBlock number: BlockNumber, _ snapshot: some LedgerSnapshot,
        _ definitions: DefinitionCache, _ ledger: any LedgerStore, isMember: (StaticCollectionConfig) -> Bool
    ) throws -> [PrivateWriteSet] {
        let past = PastCollections(definitions: definitions, reader: snapshot, blocks: ledger)
        var verdicts: [CollectionID: Bool] = [:]
        func isReadable(_ id: CollectionID) throws -> Bool {
            if let known = verdicts[id] { return known }
            let verdict = try past.collection(id, ofBlock: number).map(isMember) ?? false
            verdicts[id] = verdict
            return verdict
        }
        return try held.compactMap { set in
            let namespaces = try set.set.namespaces.compactMap { namespace -> NsPvtReadWriteSet? in
                let collections = try namespace.collections.filter {
                    try isReadable(CollectionID(namespace: namespace.namespace, collection: $0.collection))
                }
                return collections.isEmpty
                    ? nil : NsPvtReadWriteSet(namespace: namespace.namespace, collections: collections)
            }
            return namespaces.isEmpty
                ? nil
                : PrivateWriteSet(
                    transactionIndex: set.transactionIndex, set: TxPvtReadWriteSet(namespaces: namespaces))
        }
    }
}
