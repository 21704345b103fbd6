package import FabricTypes
internal import Synchronization

/// A frozen ledger in memory.
package final class InMemorySnapshot: LedgerSnapshot {
    package let height: BlockNumber
    /// Nil once closed.
    private let state: Mutex<InMemoryState?>

    init(_ state: InMemoryState) {
        height = state.height
        self.state = Mutex(state)
    }

    /// Another snapshot of the same state, to be closed on its own.
    ///
    /// - Throws: ``LedgerStoreError`` once this one is closed.
    package func copy() throws -> InMemorySnapshot {
        InMemorySnapshot(try open())
    }

    package func close() {
        state.withLock { $0 = nil }
    }

    private func open() throws -> InMemoryState {
        guard let state = state.withLock({ $0 }) else {
            throw LedgerStoreError(.snapshotClosed, "The ledger snapshot at height \(height) was given back already.")
        }
        return state
    }

    package func value(of key: Bytes, in namespace: Bytes) throws -> StateValue? {
        try open().value(of: key, in: namespace)
    }

    package func version(of key: Bytes, in namespace: Bytes) throws -> Version? {
        try open().value(of: key, in: namespace)?.version
    }

    package func metadata(of key: Bytes, in namespace: Bytes) throws -> Bytes? {
        try Self.metadata(open().value(of: key, in: namespace))
    }

    package func rows(in range: KeyRange, of namespace: Bytes, countMax: Int) throws -> [StateRow] {
        try open().rows(in: range, of: namespace, countMax: countMax)
    }

    package func versions(in range: KeyRange, of namespace: Bytes, countMax: Int) throws -> [KeyVersion] {
        try open().rows(in: range, of: namespace, countMax: countMax)
            .map { KeyVersion(key: $0.key, version: $0.state.version) }
    }

    package func hashedValue(of keyHash: Bytes, in collection: CollectionID) throws -> StateValue? {
        try open().hashedValue(of: keyHash, in: collection)
    }

    package func hashedVersion(of keyHash: Bytes, in collection: CollectionID) throws -> Version? {
        try open().hashedValue(of: keyHash, in: collection)?.version
    }

    package func hashedMetadata(of keyHash: Bytes, in collection: CollectionID) throws -> Bytes? {
        try Self.metadata(open().hashedValue(of: keyHash, in: collection))
    }

    package func privateValue(of key: Bytes, in collection: CollectionID) throws -> StateValue? {
        try open().privateValue(of: key, in: collection)
    }

    package func privateRows(in range: KeyRange, of collection: CollectionID, countMax: Int) throws -> [StateRow] {
        try open().privateRows(in: range, of: collection, countMax: countMax)
    }

    package func expiries(at block: BlockNumber) throws -> [ExpiryEntry] {
        try open().expiries(at: block)
    }

    package func writers(
        of key: Bytes, in namespace: Bytes, before: Version?, countMax: Int
    ) throws -> [Version] {
        try open().writers(of: key, in: namespace, before: before, countMax: countMax)
    }

    private static func metadata(_ state: StateValue?) -> Bytes? {
        guard let metadata = state?.metadata, !metadata.isEmpty else { return nil }
        return metadata
    }
}

// What audits and tests compare, beyond what a ledger needs to run.
extension InMemorySnapshot {
    /// The namespaces with public state, ascending; the empty one holds the channel's configuration.
    package func namespaces() throws -> [Bytes] { try open().namespaces }

    /// The collections with hashed state, ascending.
    package func hashedCollections() throws -> [CollectionID] { try open().hashedCollections }

    /// All hashed keys of a collection, ascending by hash.
    package func hashedRows(of collection: CollectionID) throws -> [StateRow] { try open().hashedRows(of: collection) }

    /// The collections with private state, ascending.
    package func privateCollections() throws -> [CollectionID] { try open().privateCollections }
}
