internal import FabricTypes
internal import LedgerCore

/// Reads the derived database on one connection.
///
/// Not safe to use from two threads at once: a snapshot's or a pool's lock is held around each use.
final class ReadConnection {
    let connection: SQLiteConnection
    private var numbers = SpaceTable()

    convenience init(path: String, options: LedgerOptions) throws {
        self.init(try LedgerDatabase.openReader(path: path, options: options))
    }

    init(_ connection: SQLiteConnection) {
        self.connection = connection
    }

    /// Begins to see one state, the last committed one, until ``end()``.
    ///
    /// - Returns: the height of that state.
    func begin() throws(StorageError) -> BlockNumber {
        try connection.execute("BEGIN DEFERRED")
        // SQLite takes hold of the state with the first read.
        return try height()
    }

    /// The height of the state that is seen now.
    func height() throws(StorageError) -> BlockNumber {
        try integer(LedgerDatabase.heightName).map(UInt64.init(bitPattern:)) ?? 0
    }

    func end() throws(StorageError) {
        try connection.execute("ROLLBACK")
    }

    func integer(_ name: String) throws(StorageError) -> Int64? {
        let statement = try connection.statement("SELECT value FROM meta WHERE name=?").bind(.text(name))
        defer { statement.reset() }
        return try statement.step() ? statement.integer(0) : nil
    }

    func bytes(_ name: String) throws(StorageError) -> Bytes? {
        let statement = try connection.statement("SELECT value FROM meta WHERE name=?").bind(.text(name))
        defer { statement.reset() }
        return try statement.step() ? statement.bytes(0) : nil
    }

    func number(of space: Space) throws(StorageError) -> Int64? {
        try numbers.number(of: space, on: connection)
    }

    func value(of key: Bytes, in space: Space) throws(StorageError) -> StateValue? {
        guard
            let statement = try point(
                "SELECT block, tx, metadata, value FROM state WHERE space=? AND key=?", key, space)
        else { return nil }
        defer { statement.reset() }
        guard try statement.step() else { return nil }
        return StateValue(value: statement.bytes(3), version: statement.version(0), metadata: statement.bytes(2))
    }

    func version(of key: Bytes, in space: Space) throws(StorageError) -> Version? {
        guard let statement = try point("SELECT block, tx FROM state WHERE space=? AND key=?", key, space) else {
            return nil
        }
        defer { statement.reset() }
        return try statement.step() ? statement.version(0) : nil
    }

    func metadata(of key: Bytes, in space: Space) throws(StorageError) -> Bytes? {
        guard let statement = try point("SELECT metadata FROM state WHERE space=? AND key=?", key, space) else {
            return nil
        }
        defer { statement.reset() }
        return try statement.step() && !statement.isNull(0) ? statement.bytes(0) : nil
    }

    private func point(_ sql: String, _ key: Bytes, _ space: Space) throws(StorageError) -> SQLiteStatement? {
        guard let number = try number(of: space) else { return nil }
        return try connection.statement(sql).bind(.integer(number), .bytes(key))
    }

    func rows(in range: KeyRange, of space: Space, countMax: Int) throws(StorageError) -> [StateRow] {
        guard let statement = try scan("key, block, tx, metadata, value", range, space, countMax) else { return [] }
        defer { statement.reset() }
        var rows: [StateRow] = []
        while try statement.step() {
            rows.append(
                StateRow(
                    key: statement.bytes(0),
                    state: StateValue(
                        value: statement.bytes(4), version: statement.version(1), metadata: statement.bytes(3))))
        }
        return rows
    }

    func versions(in range: KeyRange, of space: Space, countMax: Int) throws(StorageError) -> [KeyVersion] {
        guard let statement = try scan("key, block, tx", range, space, countMax) else { return [] }
        defer { statement.reset() }
        var rows: [KeyVersion] = []
        while try statement.step() {
            rows.append(KeyVersion(key: statement.bytes(0), version: statement.version(1)))
        }
        return rows
    }

    private func scan(
        _ columns: String, _ range: KeyRange, _ space: Space, _ countMax: Int
    ) throws(StorageError) -> SQLiteStatement? {
        guard countMax > 0, !range.isEmpty, let number = try number(of: space) else { return nil }
        let limit = SQLiteValue.integer(Int64(countMax))
        if range.end.isEmpty {
            return try connection.statement(
                "SELECT \(columns) FROM state WHERE space=? AND key>=? ORDER BY key LIMIT ?"
            ).bind(.integer(number), .bytes(range.start), limit)
        }
        return try connection.statement(
            "SELECT \(columns) FROM state WHERE space=? AND key>=? AND key<? ORDER BY key LIMIT ?"
        ).bind(.integer(number), .bytes(range.start), .bytes(range.end), limit)
    }

    func writers(
        of key: Bytes, in namespace: Bytes, before: Version?, countMax: Int
    ) throws(StorageError) -> [Version] {
        guard countMax > 0, let number = try number(of: .open(namespace)) else { return [] }
        let last = before ?? Version(blockNumber: UInt64(Int64.max), transactionIndex: UInt64(Int64.max))
        let statement = try connection.statement(
            """
            SELECT block, tx FROM history WHERE space=? AND key=? AND (block, tx) < (?, ?)
            ORDER BY block DESC, tx DESC LIMIT ?
            """
        ).bind(
            .integer(number), .bytes(key), .number(last.blockNumber), .number(last.transactionIndex),
            .integer(Int64(countMax)))
        defer { statement.reset() }
        var versions: [Version] = []
        while try statement.step() { versions.append(statement.version(0)) }
        return versions
    }

    func expiries(at block: BlockNumber) throws(StorageError) -> [ExpiryEntry] {
        let statement = try connection.statement(
            """
            SELECT space.namespace, space.collection, key_hash, committed, key
            FROM expiry JOIN space ON space.id = expiry.space WHERE block=? ORDER BY expiry.space, key_hash, committed
            """
        ).bind(.number(block))
        defer { statement.reset() }
        var entries: [ExpiryEntry] = []
        while try statement.step() {
            entries.append(
                ExpiryEntry(
                    expiringBlock: block, committingBlock: UInt64(bitPattern: statement.integer(3)),
                    collection: CollectionID(namespace: statement.bytes(0), collection: statement.bytes(1)),
                    keyHash: statement.bytes(2), key: statement.isNull(4) ? nil : statement.bytes(4)))
        }
        return entries
    }

    /// All spaces that hold something, in no order.
    func spaces() throws(StorageError) -> [Space] {
        let statement = try connection.statement(
            """
            SELECT kind, namespace, collection FROM space
            WHERE EXISTS(SELECT 1 FROM state WHERE state.space = space.id)
            """)
        defer { statement.reset() }
        var spaces: [Space] = []
        while try statement.step() {
            if let space = Space(
                kind: statement.integer(0), namespace: statement.bytes(1), collection: statement.bytes(2))
            {
                spaces.append(space)
            }
        }
        return spaces
    }
}

extension SQLiteStatement {
    /// The version in two columns, the first of which is given.
    func version(_ column: Int32) -> Version {
        Version(
            blockNumber: UInt64(bitPattern: integer(column)), transactionIndex: UInt64(bitPattern: integer(column + 1)))
    }
}
