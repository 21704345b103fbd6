internal import FabricTypes
internal import LedgerCore
internal import Synchronization

/// What blocks do not hold: the private write sets that this peer was handed, in a database synced with every change.
///
/// Order: ``prepare(_:)`` stores a block's sets before the block itself is stored, so that no committed block lacks what
/// was there. ``settle(height:)`` erases what expired or was purged, after the block that says so; both can be repeated.
final class PrivateStore: Sendable {
    static let fileName = "private.db"

    private static let schema = """
        CREATE TABLE private_set(
            block INTEGER NOT NULL, tx INTEGER NOT NULL, position INTEGER NOT NULL, namespace BLOB NOT NULL,
            collection BLOB NOT NULL, writes BLOB NOT NULL, PRIMARY KEY(block, tx, position)) WITHOUT ROWID;
        CREATE INDEX private_set_collection ON private_set(namespace, collection, block);
        CREATE TABLE missing(
            block INTEGER NOT NULL, tx INTEGER NOT NULL, namespace BLOB NOT NULL, collection BLOB NOT NULL,
            PRIMARY KEY(block, tx, namespace, collection)) WITHOUT ROWID;
        -- What is to be erased once the block `due` is committed: a collection of a block, or a key up to a transaction.
        CREATE TABLE expiry(
            due INTEGER NOT NULL, block INTEGER NOT NULL, namespace BLOB NOT NULL, collection BLOB NOT NULL,
            PRIMARY KEY(due, block, namespace, collection)) WITHOUT ROWID;
        CREATE TABLE purge(
            due INTEGER NOT NULL, tx INTEGER NOT NULL, namespace BLOB NOT NULL, collection BLOB NOT NULL,
            key_hash BLOB NOT NULL, PRIMARY KEY(due, tx, namespace, collection, key_hash)) WITHOUT ROWID;
        CREATE TABLE transient(
            tx BLOB NOT NULL, sequence INTEGER NOT NULL, height INTEGER NOT NULL, content BLOB NOT NULL,
            PRIMARY KEY(tx, sequence)) WITHOUT ROWID;
        CREATE INDEX transient_height ON transient(height);
        """
    private static let layoutVersion: Int64 = 1

    /// Held while the connection is used.
    private let connection: Mutex<PrivateConnection>

    init(path: String) throws {
        let connection = try SQLiteConnection(path: path, access: .readWrite)
        try connection.execute("PRAGMA journal_mode=WAL")
        try connection.execute("PRAGMA synchronous=FULL")
        try connection.execute("PRAGMA secure_delete=ON")
        let version = try connection.statement("PRAGMA user_version")
        let current = try version.step() ? version.integer(0) : 0
        version.reset()
        guard current == 0 || current == Self.layoutVersion else {
            throw StorageError(
                .foreign,
                "The private data \"\(path)\" has layout \(current); this program reads \(Self.layoutVersion). Use the program that wrote it."
            )
        }
        if current == 0 {
            try connection.transaction {
                try connection.execute(Self.schema)
                try connection.execute("PRAGMA user_version=\(Self.layoutVersion)")
            }
        }
        self.connection = Mutex(PrivateConnection(connection))
    }

    func use<Result: Sendable>(_ body: (SQLiteConnection) throws -> Result) throws -> Result {
        try connection.withLock { try body($0.connection) }
    }

    /// Stores what came with a block that is about to be committed. Durable when it returns.
    func prepare(_ commit: BlockCommit) throws {
        guard
            !commit.privateSets.isEmpty || !commit.missingPrivateSets.isEmpty || !commit.updates.purges.isEmpty
                || !commit.privateSetExpiries.isEmpty
        else { return }
        try use { connection in
            try connection.transaction {
                // An earlier attempt at the same block may have left its sets here.
                for table in ["private_set", "missing", "expiry"] {
                    try connection.statement("DELETE FROM \(table) WHERE block>=?").bind(.number(commit.number)).run()
                }
                try connection.statement("DELETE FROM purge WHERE due>=?").bind(.number(commit.number)).run()
                try Self.insert(commit, on: connection)
            }
        }
    }

    private static func insert(_ commit: BlockCommit, on connection: SQLiteConnection) throws {
        for set in commit.privateSets {
            var position: Int64 = 0
            for namespace in set.set.namespaces {
                for collection in namespace.collections {
                    try connection.statement(
                        "INSERT OR REPLACE INTO private_set(block, tx, position, namespace, collection, writes) VALUES(?,?,?,?,?,?)"
                    ).bind(
                        .number(commit.number), .integer(Int64(set.transactionIndex)), .integer(position),
                        .bytes(namespace.namespace), .bytes(collection.collection), .bytes(collection.readWriteSet)
                    ).run()
                    position += 1
                }
            }
        }
        for missing in commit.missingPrivateSets {
            try connection.statement("INSERT OR REPLACE INTO missing(block, tx, namespace, collection) VALUES(?,?,?,?)")
                .bind(
                    .number(commit.number), .integer(Int64(missing.transactionIndex)),
                    .bytes(missing.collection.namespace), .bytes(missing.collection.collection)
                ).run()
        }
        for (collection, due) in commit.privateSetExpiries where due <= UInt64(Int64.max) {
            try connection.statement("INSERT OR REPLACE INTO expiry(due, block, namespace, collection) VALUES(?,?,?,?)")
                .bind(
                    .number(due), .number(commit.number), .bytes(collection.namespace), .bytes(collection.collection)
                ).run()
        }
        for purge in commit.updates.purges {
            try connection.statement(
                "INSERT OR REPLACE INTO purge(due, tx, namespace, collection, key_hash) VALUES(?,?,?,?,?)"
            ).bind(
                .number(commit.number), .number(purge.version.transactionIndex), .bytes(purge.collection.namespace),
                .bytes(purge.collection.collection), .bytes(purge.keyHash)
            ).run()
        }
    }

    /// The private write sets held of a block, ascending by transaction.
    func sets(ofBlock number: BlockNumber) throws -> [PrivateWriteSet] {
        try use { connection in
            let statement = try connection.statement(
                "SELECT tx, namespace, collection, writes FROM private_set WHERE block=? ORDER BY tx, position"
            ).bind(.number(number))
            defer { statement.reset() }
            var sets: [(index: Int, namespaces: [NsPvtReadWriteSet])] = []
            while try statement.step() {
                let index = Int(statement.integer(0))
                let collection = CollectionPvtReadWriteSet(
                    collection: statement.bytes(2), readWriteSet: statement.bytes(3))
                let namespace = statement.bytes(1)
                if sets.last?.index != index { sets.append((index, [])) }
                let last = sets.count - 1
                if let open = sets[last].namespaces.last, open.namespace == namespace {
                    sets[last].namespaces[sets[last].namespaces.count - 1] = NsPvtReadWriteSet(
                        namespace: namespace, collections: open.collections + [collection])
                } else {
                    sets[last].namespaces.append(NsPvtReadWriteSet(namespace: namespace, collections: [collection]))
                }
            }
            return sets.map {
                PrivateWriteSet(transactionIndex: $0.index, set: TxPvtReadWriteSet(namespaces: $0.namespaces))
            }
        }
    }

    /// Erases what fell due with the committed blocks. Repeating it does nothing more.
    func settle(height: BlockNumber) throws {
        try use { connection in
            let due = try connection.statement(
                "SELECT EXISTS(SELECT 1 FROM expiry WHERE due<?1) OR EXISTS(SELECT 1 FROM purge WHERE due<?1)"
            ).bind(.number(height))
            let isAnythingDue = try due.step() && due.integer(0) != 0
            due.reset()
            guard isAnythingDue else { return }
            try connection.transaction {
                for table in ["private_set", "missing"] {
                    try connection.statement(
                        """
                        DELETE FROM \(table) WHERE EXISTS(
                            SELECT 1 FROM expiry WHERE expiry.due<? AND expiry.block = \(table).block
                            AND expiry.namespace = \(table).namespace AND expiry.collection = \(table).collection)
                        """
                    ).bind(.number(height)).run()
                }
                try connection.statement("DELETE FROM expiry WHERE due<?").bind(.number(height)).run()
                try PrivatePurge.run(height: height, on: connection)
            }
        }
    }
}

/// Lets the mutex own a connection.
private struct PrivateConnection: @unchecked Sendable {
    // Used under the store's mutex only.
    let connection: SQLiteConnection

    init(_ connection: SQLiteConnection) {
        self.connection = connection
    }
}
