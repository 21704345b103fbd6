internal import FabricTypes
internal import LedgerCore

/// The declared indexes of each space, as the writer knows them.
struct QueryIndexTable {
    private var indexes: [Int64: [StoredQueryIndex]] = [:]

    /// The indexes of a space, read on first use.
    mutating func indexes(of space: Int64, on connection: SQLiteConnection) throws -> [StoredQueryIndex] {
        if let known = indexes[space] { return known }
        let read = try StoredQueryIndex.all(of: space, on: connection)
        indexes[space] = read
        return read
    }

    /// Forgets everything, since some of it may have been written in a transaction that failed.
    mutating func removeAll() {
        indexes = [:]
    }

    mutating func declare(_ declared: [QueryIndex], for space: Int64, on connection: SQLiteConnection) throws {
        let present = try StoredQueryIndex.all(of: space, on: connection)
        for stored in present where !declared.contains(stored.definition) {
            try connection.statement("DELETE FROM query_entry WHERE query_index=?").bind(.integer(stored.id)).run()
            try connection.statement("DELETE FROM query_index WHERE id=?").bind(.integer(stored.id)).run()
        }
        for definition in declared where !present.contains(where: { $0.definition == definition }) {
            let stored = try StoredQueryIndex.create(definition, for: space, on: connection)
            try stored.fill(from: space, on: connection)
        }
        indexes[space] = nil
    }
}

/// An index with the number under which its entries are stored.
struct StoredQueryIndex {
    let id: Int64
    let definition: QueryIndex

    static func all(of space: Int64, on connection: SQLiteConnection) throws(StorageError) -> [StoredQueryIndex] {
        let statement = try connection.statement(
            "SELECT id, design, name, fields FROM query_index WHERE space=? ORDER BY id"
        ).bind(.integer(space))
        defer { statement.reset() }
        var indexes: [StoredQueryIndex] = []
        while try statement.step() {
            let fields = (try? JSONParser.parse(statement.bytes(3)))?.array?.compactMap(\.text).map { FieldPath($0) }
            guard let fields, !fields.isEmpty else {
                throw StorageError(
                    .damaged,
                    "The database \"\(connection.path)\" holds an index definition that cannot be read. Stop the node and run \"duet ledger rebuild\"."
                )
            }
            indexes.append(
                StoredQueryIndex(
                    id: statement.integer(0),
                    definition: QueryIndex(
                        designDocument: statement.bytes(1).lossyText, name: statement.bytes(2).lossyText, fields: fields
                    )))
        }
        return indexes
    }

    static func create(
        _ definition: QueryIndex, for space: Int64, on connection: SQLiteConnection
    ) throws -> StoredQueryIndex {
        let fields = JSONValue.array(definition.fields.map { JSONValue($0.text) }).encoded
        try connection.statement("INSERT INTO query_index(space, design, name, fields) VALUES(?,?,?,?)")
            .bind(.integer(space), .text(definition.designDocument), .text(definition.name), .bytes(fields)).run()
        guard let stored = try all(of: space, on: connection).first(where: { $0.definition == definition }) else {
            throw StorageError(.damaged, "The database \"\(connection.path)\" does not keep what is written to it.")
        }
        return stored
    }

    /// Enters what the space holds already.
    func fill(from space: Int64, on connection: SQLiteConnection) throws {
        let chunkCountMax: Int64 = 1000
        var last: Bytes?
        while true {
            let statement = try connection.statement(
                "SELECT key, value FROM state WHERE space=? AND key>? ORDER BY key LIMIT ?"
            ).bind(.integer(space), last.map { .bytes($0) } ?? .integer(0), .integer(chunkCountMax))
            var chunk: [(key: Bytes, value: Bytes)] = []
            // Any blob is greater than any integer, so that the first chunk begins with the first key, also an empty one.
            while try statement.step() { chunk.append((statement.bytes(0), statement.bytes(1))) }
            statement.reset()
            for row in chunk { try insert(row.key, value: row.value, on: connection) }
            guard let end = chunk.last, chunk.count == Int(chunkCountMax) else { return }
            last = end.key
        }
    }

    func insert(_ key: Bytes, value: Bytes, on connection: SQLiteConnection) throws {
        guard let document = QueryDocument(key: key, value: value),
            let entry = definition.entry(for: document.content)
        else { return }
        try connection.statement("INSERT OR REPLACE INTO query_entry(query_index, entry, key) VALUES(?,?,?)")
            .bind(.integer(id), .bytes(entry), .bytes(key)).run()
    }

    /// Removes the entry of what the space holds under the key now.
    func remove(_ key: Bytes, space: Int64, on connection: SQLiteConnection) throws {
        let statement = try connection.statement("SELECT value FROM state WHERE space=? AND key=?")
            .bind(.integer(space), .bytes(key))
        defer { statement.reset() }
        guard try statement.step(), let document = QueryDocument(key: key, value: statement.bytes(0)),
            let entry = definition.entry(for: document.content)
        else { return }
        try connection.statement("DELETE FROM query_entry WHERE query_index=? AND entry=? AND key=?")
            .bind(.integer(id), .bytes(entry), .bytes(key)).run()
    }
}
