internal import FabricTypes
internal import LedgerCore

/// Compares two derived databases of one ledger row by row, without holding either.
struct DatabaseComparison {
    /// Of more differences than these only the first are told.
    private static let differenceCountMax = 20

    let expected: ReadConnection
    let found: ReadConnection

    /// Sentences that say what differs where.
    func differences() throws -> [String] {
        _ = try expected.begin()
        _ = try found.begin()
        defer {
            // Both are only read, and go away after this.
            try? expected.end()
            try? found.end()
        }
        var differences: [String] = []
        for table in Self.tables where differences.count < Self.differenceCountMax {
            try compare(table, &differences)
        }
        if differences.count < Self.differenceCountMax { try compareIndexes(&differences) }
        return differences
    }

    private struct Table {
        let name: String
        /// Gives rows in an order that is the same in both databases.
        let sql: String
        let columnCount: Int32
    }

    private static let tables = [
        Table(name: "meta", sql: "SELECT name, value FROM meta ORDER BY name", columnCount: 2),
        Table(
            name: "block", sql: "SELECT number, hash, segment, offset, size FROM block ORDER BY number", columnCount: 5),
        Table(name: "block hash", sql: "SELECT hash, number FROM block_hash ORDER BY hash, number", columnCount: 2),
        Table(name: "transaction", sql: "SELECT id, block, tx, code FROM tx ORDER BY id, block, tx", columnCount: 4),
        Table(
            name: "state",
            sql: """
                SELECT s.kind, s.namespace, s.collection, t.key, t.block, t.tx, t.metadata, t.value
                FROM (SELECT * FROM space ORDER BY kind, namespace, collection) AS s
                CROSS JOIN state AS t ON t.space = s.id ORDER BY s.kind, s.namespace, s.collection, t.key
                """, columnCount: 8),
        Table(
            name: "history",
            sql: """
                SELECT s.namespace, t.key, t.block, t.tx
                FROM (SELECT * FROM space ORDER BY kind, namespace, collection) AS s
                CROSS JOIN history AS t ON t.space = s.id ORDER BY s.kind, s.namespace, s.collection, t.key, t.block, t.tx
                """, columnCount: 4),
        Table(
            name: "expiry",
            sql: """
                SELECT t.block, s.namespace, s.collection, t.key_hash, t.committed, t.key FROM expiry AS t
                JOIN space AS s ON s.id = t.space ORDER BY t.block, s.namespace, s.collection, t.key_hash, t.committed
                """, columnCount: 6),
        Table(
            name: "collection configuration",
            sql: "SELECT chaincode, block, collections FROM config_history ORDER BY chaincode, block", columnCount: 3),
        Table(name: "earlier transaction", sql: "SELECT id FROM earlier_tx ORDER BY id", columnCount: 1),
    ]

    private func compare(_ table: Table, _ differences: inout [String]) throws {
        let left = try expected.connection.statement(table.sql)
        let right = try found.connection.statement(table.sql)
        defer {
            left.reset()
            right.reset()
        }
        while differences.count < Self.differenceCountMax {
            let (hasLeft, hasRight) = (try left.step(), try right.step())
            guard hasLeft || hasRight else { return }
            let rows = (
                hasLeft ? left.description(columnCount: table.columnCount) : nil,
                hasRight ? right.description(columnCount: table.columnCount) : nil
            )
            if rows.0 == rows.1 { continue }
            // Behind a row that only one side has, all others would seem to differ.
            differences.append(
                "The database's table of \(table.name) entries is wrong: the blocks give \(rows.0 ?? "no more"), it holds \(rows.1 ?? "no more"). Run \"duet ledger rebuild\"."
            )
            return
        }
    }

    /// The entries of declared indexes follow from the state beside them.
    private func compareIndexes(_ differences: inout [String]) throws {
        for space in try found.spaces() {
            guard let number = try found.number(of: space) else { continue }
            for index in try StoredQueryIndex.all(of: number, on: found.connection) {
                guard try !isWhole(index, of: space) else { continue }
                differences.append(
                    "The index \"\(index.definition.name)\" of \"\(space.namespace.lossyText)\" does not fit the values there. Run \"duet ledger rebuild\"."
                )
            }
        }
    }

    private func isWhole(_ index: StoredQueryIndex, of space: Space) throws -> Bool {
        var count: Int64 = 0
        var range = KeyRange.all
        let chunkCountMax = 1000
        while true {
            let rows = try found.rows(in: range, of: space, countMax: chunkCountMax)
            for row in rows {
                guard let document = QueryDocument(key: row.key, value: row.state.value),
                    let entry = index.definition.entry(for: document.content)
                else { continue }
                let statement = try found.connection.statement(
                    "SELECT 1 FROM query_entry WHERE query_index=? AND entry=? AND key=?"
                ).bind(.integer(index.id), .bytes(entry), .bytes(row.key))
                defer { statement.reset() }
                guard try statement.step() else { return false }
                count += 1
            }
            guard let last = rows.last, rows.count == chunkCountMax else { break }
            range = range.after(last.key)
        }
        let statement = try found.connection.statement("SELECT COUNT(*) FROM query_entry WHERE query_index=?")
            .bind(.integer(index.id))
        defer { statement.reset() }
        return try statement.step() && statement.integer(0) == count
    }
}

extension SQLiteStatement {
    /// The row for comparing and for people.
    fileprivate func description(columnCount: Int32) -> String {
        (0..<columnCount).map { column in
            isNull(column) ? "–" : isInteger(column) ? "\(integer(column))" : bytes(column).readable
        }.joined(separator: ", ")
    }
}

extension Bytes {
    /// Text as it is, anything else by its digits and, where it is long, its hash.
    fileprivate var readable: String {
        if count > 200 { return "\(Digest(of: self)) (\(count) bytes)" }
        guard let text = utf8Text, !text.unicodeScalars.contains(where: { $0.value < 0x20 }) else { return hex }
        return "\"\(text)\""
    }
}
