package import FabricTypes
package import LedgerCore
internal import Synchronization

/// One frozen state of the derived database.
package final class SQLiteSnapshot: LedgerSnapshot {
    package let height: BlockNumber
    private let pool: SnapshotPool
    /// Nil once closed.
    private let connection: Mutex<LeasedConnection?>

    init(_ connection: LeasedConnection, height: BlockNumber, pool: SnapshotPool) {
        self.height = height
        self.pool = pool
        self.connection = Mutex(connection)
    }

    deinit {
        close()
    }

    package func close() {
        let lease = connection.withLock { connection -> (LeasedConnection, Bool)? in
            guard let held = connection else { return nil }
            connection = nil
            do {
                try held.reader.end()
                return (held, true)
            } catch {
                // A connection that does not let go of its state is not used again.
                return (held, false)
            }
        }
        if let (connection, isUsable) = lease { pool.giveBack(connection, isUsable: isUsable) }
    }

    func read<Result: Sendable>(_ body: (ReadConnection) throws -> Result) throws -> Result {
        try connection.withLock { connection in
            guard let connection else {
                throw LedgerStoreError(
                    .snapshotClosed,
                    "The ledger snapshot at height \(height) was given back already, or was kept longer than allowed.")
            }
            return try body(connection.reader)
        }
    }

    package func value(of key: Bytes, in namespace: Bytes) throws -> StateValue? {
        try read { try $0.value(of: key, in: .open(namespace)) }
    }

    package func version(of key: Bytes, in namespace: Bytes) throws -> Version? {
        try read { try $0.version(of: key, in: .open(namespace)) }
    }

    package func metadata(of key: Bytes, in namespace: Bytes) throws -> Bytes? {
        try read { try $0.metadata(of: key, in: .open(namespace)) }
    }

    package func rows(in range: KeyRange, of namespace: Bytes, countMax: Int) throws -> [StateRow] {
        try read { try $0.rows(in: range, of: .open(namespace), countMax: countMax) }
    }

    package func versions(in range: KeyRange, of namespace: Bytes, countMax: Int) throws -> [KeyVersion] {
        try read { try $0.versions(in: range, of: .open(namespace), countMax: countMax) }
    }

    package func hashedValue(of keyHash: Bytes, in collection: CollectionID) throws -> StateValue? {
        try read { try $0.value(of: keyHash, in: .hashed(collection)) }
    }

    package func hashedVersion(of keyHash: Bytes, in collection: CollectionID) throws -> Version? {
        try read { try $0.version(of: keyHash, in: .hashed(collection)) }
    }

    package func hashedMetadata(of keyHash: Bytes, in collection: CollectionID) throws -> Bytes? {
        try read { try $0.metadata(of: keyHash, in: .hashed(collection)) }
    }

    package func privateValue(of key: Bytes, in collection: CollectionID) throws -> StateValue? {
        try read { try $0.value(of: key, in: .secret(collection)) }
    }

    package func privateRows(in range: KeyRange, of collection: CollectionID, countMax: Int) throws -> [StateRow] {
        try read { try $0.rows(in: range, of: .secret(collection), countMax: countMax) }
    }

    package func expiries(at block: BlockNumber) throws -> [ExpiryEntry] {
        try read { try $0.expiries(at: block) }
    }

    package func writers(
        of key: Bytes, in namespace: Bytes, before: Version?, countMax: Int
    ) throws -> [Version] {
        try read { try $0.writers(of: key, in: namespace, before: before, countMax: countMax) }
    }
}

// What audits and tests compare, beyond what a ledger needs to run.
extension SQLiteSnapshot {
    /// The namespaces with public state, ascending; the empty one holds the channel's configuration.
    package func namespaces() throws -> [Bytes] {
        try read { try $0.spaces() }.compactMap { if case .open(let namespace) = $0 { namespace } else { nil } }
            .sorted()
    }

    /// The collections with hashed state, ascending.
    package func hashedCollections() throws -> [CollectionID] {
        try read { try $0.spaces() }.compactMap { if case .hashed(let id) = $0 { id } else { nil } }.sorted()
    }

    /// The collections with private state, ascending.
    package func privateCollections() throws -> [CollectionID] {
        try read { try $0.spaces() }.compactMap { if case .secret(let id) = $0 { id } else { nil } }.sorted()
    }

    /// The first hashed keys of a range, ascending by hash.
    package func hashedRows(in range: KeyRange, of collection: CollectionID, countMax: Int) throws -> [StateRow] {
        try read { try $0.rows(in: range, of: .hashed(collection), countMax: countMax) }
    }
}
