internal import Foundation
package import FunctionTypes
internal import GRDB

/// The one SQLite database of the function half: registry, asynchronous queue, timers, usage, triggers' positions, answers,
/// checks.
///
/// Every write is on disk when its call returns (`synchronous=FULL`). Calls block.
package final class FunctionDatabase: Sendable {
    let queue: DatabaseQueue

    /// Opens or makes the database.
    ///
    /// - Throws: ``FunctionError`` naming the file.
    package init(path: String) throws(FunctionError) {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA journal_mode = WAL")
            try database.execute(sql: "PRAGMA synchronous = FULL")
            try database.execute(sql: "PRAGMA secure_delete = OFF")
        }
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            try Self.migrator.migrate(queue)
        } catch {
            throw FunctionError(
                .internalServerError,
                "The function database \"\(path)\" cannot be opened: \(error). Check the disk, or restore the file from a backup.",
                cause: error)
        }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("registry") { database in
            try database.execute(
                sql: """
                    CREATE TABLE service (
                        organization TEXT NOT NULL, name TEXT NOT NULL, record BLOB NOT NULL,
                        PRIMARY KEY (organization, name)
                    ) WITHOUT ROWID;
                    CREATE TABLE domain (name TEXT NOT NULL PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("queue") { database in
            try database.execute(
                sql: """
                    CREATE TABLE invocation (
                        organization TEXT NOT NULL, service TEXT NOT NULL, function TEXT NOT NULL, id TEXT NOT NULL,
                        qualifier TEXT NOT NULL, status TEXT NOT NULL,
                        due INTEGER, enqueued INTEGER NOT NULL, ended INTEGER,
                        record BLOB NOT NULL, payload BLOB NOT NULL,
                        PRIMARY KEY (organization, service, function, id)
                    );
                    CREATE INDEX invocation_due ON invocation (organization, service, function, due) WHERE due IS NOT NULL;
                    CREATE INDEX invocation_next ON invocation (due) WHERE due IS NOT NULL;
                    CREATE INDEX invocation_enqueued ON invocation (organization, enqueued);
                    CREATE INDEX invocation_ended ON invocation (ended) WHERE ended IS NOT NULL;
                    CREATE TABLE deadletter (
                        number INTEGER PRIMARY KEY AUTOINCREMENT,
                        organization TEXT NOT NULL, service TEXT NOT NULL, function TEXT NOT NULL,
                        enqueued INTEGER NOT NULL, record BLOB NOT NULL, payload BLOB NOT NULL
                    );
                    CREATE INDEX deadletter_function ON deadletter (organization, service, function);
                    CREATE TABLE timer (id TEXT NOT NULL PRIMARY KEY, tick INTEGER NOT NULL) WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("usage") { database in
            try database.execute(
                sql: """
                    CREATE TABLE usage (
                        organization TEXT NOT NULL, month TEXT NOT NULL, service TEXT NOT NULL, function TEXT NOT NULL,
                        invocations INTEGER NOT NULL, errors INTEGER NOT NULL, cold_starts INTEGER NOT NULL,
                        megabyte_milliseconds INTEGER NOT NULL, bytes_in INTEGER NOT NULL, bytes_out INTEGER NOT NULL,
                        PRIMARY KEY (organization, month, service, function)
                    ) WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("answers", migrate: makeAnswerTables)
        migrator.registerMigration("checks", migrate: makeCheckTable)
        migrator.registerMigration("triggers", migrate: TriggerTables.make)
        migrator.registerMigration("contract calls", migrate: makeCallTable)
        return migrator
    }

    /// Wraps what the database reports, once.
    func perform<Result>(_ what: String, _ body: () throws -> Result) throws(FunctionError) -> Result {
        do {
            return try body()
        } catch let error as FunctionError {
            throw error
        } catch {
            throw FunctionError(
                .internalServerError, "The function database cannot \(what): \(error). Check the node's disk.",
                cause: error)
        }
    }
}
