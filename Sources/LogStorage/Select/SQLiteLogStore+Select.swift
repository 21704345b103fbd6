internal import GRDBSQLite
package import LogCore

extension SQLiteLogStore {
    package func select(_ request: SelectRequest) async throws -> SelectAnswer {
        let budget = QueryBudget(timeLimit: request.scope.timeLimit)
        return try await withTaskCancellationHandler {
            // A damaged file is set aside and the statement starts over without it, at most once for each file.
            while true {
                let places = try await files(of: request.scope)
                var fieldNames: Set<String> = []
                for place in places where fieldNames.count < DayFileSchema.fieldNameCountMax {
                    fieldNames.formUnion(try await query(place.file, in: place.folder, Self.fieldNames) ?? [])
                }
                let run = SelectRun(
                    request: request, places: places, fieldNames: fieldNames.sorted(), limits: limits, readers: readers,
                    budget: budget)
                switch try await queries.run({ try run.answer() }) {
                case .answer(let answer): return answer
                case .damaged(let place, let error): await place.folder.reportDamage(place.file, error)
                }
            }
        } onCancel: {
            budget.cancel()
        }
    }
}

/// One execution of a `select`.
private struct SelectRun: Sendable {
    let request: SelectRequest
    let places: [SQLiteLogStore.FilePlace]
    let fieldNames: [String]
    let limits: SQLiteLogStore.Limits
    let readers: ReaderConnections
    let budget: QueryBudget

    enum Outcome {
        case answer(SelectAnswer)
        case damaged(SQLiteLogStore.FilePlace, SQLiteError)
    }

    func answer() throws -> Outcome {
        let statement = SelectStatement(request.select.text)
        let columns = LogColumns(index: request.index, fieldNames: fieldNames, statement: statement)
        let table = LogTable(scope: request.scope, places: places, columns: columns, readers: readers, budget: budget)
        let json = try SelectJSON()
        // The connection's statements end before the table and the helper do.
        return try withExtendedLifetime((table, json)) {
            let connection = try SQLiteConnection(path: "", mode: .inMemory)
            try table.register(with: connection)
            try json.register(with: connection)
            try SelectFunctions.register(with: connection)
            try SelectGuard.apply(to: connection, valueByteCountMax: limits.selectValueByteCountMax)
            sqlite3_progress_handler(
                connection.handle, 10_000,
                { budget in
                    guard let budget else { return 1 }
                    return Unmanaged<QueryBudget>.fromOpaque(budget).takeUnretainedValue().isSpent ? 1 : 0
                }, Unmanaged.passUnretained(budget).toOpaque())
            let prepared = try prepare(statement, columns, connection)
            do {
                return .answer(try rows(of: prepared, statement))
            } catch let error as SQLiteError {
                if case .file(let place, let cause) = table.failure {
                    if cause.isDamage { return .damaged(place, cause) }
                    throw LogStoreError(cause)
                }
                throw failure(error, connection, statement)
            }
        }
    }

    private func prepare(
        _ statement: SelectStatement, _ columns: LogColumns, _ connection: SQLiteConnection
    ) throws -> SQLiteStatement {
        let prepared: SQLiteStatement
        do {
            prepared = try connection.prepare(statement.sql)
        } catch let error as SQLiteError {
            let isIncomplete = statement.isInserted(Int(sqlite3_error_offset(connection.handle)))
            var message = "The select is wrong: \(isIncomplete ? "something is missing here" : error.message)."
            if error.message.contains("no such column") {
                message += " The columns are \(columns.listing); a text stands in single quotes."
            }
            throw QueryError(utf8Offset: offset(connection, statement), message: message)
        }
        let rest = statement.sql.utf8.dropFirst(prepared.byteCount)
        guard rest.allSatisfy({ [0x20, 0x09, 0x0A, 0x0D, 0x3B].contains($0) }) else {
            throw QueryError(
                utf8Offset: request.select.utf8Offset + statement.originalOffset(of: prepared.byteCount),
                message: "Only one select statement may be given.")
        }
        return prepared
    }

    private func rows(of prepared: SQLiteStatement, _ statement: SelectStatement) throws -> SelectAnswer {
        let columnCount = sqlite3_column_count(prepared.handle)
        var answer = SelectAnswer(
            columns: (0..<columnCount).map {
                sqlite3_column_name(prepared.handle, $0).map { String(cString: $0) } ?? ""
            },
            rows: [], processedCount: 0, isComplete: true)
        var byteCount = 0
        while try prepared.step() {
            if !statement.hasLimit, answer.rows.count == request.rowCountDefault { break }
            guard answer.rows.count < request.rowCountMax else {
                throw LogStoreError(
                    code: .limitReached,
                    message: "The select answers more than \(request.rowCountMax) rows. Give it a smaller limit.")
            }
            let row = (0..<columnCount).map { prepared.isNull($0) ? nil : prepared.text($0) }
            byteCount += row.reduce(0) { $0 + ($1?.utf8.count ?? 0) + 16 }
            guard byteCount <= limits.selectAnswerByteCountMax else {
                throw LogStoreError(
                    code: .limitReached,
                    message:
                        "The select answers more than \(limits.selectAnswerByteCountMax / 1_048_576) MiB. Select fewer "
                        + "columns or rows.")
            }
            answer.rows.append(row)
        }
        answer.processedCount = budget.processedCount
        return answer
    }

    /// Why a statement that was prepared could not be finished.
    private func failure(_ error: SQLiteError, _ connection: SQLiteConnection, _ statement: SelectStatement)
        -> any Error
    {
        switch error.primaryCode {
        case SQLITE_INTERRUPT:
            LogStoreError(
                code: .limitReached,
                message:
                    "The select did not finish within \(request.scope.timeLimit). Narrow the time range or the search.")
        case SQLITE_FULL:
            LogStoreError(
                code: .limitReached,
                message:
                    "The select needs more than \(TemporaryFileLimit.byteCountMax / 1_048_576) MiB to sort or group. "
                    + "Narrow the time range or the search.")
        case SQLITE_TOOBIG:
            LogStoreError(
                code: .limitReached,
                message: "The select makes a value of more than \(limits.selectValueByteCountMax) bytes.")
        case SQLITE_NOMEM:
            LogStoreError(code: .limitReached, message: "The select needs more memory than there is.")
        default:
            QueryError(utf8Offset: offset(connection, statement), message: "The select failed: \(error.message).")
        }
    }

    private func offset(_ connection: SQLiteConnection, _ statement: SelectStatement) -> Int {
        let offset = Int(sqlite3_error_offset(connection.handle))
        return request.select.utf8Offset + (offset < 0 ? 0 : statement.originalOffset(of: offset))
    }
}
