internal import GRDBSQLite

/// `json_extract_scalar`: SQLite's `json_extract`, except that a text which is no JSON gives NULL instead of an error,
/// since one such line must not spoil a whole statement.
///
/// Runs SQLite's function in a connection of its own; lives as long as the connection it is registered with.
final class SelectJSON {
    static let name = "json_extract_scalar"

    private let connection: SQLiteConnection
    private let statement: SQLiteStatement

    init() throws {
        connection = try SQLiteConnection(path: "", mode: .inMemory)
        statement = try connection.prepare(
            """
            SELECT CASE WHEN json_valid(?1) AND json_type(?1, ?2) NOT IN ('object', 'array') THEN json_extract(?1, ?2) END
            """)
    }

    /// This object must outlive the connection's statements.
    func register(with connection: SQLiteConnection) throws {
        try connection.check(
            sqlite3_create_function_v2(
                connection.handle, Self.name, 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                Unmanaged.passUnretained(self).toOpaque(),
                { context, count, values in
                    guard let helper = sqlite3_user_data(context) else { return sqlite3_result_null(context) }
                    Unmanaged<SelectJSON>.fromOpaque(helper).takeUnretainedValue()
                        .extract(context, Argument(values, count, 0), Argument(values, count, 1))
                }, nil, nil, nil))
    }

    private func extract(_ context: OpaquePointer?, _ document: Argument, _ path: Argument) {
        guard let document = document.bytes, let path = path.bytes else { return sqlite3_result_null(context) }
        defer { statement.reset() }
        do {
            try statement.bind(1, text: Array(document))
            try statement.bind(2, text: Array(path))
            if try statement.step(), !statement.isNull(0) {
                SQLiteAnswer.text(statement.bytes(0), to: context)
            } else {
                sqlite3_result_null(context)
            }
        } catch let error as SQLiteError {
            sqlite3_result_error(context, error.message, -1)
        } catch {
            sqlite3_result_null(context)
        }
    }
}
