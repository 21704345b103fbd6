internal import GRDBSQLite

/// What a user's `select` may do: read the table `log` with a list of harmless functions, and nothing else.
enum SelectGuard {
    /// Applies limits and the authorizer to a fresh connection in memory. Comes last, after everything of ours is registered.
    static func apply(to connection: SQLiteConnection, valueByteCountMax: Int) throws {
        let handle = connection.handle
        // Sorting and grouping may spill into temporary files, which the file system layer bounds.
        try connection.execute("PRAGMA temp_store=FILE; PRAGMA cache_size=-8000")
        sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, Int32(clamping: valueByteCountMax))
        sqlite3_limit(handle, SQLITE_LIMIT_SQL_LENGTH, 100_000)
        sqlite3_limit(handle, SQLITE_LIMIT_EXPR_DEPTH, 200)
        sqlite3_limit(handle, SQLITE_LIMIT_COMPOUND_SELECT, 20)
        sqlite3_limit(handle, SQLITE_LIMIT_VDBE_OP, 100_000)
        sqlite3_limit(handle, SQLITE_LIMIT_FUNCTION_ARG, 100)
        sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0)
        sqlite3_limit(handle, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1_000)
        sqlite3_limit(handle, SQLITE_LIMIT_TRIGGER_DEPTH, 1)
        sqlite3_limit(handle, SQLITE_LIMIT_WORKER_THREADS, 0)
        // "name" is always a name, never a text: a misspelt column is an error.
        _disableDoubleQuotedStringLiterals(handle)
        let authorizer:
            @convention(c) (
                UnsafeMutableRawPointer?, Int32, UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<CChar>?,
                UnsafePointer<CChar>?
            ) -> Int32 = { _, action, first, second, _, _ in
                SelectGuard.isAllowed(action, first.map { String(cString: $0) }, second.map { String(cString: $0) })
                    ? SQLITE_OK : SQLITE_DENY
            }
        // A virtual table declares itself at its first use, which the authorizer would not allow.
        _ = try connection.prepare("SELECT 1 FROM log, json_each('1'), json_tree('1')")
        try connection.check(sqlite3_set_authorizer(handle, authorizer, nil))
    }

    private static let tables: Set<String> = ["log", "json_each", "json_tree"]

    private static func isAllowed(_ action: Int32, _ first: String?, _ second: String?) -> Bool {
        switch action {
        case SQLITE_SELECT: true
        // An empty name: a subquery's column.
        case SQLITE_READ: first.map { $0.isEmpty || tables.contains($0.lowercased()) } ?? false
        case SQLITE_FUNCTION: second.map { functions.contains($0.lowercased()) } ?? false
        default: false
        }
    }

    /// SQLite's own that take no more than their arguments' size, and ``SelectFunctions``.
    private static let functions: Set<String> = Set(
        [
            "abs", "avg", "ceil", "ceiling", "char", "coalesce", "count", "cume_dist", "date", "datetime", "dense_rank",
            "exp", "first_value", "floor", "format", "glob", "group_concat", "hex", "ifnull", "iif", "instr", "json",
            "json_array", "json_array_length", "json_each", "json_extract", "json_group_array", "json_group_object",
            "json_object", "json_quote", "json_tree", "json_type", "json_valid", "julianday", "lag", "last_value",
            "lead",
            "length", "like", "ln", "log", "log10", "log2", "lower", "ltrim", "max", "min", "mod", "nth_value", "ntile",
            "nullif", "percent_rank", "pi", "pow", "power", "printf", "quote", "rank", "replace", "round", "row_number",
            "rtrim", "sign", "sqrt", "strftime", "substr", "substring", "sum", "time", "total", "trim", "trunc",
            "typeof",
            "unicode", "unixepoch", "upper", "->", "->>",
        ] + SelectFunctions.names)
}
