internal import FabricTypes
internal import LedgerCore

extension PrivateStore: TransientStore {
    func keep(_ content: Bytes, ofTransaction id: Bytes, height: BlockNumber) throws {
        try use { connection in
            try connection.statement(
                """
                INSERT INTO transient(tx, sequence, height, content)
                VALUES(?1, (SELECT COALESCE(MAX(sequence) + 1, 0) FROM transient WHERE tx=?1), ?2, ?3)
                """
            ).bind(.bytes(id), .number(height), .bytes(content)).run()
        }
    }

    func contents(ofTransaction id: Bytes) throws -> [TransientEntry] {
        try use { connection in
            let statement = try connection.statement(
                "SELECT content, height FROM transient WHERE tx=? ORDER BY sequence"
            ).bind(.bytes(id))
            defer { statement.reset() }
            var entries: [TransientEntry] = []
            while try statement.step() {
                entries.append(
                    TransientEntry(content: statement.bytes(0), height: UInt64(bitPattern: statement.integer(1))))
            }
            return entries
        }
    }

    func forget(transactions ids: [Bytes]) throws {
        try use { connection in
            try connection.transaction {
                for id in ids {
                    try connection.statement("DELETE FROM transient WHERE tx=?").bind(.bytes(id)).run()
                }
            }
        }
    }

    func forget(below height: BlockNumber) throws {
        try use { try $0.statement("DELETE FROM transient WHERE height<?").bind(.number(height)).run() }
    }

    func lowestHeight() throws -> BlockNumber? {
        try use { connection in
            let statement = try connection.statement("SELECT MIN(height) FROM transient")
            defer { statement.reset() }
            return try statement.step() && !statement.isNull(0) ? UInt64(bitPattern: statement.integer(0)) : nil
        }
    }
}
