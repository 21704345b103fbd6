internal import GRDBSQLite
internal import LogCore

/// What is known of a day file without opening it.
struct DayFile: Sendable {
    /// Running figures, kept in the file's one summary row and changed with every write.
    struct Summary: Hashable, Sendable {
        var entryCount: Int64 = 0
        var textByteCount: Int64 = 0
        /// Least and greatest time; the first greater than the second while there is no entry.
        var timeMin: Int64 = .max
        var timeMax: Int64 = .min
        var lastSequence: Int64 = 0
    }

    let name: DayFileName
    let path: String
    var summary = Summary()

    /// Whether entries of this file may lie in `[from, to)`.
    func overlaps(from: LogTime, to: LogTime) -> Bool {
        summary.timeMin < to.nanoseconds && summary.timeMax >= from.nanoseconds
    }
}

/// The tables of a day file.
///
/// `entry` holds the encoded entries by sequence; `word` indexes all their texts without keeping them (see
/// ``IndexWords``); without positions and sizes it is a third of the usual index. Fields are not columns, so a million
/// different names cost nothing here; `field` lists the first thousand for people.
enum DayFileSchema {
    static let version: Int64 = 1
    /// "DLog".
    static let applicationID: Int64 = 0x444C_6F67
    static let fieldNameCountMax = 1_000
    static let fieldNameByteCountMax = 128

    /// Creates the tables in a new file, or checks those of an existing one.
    static func prepare(_ connection: SQLiteConnection) throws {
        // Large pages: entries are read in runs, and the index's runs get longer.
        try connection.execute("PRAGMA page_size=16384")
        try connection.execute("PRAGMA journal_mode=WAL")
        try connection.execute("PRAGMA secure_delete=OFF; PRAGMA cache_size=-16000; PRAGMA wal_autocheckpoint=1000")
        let found = try connection.integer("PRAGMA user_version") ?? 0
        if found == version { return }
        guard found == 0, try connection.integer("SELECT count(*) FROM sqlite_schema") == 0 else {
            throw SQLiteError(
                code: SQLITE_NOTADB, message: "a log file of version \(found), not \(version)", path: connection.path)
        }
        try connection.execute(
            """
            BEGIN;
            CREATE TABLE entry (id INTEGER PRIMARY KEY, time INTEGER NOT NULL, body BLOB NOT NULL);
            CREATE INDEX entry_time ON entry (time);
            CREATE VIRTUAL TABLE word USING fts5(text, content='', columnsize=0, detail=none, tokenize='ascii');
            CREATE TABLE summary (
                one INTEGER PRIMARY KEY CHECK (one = 1), entry_count INTEGER NOT NULL, text_bytes INTEGER NOT NULL,
                time_min INTEGER NOT NULL, time_max INTEGER NOT NULL, last_sequence INTEGER NOT NULL);
            INSERT INTO summary VALUES (1, 0, 0, \(Int64.max), \(Int64.min), 0);
            CREATE TABLE field (name TEXT PRIMARY KEY) WITHOUT ROWID;
            CREATE TABLE receipt (fingerprint BLOB PRIMARY KEY, received INTEGER NOT NULL) WITHOUT ROWID;
            PRAGMA application_id=\(applicationID);
            PRAGMA user_version=\(version);
            COMMIT;
            """)
    }

    static func summary(_ connection: SQLiteConnection) throws -> DayFile.Summary {
        // A process that was killed while it made the file leaves it without tables; the next writer makes them.
        if try connection.integer("PRAGMA user_version") == 0 { return DayFile.Summary() }
        let statement = try connection.prepare(
            "SELECT entry_count, text_bytes, time_min, time_max, last_sequence FROM summary")
        guard try statement.step() else {
            throw SQLiteError(code: SQLITE_CORRUPT, message: "the summary row is missing", path: connection.path)
        }
        return DayFile.Summary(
            entryCount: statement.integer(0), textByteCount: statement.integer(1), timeMin: statement.integer(2),
            timeMax: statement.integer(3), lastSequence: statement.integer(4))
    }
}
