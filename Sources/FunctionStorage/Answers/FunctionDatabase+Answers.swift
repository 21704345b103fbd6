internal import Crypto
internal import Foundation
internal import FunctionTypes
internal import GRDB
package import TriggerCore

extension FunctionDatabase: AnswerStore {
    /// The tables of answers.
    static func makeAnswerTables(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE answer (
                    number INTEGER PRIMARY KEY AUTOINCREMENT,
                    id BLOB NOT NULL UNIQUE,
                    trigger TEXT NOT NULL, replay TEXT NOT NULL, organization TEXT NOT NULL, service TEXT NOT NULL,
                    record BLOB NOT NULL, response BLOB NOT NULL
                );
                CREATE INDEX answer_trigger ON answer (trigger, replay, number);
                """)
    }

    package func perform(_ changes: [AnswerChange]) throws {
        try perform("store a function's answer") {
            try queue.write { database in
                for change in changes {
                    switch change {
                    case .put(let record): try Self.put(record, database)
                    case .keepLatest(let triggerID, let count):
                        try database.execute(
                            sql: """
                                DELETE FROM answer WHERE trigger = ?1 AND replay = '' AND number <= (
                                    SELECT number FROM answer WHERE trigger = ?1 AND replay = ''
                                    ORDER BY number DESC LIMIT 1 OFFSET ?2)
                                """,
                            arguments: [triggerID, count])
                    case .remove(let key):
                        try database.execute(sql: "DELETE FROM answer WHERE id = ?", arguments: [Self.id(of: key)])
                    }
                }
            }
        }
    }

    package func record(_ key: AnswerKey) throws -> AnswerRecord? {
        try perform("read a function's answer") {
            try queue.read { database in
                try Row.fetchOne(
                    database, sql: "SELECT \(Self.columns) FROM answer WHERE id = ?", arguments: [Self.id(of: key)]
                ).map(Self.record)
            }
        }
    }

    package func records(triggerID: String, replayID: String) throws -> [AnswerRecord] {
        try perform("read functions' answers") {
            try queue.read { database in
                try Row.fetchAll(
                    database,
                    sql: "SELECT \(Self.columns) FROM answer WHERE trigger = ? AND replay = ? ORDER BY number",
                    arguments: [triggerID, replayID]
                ).map(Self.record)
            }
        }
    }

    // MARK: - Rows

    /// What has no column of its own.
    private struct StoredAnswer: Codable {
        var key: AnswerKey
        var events: [EventOrigin]
        var certificateID: String
        var standing: AnswerRecord.Standing
        var committedCount: Int
        /// Absent in records of older nodes.
        var committedIDs: [String]?
        var refusal: String?
        var requestID: String?
        var responseDigest: String?
        var storedAt: FunctionTypes.Timestamp
    }

    private static let columns = "record, response, organization, service"

    private static func record(_ row: Row) throws -> AnswerRecord {
        let stored = try JSONDecoder().decode(StoredAnswer.self, from: row[0])
        let response: Data = row[1]
        var record = AnswerRecord(
            answer: HandlerAnswer(
                key: stored.key, response: [UInt8](response), events: stored.events,
                service: ServiceName(unchecked: row[3]), organization: OrganizationName(unchecked: row[2]),
                requestID: stored.requestID ?? "", responseDigest: stored.responseDigest ?? ""),
            certificateID: stored.certificateID, storedAt: stored.storedAt)
        record.standing = stored.standing
        record.committedCount = stored.committedCount
        record.committedIDs = stored.committedIDs ?? []
        record.refusal = stored.refusal
        return record
    }

    private static func put(_ record: AnswerRecord, _ database: Database) throws {
        let stored = StoredAnswer(
            key: record.answer.key, events: record.answer.events, certificateID: record.certificateID,
            standing: record.standing, committedCount: record.committedCount,
            committedIDs: record.committedIDs, refusal: record.refusal, requestID: record.answer.requestID,
            responseDigest: record.answer.responseDigest, storedAt: record.storedAt)
        let key = record.answer.key
        try database.execute(
            sql: """
                INSERT INTO answer (id, trigger, replay, organization, service, record, response)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET record = excluded.record, response = excluded.response
                """,
            arguments: [
                id(of: key), key.triggerID, key.replayID, record.answer.organization.rawValue,
                record.answer.service.rawValue, try JSONEncoder().encode(stored), Data(record.answer.response),
            ])
    }

    /// The same key has the same id, and another one another: every part is preceded by its length.
    private static func id(of key: AnswerKey) -> Data {
        var hash = SHA256()
        for text in [key.triggerID, key.replayID] + key.eventIDs {
            hash.update(data: Data("\(text.utf8.count):\(text)".utf8))
        }
        return Data(hash.finalize())
    }
}
