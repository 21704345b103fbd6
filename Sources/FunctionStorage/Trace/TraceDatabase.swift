internal import Foundation
package import FunctionTypes
internal import GRDB
package import TriggerCore

/// What became of invocations, in a SQLite database of its own.
///
/// A crash of the process loses nothing that was added; a loss of power may lose the latest (`synchronous=NORMAL`), so that
/// nothing that matters ever waits for a disk because of it.
package final class TraceDatabase: TraceStore {
    /// Invocations and submissions kept, each.
    package static let countMax = 200_000
    /// Transactions of one batch that lead to its invocation.
    static let linkCountMax = 1_000

    private let queue: DatabaseQueue

    /// Opens or makes the database.
    ///
    /// - Throws: ``FunctionError`` naming the file.
    package init(path: String) throws(FunctionError) {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA journal_mode = WAL")
            try database.execute(sql: "PRAGMA synchronous = NORMAL")
            try database.execute(sql: "PRAGMA secure_delete = OFF")
        }
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            try Self.migrator.migrate(queue)
        } catch {
            throw FunctionError(
                .internalServerError,
                "The database of traces \"\(path)\" cannot be opened: \(error). Check the disk, or remove the file: it holds only what "
                    + "is shown of past invocations.", cause: error)
        }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("invocations") { database in
            try database.execute(
                sql: """
                    CREATE TABLE invocation (
                        number INTEGER PRIMARY KEY AUTOINCREMENT, organization TEXT NOT NULL, request TEXT NOT NULL,
                        record BLOB NOT NULL
                    );
                    CREATE INDEX invocation_request ON invocation (request);
                    CREATE TABLE place (
                        organization TEXT NOT NULL, place TEXT NOT NULL, number INTEGER NOT NULL,
                        PRIMARY KEY (organization, place, number)
                    ) WITHOUT ROWID;
                    CREATE INDEX place_number ON place (number);
                    CREATE TABLE submission (
                        number INTEGER PRIMARY KEY AUTOINCREMENT, organization TEXT NOT NULL, request TEXT NOT NULL,
                        tx TEXT NOT NULL, record BLOB NOT NULL
                    );
                    CREATE INDEX submission_request ON submission (request);
                    CREATE INDEX submission_transaction ON submission (tx);
                    """)
        }
        return migrator
    }

    // MARK: - Writing

    package func add(_ entries: [TraceEntry]) throws {
        try queue.write { database in
            for entry in entries {
                switch entry {
                case .invocation(let record, let others): try Self.add(record, others, database)
                case .submission(let record): try Self.add(record, database)
                }
            }
            try Self.forgetOldest(database)
        }
    }

    private static func add(_ record: InvocationRecord, _ others: [String], _ database: Database) throws {
        try database.execute(
            sql: "INSERT INTO invocation (organization, request, record) VALUES (?, ?, ?)",
            arguments: [record.organization.rawValue, record.requestID, try JSONEncoder().encode(record)])
        let number = database.lastInsertedRowID
        var places = Set(others.prefix(linkCountMax).filter { !$0.isEmpty })
        if let id = record.transactionID {
            places.insert(id)
        } else if let channel = record.channel, let block = record.block {
            places.insert("\(channel)/\(block)")
        }
        for place in places {
            try database.execute(
                sql: "INSERT OR IGNORE INTO place (organization, place, number) VALUES (?, ?, ?)",
                arguments: [record.organization.rawValue, place, number])
        }
    }

    private static func add(_ record: SubmissionRecord, _ database: Database) throws {
        try database.execute(
            sql: "INSERT INTO submission (organization, request, tx, record) VALUES (?, ?, ?, ?)",
            arguments: [
                record.organization.rawValue, record.requestID, record.transactionID, try JSONEncoder().encode(record),
            ])
    }

    private static func forgetOldest(_ database: Database) throws {
        for (table, column) in [("invocation", "number"), ("place", "number"), ("submission", "number")] {
            let newest = table == "submission" ? "submission" : "invocation"
            try database.execute(
                sql: "DELETE FROM \(table) WHERE \(column) <= (SELECT max(number) FROM \(newest)) - ?",
                arguments: [countMax])
        }
    }

    // MARK: - Reading

    package func invocations(
        _ place: TracePlace, of organization: OrganizationName, after number: Int64, limit: Int
    ) throws -> [(number: Int64, record: InvocationRecord)] {
        let text =
            switch place {
            case .transaction(let id): id
            case .block(let channel, let number): "\(channel)/\(number)"
            }
        return try queue.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT invocation.number, record FROM place JOIN invocation USING (number)
                    WHERE place.organization = ? AND place = ? AND place.number > ? ORDER BY place.number LIMIT ?
                    """, arguments: [organization.rawValue, text, number, limit]
            ).map { ($0["number"], try JSONDecoder().decode(InvocationRecord.self, from: $0["record"] as Data)) }
        }
    }

    package func invocations(requestID: String, of organization: OrganizationName) throws -> [InvocationRecord] {
        try records(
            "SELECT record FROM invocation WHERE request = ? AND organization = ? ORDER BY number LIMIT 1000",
            [requestID, organization.rawValue])
    }

    package func submissions(by requestID: String, of organization: OrganizationName) throws -> [SubmissionRecord] {
        try records(
            "SELECT record FROM submission WHERE request = ? AND organization = ? ORDER BY number LIMIT 1000",
            [requestID, organization.rawValue])
    }

    package func submission(
        of transactionID: String, by organization: OrganizationName
    ) throws -> SubmissionRecord? {
        let found: [SubmissionRecord] = try records(
            "SELECT record FROM submission WHERE tx = ? AND organization = ? ORDER BY number LIMIT 1",
            [transactionID, organization.rawValue])
        return found.first
    }

    private func records<Record: Decodable>(_ sql: String, _ arguments: StatementArguments) throws -> [Record] {
        try queue.read { database in
            try Data.fetchAll(database, sql: sql, arguments: arguments).map {
                try JSONDecoder().decode(Record.self, from: $0)
            }
        }
    }
}
