internal import FabricTypes

/// The layout of a channel's derived database, and how connections to it are set up.
///
/// Everything in it can be computed again from the block files and the private store; it may be deleted at any time.
/// docs/design/ledger-storage.md says why the tables are as they are.
enum LedgerDatabase {
    static let fileName = "state.db"

    /// Raised with every change of the layout. Another version's database is refused by name, not misread.
    static let layoutVersion: Int64 = 2

    private static let schema = """
        CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
        -- Names of namespaces and collections, each given a small number. kind: 0 public, 1 hashed, 2 private.
        CREATE TABLE space(
            id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, namespace BLOB NOT NULL, collection BLOB NOT NULL,
            UNIQUE(kind, namespace, collection));
        CREATE TABLE state(
            space INTEGER NOT NULL, key BLOB NOT NULL, block INTEGER NOT NULL, tx INTEGER NOT NULL,
            metadata BLOB, value BLOB NOT NULL, PRIMARY KEY(space, key)) WITHOUT ROWID;
        CREATE TABLE history(
            space INTEGER NOT NULL, key BLOB NOT NULL, block INTEGER NOT NULL, tx INTEGER NOT NULL,
            PRIMARY KEY(space, key, block, tx)) WITHOUT ROWID;
        -- Keyed by 8 bytes of the transaction's id; the block decides whether it is the one asked for.
        CREATE TABLE tx(
            id INTEGER NOT NULL, block INTEGER NOT NULL, tx INTEGER NOT NULL, code INTEGER NOT NULL,
            PRIMARY KEY(id, block, tx)) WITHOUT ROWID;
        CREATE TABLE block(
            number INTEGER PRIMARY KEY, hash BLOB NOT NULL, segment INTEGER NOT NULL, offset INTEGER NOT NULL,
            size INTEGER NOT NULL);
        CREATE TABLE block_hash(
            hash INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY(hash, number)) WITHOUT ROWID;
        CREATE TABLE expiry(
            block INTEGER NOT NULL, space INTEGER NOT NULL, key_hash BLOB NOT NULL, committed INTEGER NOT NULL, key BLOB,
            PRIMARY KEY(block, space, key_hash, committed)) WITHOUT ROWID;
        -- The private data collections that definitions declared, from each block on that set them.
        CREATE TABLE config_history(
            chaincode BLOB NOT NULL, block INTEGER NOT NULL, collections BLOB NOT NULL,
            PRIMARY KEY(chaincode, block)) WITHOUT ROWID;
        -- Transactions before the snapshot that the ledger began from: see EarlierTransactionID.
        CREATE TABLE earlier_tx(id BLOB PRIMARY KEY) WITHOUT ROWID;
        -- Indexes that contracts declare, and their entries: see QueryIndex.
        CREATE TABLE query_index(
            id INTEGER PRIMARY KEY, space INTEGER NOT NULL, design TEXT NOT NULL, name TEXT NOT NULL,
            fields BLOB NOT NULL, UNIQUE(space, design, name));
        CREATE TABLE query_entry(
            query_index INTEGER NOT NULL, entry BLOB NOT NULL, key BLOB NOT NULL,
            PRIMARY KEY(query_index, entry, key)) WITHOUT ROWID;
        """

    /// Opens the connection that writes, creating the layout in an empty database.
    static func openWriter(path: String, options: LedgerOptions) throws -> SQLiteConnection {
        let connection = try SQLiteConnection(path: path, access: .readWrite)
        try connection.execute("PRAGMA page_size=\(options.pageByteCount)")
        try connection.execute("PRAGMA journal_mode=WAL")
        // Never ahead of the block files, never corrupt; what a crash takes is applied again from the block files.
        try connection.execute("PRAGMA synchronous=NORMAL")
        // The checkpointer moves the log, on a thread of its own.
        try connection.execute("PRAGMA wal_autocheckpoint=0")
        try connection.execute("PRAGMA secure_delete=OFF")
        try connection.execute("PRAGMA temp_store=MEMORY")
        try connection.execute("PRAGMA cache_size=-\(options.writerCacheByteCount / 1024)")
        try create(on: connection)
        return connection
    }

    /// Opens a database that is filled from nothing: without a journal and without syncs, since a crash only means that it is
    /// made again.
    static func openFresh(path: String, options: LedgerOptions) throws -> SQLiteConnection {
        let connection = try SQLiteConnection(path: path, access: .readWrite)
        try connection.execute("PRAGMA page_size=\(options.pageByteCount)")
        try connection.execute("PRAGMA journal_mode=OFF")
        try connection.execute("PRAGMA synchronous=OFF")
        try connection.execute("PRAGMA secure_delete=OFF")
        try connection.execute("PRAGMA cache_size=-\(options.writerCacheByteCount / 1024)")
        try create(on: connection)
        return connection
    }

    static func openReader(path: String, options: LedgerOptions) throws(StorageError) -> SQLiteConnection {
        let connection = try SQLiteConnection(path: path, access: .readOnly)
        try connection.execute("PRAGMA cache_size=-\(options.readerCacheByteCount / 1024)")
        try connection.execute("PRAGMA temp_store=MEMORY")
        return connection
    }

    private static func create(on connection: SQLiteConnection) throws {
        let version = try connection.statement("PRAGMA user_version")
        let current = try version.step() ? version.integer(0) : 0
        version.reset()
        switch current {
        case layoutVersion:
            return
        case 0:
            try connection.transaction {
                try connection.execute(schema)
                try connection.execute("PRAGMA user_version=\(layoutVersion)")
            }
        default:
            throw StorageError(
                .foreign,
                "The database \"\(connection.path)\" has layout \(current); this program reads \(layoutVersion). Run \"duet ledger rebuild\" to make it anew from the block files."
            )
        }
    }

    // What `meta` holds.
    static let heightName = "height"
    static let commitHashName = "commitHash"
    static let genesisHashName = "genesisHash"
    // Of the snapshot that the ledger began from, if any.
    static let originHeightName = "originHeight"
    static let originBlockHashName = "originBlockHash"
    static let originPreviousHashName = "originPreviousHash"
    static let originSnapshotHashName = "originSnapshotHash"
}
