internal import FabricTypes
internal import GRDBSQLite

/// One connection to an SQLite database, by SQLite's own interface: statements are prepared once and stepped without
/// copies in between.
///
/// Not safe to use from two threads at once: whoever owns it holds a lock around each use.
final class SQLiteConnection {
    let path: String
    fileprivate let handle: OpaquePointer
    private var statements: [String: SQLiteStatement] = [:]

    enum Access {
        case readWrite
        case readOnly
    }

    init(path: String, access: Access) throws(StorageError) {
        self.path = path
        var handle: OpaquePointer?
        let flags =
            access == .readWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY
        let result = sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_NOMUTEX, nil)
        guard result == SQLITE_OK, let handle else {
            let error = StorageError.sqlite(result, handle, path: path, doing: "opened")
            sqlite3_close_v2(handle)
            throw error
        }
        self.handle = handle
        sqlite3_extended_result_codes(handle, 1)
        // Another connection of ours may be checkpointing for a moment.
        sqlite3_busy_timeout(handle, 5_000)
    }

    deinit {
        for statement in statements.values { statement.finalize() }
        sqlite3_close_v2(handle)
    }

    /// Runs statements that give no rows or whose rows do not matter.
    func execute(_ sql: String) throws(StorageError) {
        let result = sqlite3_exec(handle, sql, nil, nil, nil)
        guard result == SQLITE_OK else { throw error(result, doing: "changed") }
    }

    /// The prepared form of a statement, made on first use, ready to be bound.
    func statement(_ sql: String) throws(StorageError) -> SQLiteStatement {
        if let statement = statements[sql] {
            statement.reset()
            return statement
        }
        var prepared: OpaquePointer?
        let result = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard result == SQLITE_OK, let prepared else { throw error(result, doing: "read") }
        let statement = SQLiteStatement(prepared, of: self)
        statements[sql] = statement
        return statement
    }

    /// Runs `body` in a transaction; whatever it throws undoes all of it.
    func transaction<Result>(_ body: () throws -> Result) throws -> Result {
        try execute("BEGIN IMMEDIATE")
        do {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            // After some errors SQLite has rolled back already; the first error is the one to tell.
            if sqlite3_get_autocommit(handle) == 0 { sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
            throw error
        }
    }

    /// Moves the write-ahead log into the database without waiting for anybody.
    ///
    /// - Returns: pages in the log, and how many of them are in the database now.
    func checkpoint(_ mode: CheckpointMode) throws(StorageError) -> (logged: Int, moved: Int) {
        var logged: Int32 = 0
        var moved: Int32 = 0
        let result = sqlite3_wal_checkpoint_v2(handle, nil, mode.rawValue, &logged, &moved)
        // Busy says that readers kept it from going all the way.
        guard result == SQLITE_OK || result & 0xFF == SQLITE_BUSY else { throw error(result, doing: "checkpointed") }
        return (Int(max(0, logged)), Int(max(0, moved)))
    }

    enum CheckpointMode {
        /// As far as readers and writers allow, without waiting.
        case passive
        /// Waits for readers as long as the busy time-out says, then empties the log.
        case truncate

        fileprivate var rawValue: Int32 {
            switch self {
            case .passive: SQLITE_CHECKPOINT_PASSIVE
            case .truncate: SQLITE_CHECKPOINT_TRUNCATE
            }
        }
    }

    func setBusyTimeout(milliseconds: Int32) {
        sqlite3_busy_timeout(handle, milliseconds)
    }

    func error(_ result: Int32, doing: String) -> StorageError {
        .sqlite(result, handle, path: path, doing: doing)
    }
}

/// A prepared statement. Belongs to its connection and its owner's lock.
final class SQLiteStatement {
    private let handle: OpaquePointer
    private unowned let connection: SQLiteConnection

    fileprivate init(_ handle: OpaquePointer, of connection: SQLiteConnection) {
        self.handle = handle
        self.connection = connection
    }

    fileprivate func finalize() {
        sqlite3_finalize(handle)
    }

    func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    /// Binds all parameters in order.
    func bind(_ values: SQLiteValue...) throws(StorageError) -> SQLiteStatement {
        for (index, value) in values.enumerated() { try bind(value, at: Int32(index + 1)) }
        return self
    }

    private func bind(_ value: SQLiteValue, at index: Int32) throws(StorageError) {
        let result =
            switch value {
            case .null: sqlite3_bind_null(handle, index)
            case .integer(let integer): sqlite3_bind_int64(handle, index, integer)
            case .text(let text): sqlite3_bind_text(handle, index, text, -1, SQLiteValue.transient)
            case .bytes(let bytes):
                bytes.withUnsafeBytes { buffer in
                    // The empty blob has no address, which SQLite would take for null.
                    buffer.isEmpty
                        ? sqlite3_bind_zeroblob(handle, index, 0)
                        : sqlite3_bind_blob64(
                            handle, index, buffer.baseAddress, UInt64(buffer.count), SQLiteValue.transient)
                }
            }
        guard result == SQLITE_OK else { throw connection.error(result, doing: "read") }
    }

    /// Moves to the next row; false at the end.
    func step() throws(StorageError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let result:
            let error = connection.error(result, doing: "read or changed")
            sqlite3_reset(handle)
            throw error
        }
    }

    /// Runs a statement that gives no rows.
    func run() throws(StorageError) {
        while try step() {}
        sqlite3_reset(handle)
    }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    func isInteger(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_INTEGER }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    /// A copy of the column's bytes; empty for null.
    func bytes(_ column: Int32) -> Bytes {
        guard let start = sqlite3_column_blob(handle, column) else { return Bytes() }
        let buffer = UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
        return Bytes([UInt8](buffer))
    }
}

/// A value for a parameter.
enum SQLiteValue {
    case null
    case integer(Int64)
    case bytes(Bytes)
    case text(String)

    /// Block numbers and transaction indexes: what a ledger counts fits into 63 bits for ever.
    static func number(_ number: UInt64) -> SQLiteValue { .integer(Int64(bitPattern: number)) }

    /// SQLite copies what is bound so, before the call returns.
    fileprivate static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}

extension StorageError {
    /// `SQLITE_IOERR_FSYNC`, which Swift does not see as a number.
    private static let failedSync = SQLITE_IOERR | 4 << 8

    fileprivate static func sqlite(
        _ result: Int32, _ handle: OpaquePointer?, path: String, doing: String
    ) -> StorageError {
        let reason = handle.map { String(cString: sqlite3_errmsg($0)) } ?? String(cString: sqlite3_errstr(result))
        let what = "The database \"\(path)\" could not be \(doing): \(reason) (SQLite \(result))."
        switch result & 0xFF {
        case SQLITE_FULL:
            return StorageError(.diskFull, "\(what) Free space on the disk, then start the node again.")
        case SQLITE_CORRUPT, SQLITE_NOTADB:
            return StorageError(
                .damaged,
                "\(what) Stop the node and run \"duet ledger rebuild\": the block files hold everything in it.")
        case SQLITE_IOERR where result == failedSync:
            return StorageError(.syncFailed, "\(what) The node stops; check the disk, then start it again.")
        default:
            return StorageError(.inputOutput, "\(what) Check the path, its permissions and the disk.")
        }
    }
}
