internal import Foundation
internal import FunctionTypes
internal import GRDB
package import TriggerCore

extension FunctionDatabase: CallStore {
    /// Records kept, of all functions together.
    static let callCountMax = 100_000

    static func makeCallTable(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE contract_call (
                    number INTEGER PRIMARY KEY AUTOINCREMENT,
                    organization TEXT NOT NULL, service TEXT NOT NULL, channel TEXT NOT NULL, tx TEXT NOT NULL,
                    record BLOB NOT NULL
                );
                CREATE INDEX contract_call_transaction ON contract_call (tx);
                """)
    }

    package func add(_ records: [CallRecord]) throws {
        try perform("store what came of contracts' calls") {
            try queue.write { database in
                for record in records {
                    try database.execute(
                        sql: """
                            INSERT INTO contract_call (organization, service, channel, tx, record) VALUES (?, ?, ?, ?, ?)
                            """,
                        arguments: [
                            record.organization.rawValue, record.service.rawValue, record.channel,
                            record.transactionID, try JSONEncoder().encode(record),
                        ])
                }
                try database.execute(
                    sql: "DELETE FROM contract_call WHERE number <= (SELECT max(number) FROM contract_call) - ?",
                    arguments: [Self.callCountMax])
            }
        }
    }

    package func records(_ filter: CallFilter) throws -> [CallRecord] {
        try perform("read what came of contracts' calls") {
            try queue.read { database in
                try Data.fetchAll(
                    database,
                    sql: """
                        SELECT record FROM contract_call
                        WHERE organization = ?1 AND (?2 IS NULL OR tx = ?2) AND (?3 IS NULL OR channel = ?3)
                            AND (?4 IS NULL OR service = ?4)
                        ORDER BY number DESC LIMIT ?5
                        """,
                    arguments: [
                        filter.organization.rawValue, filter.transactionID, filter.channel, filter.service?.rawValue,
                        filter.countMax,
                    ]
                ).map { try JSONDecoder().decode(CallRecord.self, from: $0) }
            }
        }
    }
}
