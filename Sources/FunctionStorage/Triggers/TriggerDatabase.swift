internal import Foundation
internal import FunctionCore
internal import FunctionTypes
internal import GRDB
internal import Synchronization
package import TriggerCore

/// Triggers' progress in the function database, beside the dead letters that belong to it.
///
/// Every write is on disk when its call returns. Calls block.
package final class TriggerDatabase: TriggerStore {
    /// Outcomes of one position that are kept, the latest.
    package static let outcomeCountMax = 100_000
    private static let outcomeCountBetweenPrunings = 10_000

    private let base: FunctionDatabase
    private let rows = Mutex<[PositionName: Int64]>([:])
    private let outcomesSincePruning = Mutex<[Int64: Int]>([:])

    package init(_ base: FunctionDatabase) {
        self.base = base
    }

    // MARK: - Progress

    package func save(_ changes: [TriggerProgress]) throws {
        try base.perform("save triggers' positions") {
            try base.queue.write { database in
                for change in changes { try save(change, database) }
            }
        }
    }

    private func save(_ change: TriggerProgress, _ database: Database) throws {
        let row = try row(of: change.name, database)
        let watermark = Data(change.watermark.sortableBytes)
        try cached("UPDATE trigger_position SET watermark = ?, hash = ? WHERE id = ?", database)
            .execute(arguments: [watermark, Data(change.hashBefore), row])
        switch change.stop {
        case .unchanged: break
        case .running:
            try database.execute(sql: "UPDATE trigger_position SET stop = NULL WHERE id = ?", arguments: [row])
        case .stopped(let reason):
            try database.execute(sql: "UPDATE trigger_position SET stop = ? WHERE id = ?", arguments: [reason, row])
        }
        let insert = try cached("INSERT OR REPLACE INTO trigger_settled VALUES (?, ?)", database)
        for point in change.settled { try insert.execute(arguments: [row, Data(point.sortableBytes)]) }
        try cached("DELETE FROM trigger_settled WHERE position = ? AND point < ?", database)
            .execute(arguments: [row, watermark])
        try save(change.outcomes, row, database)
        let park = try cached("INSERT OR IGNORE INTO trigger_parked VALUES (?, ?, ?, ?)", database)
        for event in change.parked {
            try park.execute(arguments: [row, Data(event.point.sortableBytes), event.key, event.reason])
        }
        for point in change.unparked {
            try cached("DELETE FROM trigger_parked WHERE position = ? AND point = ?", database)
                .execute(arguments: [row, Data(point.sortableBytes)])
        }
        for letter in change.deadLetters { try FunctionDatabase.insert(Self.record(letter), database) }
    }

    private func save(_ outcomes: [EventOutcome], _ row: Int64, _ database: Database) throws {
        guard !outcomes.isEmpty else { return }
        let encoder = JSONEncoder()
        let insert = try cached("INSERT OR REPLACE INTO trigger_outcome VALUES (?, ?, ?)", database)
        for outcome in outcomes {
            try insert.execute(
                arguments: [row, Data(outcome.point.sortableBytes), try encoder.encode(outcome)])
        }
        let isDue = outcomesSincePruning.withLock { counts in
            counts[row, default: Self.outcomeCountBetweenPrunings] += outcomes.count
            guard counts[row, default: 0] >= Self.outcomeCountBetweenPrunings else { return false }
            counts[row] = 0
            return true
        }
        guard isDue else { return }
        try database.execute(
            sql: """
                DELETE FROM trigger_outcome WHERE position = ? AND point < (
                    SELECT point FROM trigger_outcome WHERE position = ? ORDER BY point DESC LIMIT 1 OFFSET ?)
                """,
            arguments: [row, row, Self.outcomeCountMax])
    }

    /// An invocation stands for the trigger's delivery, so that dead letters of all kinds are listed, mended and sent alike.
    private static func record(_ letter: TriggerDeadLetter) throws -> DeadLetter {
        let id = try InvocationID(validating: letter.requestID)
        var invocation = AsyncInvocation(
            id: id, requestID: letter.requestID, target: letter.target, now: letter.buriedAt, isStateful: false,
            trigger: letter.trigger, traceparent: letter.traceparent)
        invocation.status = .failed
        invocation.retryCount = max(0, letter.attemptCount - 1)
        invocation.errorMessage = letter.reason
        invocation.endedAt = letter.buriedAt
        return DeadLetter(
            number: 0, invocation: invocation, payload: letter.payload, condition: "RetryAttemptsExhausted",
            error: letter.reason, codeDigest: letter.codeDigest, version: letter.version, buriedAt: letter.buriedAt)
    }

    private func cached(_ sql: String, _ database: Database) throws -> Statement {
        try database.cachedStatement(sql: sql)
    }

    /// The position's row, made where there is none.
    private func row(of name: PositionName, _ database: Database) throws -> Int64 {
        if let row = rows.withLock({ $0[name] }) { return row }
        if let row = try found(name, database) {
            rows.withLock { $0[name] = row }
            return row
        }
        try database.execute(
            sql: """
                INSERT INTO trigger_position (trigger_id, channel, replay, watermark, hash) VALUES (?, ?, ?, ?, ?)
                """,
            arguments: [
                name.triggerID, name.channel, name.replayID, Data(LedgerPoint.zero.sortableBytes), Data(),
            ])
        // Not remembered yet: the storage transaction may still be rolled back.
        return database.lastInsertedRowID
    }

    private func found(_ name: PositionName, _ database: Database) throws -> Int64? {
        try Int64.fetchOne(
            database, sql: "SELECT id FROM trigger_position WHERE trigger_id = ? AND channel = ? AND replay = ?",
            arguments: [name.triggerID, name.channel, name.replayID])
    }

    // MARK: - Positions

    package func position(_ name: PositionName) throws -> StoredPosition? {
        try read("read a trigger's position") { database in
            guard let row = try found(name, database),
                let stored = try Row.fetchOne(
                    database, sql: "SELECT watermark, hash, paused, stop FROM trigger_position WHERE id = ?",
                    arguments: [row])
            else { return nil }
            let points = try Data.fetchAll(
                database, sql: "SELECT point FROM trigger_settled WHERE position = ?", arguments: [row])
            return StoredPosition(
                watermark: try Self.point(stored[0]), hashBefore: Array(stored[1] as Data),
                settled: Set(try points.map(Self.point)), isPaused: stored[2], stop: stored[3])
        }
    }

    package func seek(_ name: PositionName, to watermark: LedgerPoint, hashBefore: [UInt8]) throws {
        try base.perform("move a trigger's position") {
            try base.queue.write { database in
                let row = try row(of: name, database)
                try database.execute(
                    sql: "UPDATE trigger_position SET watermark = ?, hash = ?, stop = NULL WHERE id = ?",
                    arguments: [Data(watermark.sortableBytes), Data(hashBefore), row])
                try database.execute(sql: "DELETE FROM trigger_settled WHERE position = ?", arguments: [row])
            }
        }
    }

    package func setPaused(_ name: PositionName, _ isPaused: Bool) throws {
        try base.perform("pause a trigger") {
            try base.queue.write { database in
                let row = try row(of: name, database)
                try database.execute(
                    sql: "UPDATE trigger_position SET paused = ?1, stop = iif(?1, stop, NULL) WHERE id = ?2",
                    arguments: [isPaused, row])
            }
        }
    }

    package func removeTriggers(where isGone: (String) -> Bool) throws {
        try base.perform("forget triggers") {
            let positions = try base.queue.read { database in
                try Row.fetchAll(database, sql: "SELECT id, trigger_id FROM trigger_position").filter {
                    isGone($0[1])
                }.map { $0[0] as Int64 }
            }
            guard !positions.isEmpty else { return }
            rows.withLock { $0 = [:] }
            try base.queue.write { database in
                for row in positions {
                    for table in ["trigger_settled", "trigger_outcome", "trigger_parked"] {
                        try database.execute(sql: "DELETE FROM \(table) WHERE position = ?", arguments: [row])
                    }
                    try database.execute(
                        sql: """
                            DELETE FROM trigger_replay WHERE trigger_id =
                                (SELECT trigger_id FROM trigger_position WHERE id = ?)
                            """,
                        arguments: [row])
                    try database.execute(sql: "DELETE FROM trigger_position WHERE id = ?", arguments: [row])
                }
            }
        }
    }

    // MARK: - Parked

    package func parkedKeys(_ name: PositionName) throws -> [ParkedKey] {
        try read("read parked keys") { database in
            guard let row = try found(name, database) else { return [] }
            return try Row.fetchAll(
                database,
                sql: """
                    SELECT key, min(point), max(point), count(*), coalesce(max(reason), '') FROM trigger_parked
                    WHERE position = ? GROUP BY key ORDER BY 2
                    """,
                arguments: [row]
            ).map { row in
                ParkedKey(
                    key: row[0], first: try Self.point(row[1]), last: try Self.point(row[2]), eventCount: row[3],
                    reason: row[4])
            }
        }
    }

    package func parkedEvents(
        _ name: PositionName, key: String, from start: LedgerPoint, limit: Int
    ) throws -> [LedgerPoint] {
        try read("read parked events") { database in
            guard let row = try found(name, database) else { return [] }
            return try Data.fetchAll(
                database,
                sql: """
                    SELECT point FROM trigger_parked WHERE position = ? AND key = ? AND point >= ? ORDER BY point LIMIT ?
                    """,
                arguments: [row, key, Data(start.sortableBytes), limit]
            ).map(Self.point)
        }
    }

    // MARK: - Outcomes

    package func outcomes(_ name: PositionName, below end: LedgerPoint?, limit: Int) throws -> [EventOutcome] {
        try read("read outcomes") { database in
            guard let row = try found(name, database) else { return [] }
            let end = Data(end?.sortableBytes ?? [UInt8](repeating: 0xFF, count: 17))
            return try Data.fetchAll(
                database,
                sql: """
                    SELECT record FROM trigger_outcome WHERE position = ? AND point < ? ORDER BY point DESC LIMIT ?
                    """,
                arguments: [row, end, limit]
            ).map { try JSONDecoder().decode(EventOutcome.self, from: $0) }
        }
    }

    package func outcome(_ name: PositionName, at point: LedgerPoint) throws -> EventOutcome? {
        try read("read an outcome") { database in
            guard let row = try found(name, database) else { return nil }
            return try Data.fetchOne(
                database, sql: "SELECT record FROM trigger_outcome WHERE position = ? AND point = ?",
                arguments: [row, Data(point.sortableBytes)]
            ).map { try JSONDecoder().decode(EventOutcome.self, from: $0) }
        }
    }

    package func outcomes(ofTransaction index: Int, inBlock block: UInt64, of channel: String) throws -> [NamedOutcome]
    {
        let first = LedgerPoint(block: block, transaction: index)
        let end = LedgerPoint(block: block, transaction: index + 1)
        return try read("read a transaction's outcomes") { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT position.trigger_id, position.channel, position.replay, outcome.record
                    FROM trigger_position AS position JOIN trigger_outcome AS outcome ON outcome.position = position.id
                    WHERE position.channel = ? AND outcome.point >= ? AND outcome.point < ?
                    ORDER BY position.id, outcome.point
                    """,
                arguments: [channel, Data(first.sortableBytes), Data(end.sortableBytes)]
            ).map { row in
                NamedOutcome(
                    name: PositionName(triggerID: row[0], channel: row[1], replayID: row[2]),
                    outcome: try JSONDecoder().decode(EventOutcome.self, from: row[3]))
            }
        }
    }

    package func isParked(_ name: PositionName, at point: LedgerPoint) throws -> Bool {
        try read("read parked events") { database in
            guard let row = try found(name, database) else { return false }
            return try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM trigger_parked WHERE position = ? AND point = ?)",
                arguments: [row, Data(point.sortableBytes)]) ?? false
        }
    }

    // MARK: - Replays

    package func saveReplay(_ replay: ReplayRecord) throws {
        try base.perform("save a replay") {
            let record = try JSONEncoder().encode(replay)
            try base.queue.write { database in
                try database.execute(
                    sql: "INSERT OR REPLACE INTO trigger_replay VALUES (?, ?, ?)",
                    arguments: [replay.id, replay.triggerID, record])
            }
        }
    }

    package func replays(triggerID: String) throws -> [ReplayRecord] {
        try read("read replays") { database in
            try Data.fetchAll(
                database, sql: "SELECT record FROM trigger_replay WHERE trigger_id = ?", arguments: [triggerID]
            ).map { try JSONDecoder().decode(ReplayRecord.self, from: $0) }.sorted { $0.startedAt < $1.startedAt }
        }
    }

    // MARK: -

    private func read<Result>(_ what: String, _ body: (Database) throws -> Result) throws -> Result {
        try base.perform(what) { try base.queue.read(body) }
    }

    private static func point(_ data: Data) throws -> LedgerPoint {
        guard let point = LedgerPoint(sortableBytes: Array(data)) else {
            throw FunctionError(
                .internalServerError, "The function database holds a trigger's position that cannot be read.")
        }
        return point
    }
}
