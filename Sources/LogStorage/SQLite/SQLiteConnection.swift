internal import GRDBSQLite

/// One SQLite connection, used by one thread at a time.
///
/// Opened without SQLite's own mutex: whoever holds the object (a shard's writer, a borrowed reader) is its only user.
final class SQLiteConnection {
    enum Mode {
        case readWrite
        /// Reads only; the file must exist. Opened writable underneath, since a reader may have to recover the
        /// write-ahead log of a killed process.
        case reading
        case inMemory
    }

    let handle: OpaquePointer
    let path: String

    init(path: String, mode: Mode) throws {
        var handle: OpaquePointer?
        var flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        if mode != .reading { flags |= SQLITE_OPEN_CREATE }
        // A connection in memory runs users' statements, whose temporary files are bounded.
        guard mode != .inMemory || TemporaryFileLimit.register() else {
            throw SQLiteError(code: SQLITE_ERROR, message: "the file system layer cannot be registered", path: path)
        }
        let code = sqlite3_open_v2(
            mode == .inMemory ? ":memory:" : path, &handle, flags, mode == .inMemory ? TemporaryFileLimit.name : nil)
        guard code == SQLITE_OK, let handle else {
            let error = SQLiteError(
                code: code, message: handle.map { String(cString: sqlite3_errmsg($0)) } ?? "", path: path)
            sqlite3_close_v2(handle)
            throw error
        }
        self.handle = handle
        self.path = path
        sqlite3_busy_timeout(handle, 5_000)
        if mode == .reading { try execute("PRAGMA query_only=ON") }
    }

    deinit {
        sqlite3_close_v2(handle)
    }

    /// Runs statements without results.
    func execute(_ sql: String) throws {
        try check(sqlite3_exec(handle, sql, nil, nil, nil))
    }

    func prepare(_ sql: String) throws -> SQLiteStatement {
        try SQLiteStatement(self, sql)
    }

    /// The first column of the first row, or nil.
    func integer(_ sql: String) throws -> Int64? {
        let statement = try prepare(sql)
        return try statement.step() ? statement.integer(0) : nil
    }

    func check(_ code: Int32) throws {
        guard code == SQLITE_OK else { throw error(code) }
    }

    func error(_ code: Int32) -> SQLiteError {
        SQLiteError(code: code, message: String(cString: sqlite3_errmsg(handle)), path: path)
    }
}

/// A failure SQLite reports, with the file it concerns.
struct SQLiteError: Error, CustomStringConvertible {
    /// Extended result code.
    let code: Int32
    let message: String
    let path: String

    var primaryCode: Int32 { code & 0xFF }

    /// The file's content cannot be trusted any more.
    var isDamage: Bool { primaryCode == SQLITE_CORRUPT || primaryCode == SQLITE_NOTADB }
    /// The file is not there (any more).
    var isMissingFile: Bool { primaryCode == SQLITE_CANTOPEN }
    var isDiskFull: Bool { primaryCode == SQLITE_FULL }

    var description: String { "SQLite reports \"\(message)\" (code \(code)) for \"\(path)\"." }
}

/// A prepared statement. Finalised with the object; belongs to its connection's thread.
final class SQLiteStatement {
    let handle: OpaquePointer
    /// Bytes of the text that belong to this first statement of it.
    let byteCount: Int
    private let connection: SQLiteConnection

    /// Tells SQLite to copy a bound value before the call returns.
    private static var transient: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

    init(_ connection: SQLiteConnection, _ sql: String) throws {
        var statement: OpaquePointer?
        byteCount = try sql.withCString { text in
            var tail: UnsafePointer<CChar>?
            try connection.check(sqlite3_prepare_v2(connection.handle, text, -1, &statement, &tail))
            return tail.map { $0 - text } ?? 0
        }
        guard let statement else { throw connection.error(SQLITE_MISUSE) }
        self.connection = connection
        handle = statement
    }

    deinit {
        sqlite3_finalize(handle)
    }

    func bind(_ index: Int32, _ value: Int64) throws {
        try connection.check(sqlite3_bind_int64(handle, index, value))
    }

    func bind(_ index: Int32, blob bytes: [UInt8]) throws {
        try connection.check(
            bytes.withUnsafeBytes {
                sqlite3_bind_blob64(handle, index, $0.baseAddress ?? Self.empty, UInt64($0.count), Self.transient)
            })
    }

    func bind(_ index: Int32, text bytes: [UInt8]) throws {
        try connection.check(
            bytes.withUnsafeBytes {
                sqlite3_bind_text64(
                    handle, index, ($0.baseAddress ?? Self.empty).assumingMemoryBound(to: CChar.self), UInt64($0.count),
                    Self.transient, UInt8(SQLITE_UTF8))
            })
    }

    func bind(_ index: Int32, _ text: String) throws {
        try bind(index, text: Array(text.utf8))
    }

    /// - Returns: Whether there is a row.
    func step() throws -> Bool {
        let code = sqlite3_step(handle)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw connection.error(code)
        }
    }

    /// Runs a statement without rows, and makes it ready to run again.
    func run() throws {
        defer { reset() }
        _ = try step()
    }

    func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    func integer(_ column: Int32) -> Int64 {
        sqlite3_column_int64(handle, column)
    }

    func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    /// The column's bytes in place, valid until the next step.
    func bytes(_ column: Int32) -> UnsafeBufferPointer<UInt8> {
        let start = sqlite3_column_blob(handle, column)
        let count = Int(sqlite3_column_bytes(handle, column))
        return UnsafeBufferPointer(start: start?.assumingMemoryBound(to: UInt8.self), count: start == nil ? 0 : count)
    }

    func text(_ column: Int32) -> String {
        String(decoding: bytes(column), as: UTF8.self)
    }

    /// An address for empty values: a null pointer would bind NULL.
    private static var empty: UnsafeRawPointer { UnsafeRawPointer(bitPattern: 1).unsafelyUnwrapped }
}
