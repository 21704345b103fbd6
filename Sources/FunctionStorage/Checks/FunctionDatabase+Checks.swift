internal import Foundation
internal import FunctionTypes
internal import GRDB
package import TriggerCore

extension FunctionDatabase: CheckStore {
    /// Records kept, of all checks together.
    static let checkCountMax = 100_000

    static func makeCheckTable(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE verdict (
                    number INTEGER PRIMARY KEY AUTOINCREMENT,
                    organization TEXT NOT NULL, service TEXT NOT NULL, channel TEXT NOT NULL, tx TEXT NOT NULL,
                    record BLOB NOT NULL
                );
                CREATE INDEX verdict_transaction ON verdict (tx);
                """)
    }

    package func add(_ records: [CheckRecord]) throws {
        try perform("store what came of endorsement checks") {
            try queue.write { database in
                for record in records {
                    try database.execute(
                        sql: """
                            INSERT INTO verdict (organization, service, channel, tx, record) VALUES (?, ?, ?, ?, ?)
                            """,
                        arguments: [
                            record.organization.rawValue, record.service.rawValue, record.channel,
                            record.transactionID, try JSONEncoder().encode(record),
                        ])
                }
                try database.execute(
                    sql: "DELETE FROM verdict WHERE number <= (SELECT max(number) FROM verdict) - ?",
                    arguments: [Self.checkCountMax])
            }
        }
    }

    package func records(_ filter: CheckFilter) throws -> [CheckRecord] {
        try perform("read what came of endorsement checks") {
            try queue.read { database in
                try Data.fetchAll(
                    database,
                    sql: """
                        SELECT record FROM verdict
                        WHERE organization = ?1 AND (?2 IS NULL OR tx = ?2) AND (?3 IS NULL OR channel = ?3)
                            AND (?4 IS NULL OR service = ?4)
                        ORDER BY number DESC LIMIT ?5
                        """,
                    arguments: [
                        filter.organization.rawValue, filter.transactionID, filter.channel, filter.service?.rawValue,
                        filter.countMax,
                    ]
                ).map { try JSONDecoder().decode(CheckRecord.self, from: $0) }
            }
        }
    }
}
