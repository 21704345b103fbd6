internal import GRDBSQLite
internal import LogCore

/// The table `log` as SQLite sees it: a virtual table that hands out a search's matches one by one, so that nothing is
/// copied before the statement asks for it.
///
/// Everything here is called by SQLite from within `sqlite3_step`, on the thread that runs the statement. An error is kept
/// in ``failure`` and reported to SQLite by its code.
final class LogTable {
    let scope: SearchScope
    let places: [SQLiteLogStore.FilePlace]
    let columns: [LogColumns.Column]
    let declaration: String
    let readers: ReaderConnections
    let budget: QueryBudget
    fileprivate(set) var failure: Failure?

    /// What ended a walk too early.
    enum Failure {
        case budgetSpent
        case file(SQLiteLogStore.FilePlace, SQLiteError)
    }

    init(
        scope: SearchScope, places: [SQLiteLogStore.FilePlace], columns: LogColumns, readers: ReaderConnections,
        budget: QueryBudget
    ) {
        self.scope = scope
        self.places = places
        self.columns = columns.columns
        self.declaration = columns.declaration
        self.readers = readers
        self.budget = budget
    }

    /// Makes the table known to a connection as `log`. The table must outlive the connection's statements.
    func register(with connection: SQLiteConnection) throws {
        try connection.check(
            sqlite3_create_module_v2(
                connection.handle, "log", Self.module.pointer, Unmanaged.passUnretained(self).toOpaque(), nil))
    }

    /// SQLite keeps the module's address, so it lives for ever.
    private struct Module: @unchecked Sendable {
        let pointer: UnsafePointer<sqlite3_module>
    }

    private static let module: Module = {
        var module = sqlite3_module()
        module.iVersion = 1
        // Without xCreate the table exists by itself and cannot be declared by a statement.
        module.xConnect = { connection, context, _, _, table, _ in
            guard let connection, let context, let table else { return SQLITE_MISUSE }
            let log = Unmanaged<LogTable>.fromOpaque(context).takeUnretainedValue()
            let code = sqlite3_declare_vtab(connection, log.declaration)
            guard code == SQLITE_OK else { return code }
            let memory = UnsafeMutablePointer<Table>.allocate(capacity: 1)
            memory.initialize(to: Table(base: sqlite3_vtab(), log: Unmanaged.passUnretained(log)))
            table.pointee = UnsafeMutableRawPointer(memory).assumingMemoryBound(to: sqlite3_vtab.self)
            return SQLITE_OK
        }
        module.xDisconnect = { table in
            guard let table else { return SQLITE_MISUSE }
            let memory = UnsafeMutableRawPointer(table).assumingMemoryBound(to: Table.self)
            memory.deinitialize(count: 1)
            memory.deallocate()
            return SQLITE_OK
        }
        module.xBestIndex = { _, info in
            info?.pointee.estimatedCost = 1_000_000
            info?.pointee.estimatedRows = 1_000_000
            return SQLITE_OK
        }
        module.xOpen = { table, cursor in
            guard let table, let cursor else { return SQLITE_MISUSE }
            let log = UnsafeMutableRawPointer(table).assumingMemoryBound(to: Table.self).pointee.log
                .takeUnretainedValue()
            let memory = UnsafeMutablePointer<Cursor>.allocate(capacity: 1)
            memory.initialize(
                to: Cursor(base: sqlite3_vtab_cursor(), walk: Unmanaged.passRetained(LogTableWalk(log))))
            cursor.pointee = UnsafeMutableRawPointer(memory).assumingMemoryBound(to: sqlite3_vtab_cursor.self)
            return SQLITE_OK
        }
        module.xClose = { cursor in
            guard let cursor else { return SQLITE_MISUSE }
            let memory = UnsafeMutableRawPointer(cursor).assumingMemoryBound(to: Cursor.self)
            memory.pointee.walk.release()
            memory.deinitialize(count: 1)
            memory.deallocate()
            return SQLITE_OK
        }
        module.xFilter = { cursor, _, _, _, _ in Cursor.walk(cursor).restart() }
        module.xNext = { cursor in Cursor.walk(cursor).advance() }
        module.xEof = { cursor in Cursor.walk(cursor).isAtEnd ? 1 : 0 }
        module.xColumn = { cursor, context, column in
            Cursor.walk(cursor).answer(Int(column), to: context)
            return SQLITE_OK
        }
        module.xRowid = { cursor, rowid in
            rowid?.pointee = Cursor.walk(cursor).sequence
            return SQLITE_OK
        }
        let pointer = UnsafeMutablePointer<sqlite3_module>.allocate(capacity: 1)
        pointer.initialize(to: module)
        return Module(pointer: UnsafePointer(pointer))
    }()

    /// SQLite's structure with ours behind it, as its interface asks.
    private struct Table {
        var base: sqlite3_vtab
        let log: Unmanaged<LogTable>
    }

    private struct Cursor {
        var base: sqlite3_vtab_cursor
        let walk: Unmanaged<LogTableWalk>

        static func walk(_ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?) -> LogTableWalk {
            // SQLite hands back only cursors that xOpen made.
            guard let cursor else { preconditionFailure("SQLite passes the cursor it opened") }
            return UnsafeMutableRawPointer(cursor).assumingMemoryBound(to: Cursor.self).pointee.walk
                .takeUnretainedValue()
        }
    }
}

/// One walk over the table: file after file.
private final class LogTableWalk {
    private let log: LogTable
    private var nextPlace = 0
    private var scan: FileScan?
    private var connection: SQLiteConnection?
    private(set) var isAtEnd = false

    init(_ log: LogTable) {
        self.log = log
    }

    deinit {
        closeFile()
    }

    func restart() -> Int32 {
        closeFile()
        nextPlace = 0
        isAtEnd = false
        return advance()
    }

    func advance() -> Int32 {
        while true {
            do {
                if let scan {
                    if try scan.next() { return SQLITE_OK }
                    if scan.isCutShort {
                        log.failure = .budgetSpent
                        return SQLITE_INTERRUPT
                    }
                    closeFile()
                }
                guard nextPlace < log.places.count else {
                    isAtEnd = true
                    return SQLITE_OK
                }
                nextPlace += 1
                let connection = try log.readers.borrow(log.places[nextPlace - 1].file.path)
                self.connection = connection
                scan = try FileScan(connection, scope: log.scope, order: .any, budget: log.budget)
            } catch let error as SQLiteError {
                scan = nil
                connection = nil
                // A file that expired meanwhile has nothing to say.
                if error.isMissingFile { continue }
                log.failure = .file(log.places[nextPlace - 1], error)
                return SQLITE_IOERR
            } catch {
                return SQLITE_ERROR
            }
        }
    }

    var sequence: Int64 { scan?.sequence ?? 0 }

    /// Gives SQLite the value of a column of the current entry.
    func answer(_ index: Int, to context: OpaquePointer?) {
        guard let scan, log.columns.indices.contains(index) else { return sqlite3_result_null(context) }
        let column = log.columns[index]
        switch column.source {
        case .time: sqlite3_result_int64(context, scan.time.seconds)
        case .nanosecondPart: sqlite3_result_int64(context, Int64(scan.time.nanosecondPart))
        case .field(let selector):
            guard let value = scan.view.value(of: selector) else { return sqlite3_result_null(context) }
            switch column.kind {
            case .text: SQLiteAnswer.text(value, to: context)
            case .integer, .real: SQLiteAnswer.number(value, to: context)
            }
        }
    }

    private func closeFile() {
        scan = nil
        if let connection { log.readers.giveBack(connection) }
        connection = nil
    }
}

/// Results for SQLite.
enum SQLiteAnswer {
    static var transient: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

    static func text(_ value: UnsafeBufferPointer<UInt8>, to context: OpaquePointer?) {
        guard let start = value.baseAddress, !value.isEmpty else {
            return sqlite3_result_text(context, "", 0, transient)
        }
        start.withMemoryRebound(to: CChar.self, capacity: value.count) {
            sqlite3_result_text64(context, $0, UInt64(value.count), transient, UInt8(SQLITE_UTF8))
        }
    }

    static func text(_ value: String, to context: OpaquePointer?) {
        var value = value
        value.withUTF8 { text($0, to: context) }
    }

    /// An integer if the text is one, else a floating-point number, else NULL.
    static func number(_ value: UnsafeBufferPointer<UInt8>, to context: OpaquePointer?) {
        let text = value.count <= 64 ? String(decoding: value, as: UTF8.self) : ""
        if let integer = Int64(text) {
            sqlite3_result_int64(context, integer)
        } else if let number = NumberText.value(of: text) {
            sqlite3_result_double(context, number)
        } else {
            sqlite3_result_null(context)
        }
    }
}
