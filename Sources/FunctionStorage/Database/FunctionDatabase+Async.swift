internal import Foundation
package import FunctionCore
package import FunctionTypes
internal import GRDB

extension FunctionDatabase: AsyncStore {
    package func perform(_ operations: [AsyncOperation]) throws -> [Bool] {
        try perform("change the asynchronous queue") {
            try queue.write { database in try operations.map { try Self.perform($0, database) } }
        }
    }

    private static func perform(_ operation: AsyncOperation, _ database: Database) throws -> Bool {
        switch operation {
        case .enqueue(let invocation, let payload):
            return try insert(invocation, payload, database)
        case .tick(let timerID, let moment, let invocation, let payload):
            try database.execute(
                sql: "INSERT OR REPLACE INTO timer VALUES (?, ?)", arguments: [timerID, moment.milliseconds])
            if let invocation { _ = try insert(invocation, payload, database) }
            return true
        case .update(let invocation):
            try update(invocation, database)
            return true
        case .finish(let invocation, let deadLetter, let next):
            if invocation.isStateful {
                try update(invocation, database)
            } else {
                try database.execute(
                    sql: "DELETE FROM invocation WHERE \(keyCondition)", arguments: arguments(of: invocation.key))
            }
            if let deadLetter { try insert(deadLetter, database) }
            for (invocation, payload) in next { _ = try insert(invocation, payload, database) }
            return true
        case .redrive(let number, let invocation, let payload):
            try database.execute(sql: "DELETE FROM deadletter WHERE number = ?", arguments: [number])
            guard database.changesCount > 0 else { return false }
            return try insert(invocation, payload, database)
        case .edit(let number, let payload):
            try database.execute(
                sql: "UPDATE deadletter SET payload = ? WHERE number = ?", arguments: [Data(payload), number])
            return database.changesCount > 0
        }
    }

    private static let keyCondition = "organization = ? AND service = ? AND function = ? AND id = ?"

    private static func arguments(of key: AsyncInvocationKey) -> StatementArguments {
        [
            key.function.organization.rawValue, key.function.service.rawValue, key.function.function.rawValue,
            key.id.rawValue,
        ]
    }

    /// - Returns: false if the id is taken.
    private static func insert(
        _ invocation: AsyncInvocation, _ payload: [UInt8], _ database: Database
    ) throws -> Bool {
        let id = invocation.target.id
        try database.execute(
            sql: "INSERT OR IGNORE INTO invocation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                id.organization.rawValue, id.service.rawValue, id.function.rawValue, invocation.id.rawValue,
                invocation.target.qualifier.description, invocation.status.rawValue, due(invocation),
                invocation.enqueuedAt.milliseconds, invocation.endedAt?.milliseconds,
                try JSONEncoder().encode(invocation), Data(payload),
            ])
        return database.changesCount > 0
    }

    private static func update(_ invocation: AsyncInvocation, _ database: Database) throws {
        try database.execute(
            sql: "UPDATE invocation SET status = ?, due = ?, ended = ?, record = ? WHERE \(keyCondition)",
            arguments: [
                invocation.status.rawValue, due(invocation), invocation.endedAt?.milliseconds,
                try JSONEncoder().encode(invocation),
            ] + arguments(of: invocation.key))
    }

    /// What has ended is due no more.
    private static func due(_ invocation: AsyncInvocation) -> Int64? {
        invocation.status.isFinal ? nil : invocation.dueAt.milliseconds
    }

    static func insert(_ deadLetter: DeadLetter, _ database: Database) throws {
        var record = deadLetter
        record.payload = []  // stands in a column of its own
        let id = deadLetter.invocation.target.id
        try database.execute(
            sql: """
                INSERT INTO deadletter (organization, service, function, enqueued, record, payload)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                id.organization.rawValue, id.service.rawValue, id.function.rawValue,
                deadLetter.invocation.enqueuedAt.milliseconds, try JSONEncoder().encode(record),
                Data(deadLetter.payload),
            ])
    }

    // Reading.

    package func due(
        at now: Timestamp, perFunction: Int, limit: Int, without running: Set<AsyncInvocationKey>
    ) throws -> [(AsyncInvocation, payload: [UInt8])] {
        var runningCounts: [FunctionID: Int] = [:]
        for key in running { runningCounts[key.function, default: 0] += 1 }
        return try perform("read the asynchronous queue") {
            try queue.read { database in
                let functions = try Row.fetchAll(
                    database,
                    sql:
                        "SELECT DISTINCT organization, service, function FROM invocation WHERE due IS NOT NULL AND due <= ?",
                    arguments: [now.milliseconds])
                var found: [(AsyncInvocation, payload: [UInt8])] = []
                for row in functions where found.count < limit {
                    let names: [String] = [row[0], row[1], row[2]]
                    let id = FunctionID(
                        organization: OrganizationName(unchecked: names[0]), service: ServiceName(unchecked: names[1]),
                        function: FunctionName(unchecked: names[2]))
                    let runningCount = runningCounts[id, default: 0]
                    let free = min(perFunction - runningCount, limit - found.count)
                    guard free > 0 else { continue }
                    let records = try Row.fetchAll(
                        database,
                        sql: """
                            SELECT record, payload FROM invocation
                            WHERE organization = ? AND service = ? AND function = ? AND due <= ? ORDER BY due LIMIT ?
                            """,
                        arguments: [names[0], names[1], names[2], now.milliseconds, free + runningCount])
                    let waiting = try records.map(Self.invocation).filter { !running.contains($0.0.key) }
                    found += waiting.prefix(free)
                }
                return found
            }
        }
    }

    private static func invocation(_ row: Row) throws -> (AsyncInvocation, payload: [UInt8]) {
        let record: Data = row[0]
        let payload: Data = row[1]
        return (try JSONDecoder().decode(AsyncInvocation.self, from: record), Array(payload))
    }

    package func nextDue(after now: Timestamp) throws -> Timestamp? {
        try perform("read the asynchronous queue") {
            try queue.read { database in
                try Int64.fetchOne(
                    database, sql: "SELECT min(due) FROM invocation WHERE due > ?", arguments: [now.milliseconds]
                ).map(Timestamp.init(milliseconds:))
            }
        }
    }

    package func waitingCount() throws -> Int {
        try perform("count the asynchronous queue") {
            try queue.read { database in
                try Int.fetchOne(database, sql: "SELECT count(*) FROM invocation WHERE due IS NOT NULL") ?? 0
            }
        }
    }

    package func invocation(_ key: AsyncInvocationKey) throws -> (AsyncInvocation, payload: [UInt8])? {
        try perform("read the asynchronous queue") {
            try queue.read { database in
                try Row.fetchOne(
                    database, sql: "SELECT record, payload FROM invocation WHERE \(Self.keyCondition)",
                    arguments: Self.arguments(of: key)
                ).map(Self.invocation)
            }
        }
    }

    package func invocations(_ filter: AsyncFilter) throws -> [AsyncInvocation] {
        var (condition, arguments) = Self.condition(of: filter)
        if let qualifier = filter.qualifier {
            condition += " AND qualifier = ?"
            arguments += [qualifier.description]
        }
        if let status = filter.status {
            condition += " AND status = ?"
            arguments += [status.rawValue]
        }
        if let prefix = filter.idPrefix, !prefix.isEmpty {
            // Ids have no character above `z`.
            condition += " AND id >= ? AND id < ?"
            arguments += [prefix, prefix + "\u{7F}"]
        }
        let order = filter.isDescending ? "DESC" : "ASC"
        return try perform("list invocations") {
            try queue.read { database in
                try Data.fetchAll(
                    database,
                    sql: """
                        SELECT record FROM invocation WHERE \(condition)
                        ORDER BY enqueued \(order), id \(order) LIMIT ? OFFSET ?
                        """,
                    arguments: arguments + [filter.limit, filter.offset]
                ).map { try JSONDecoder().decode(AsyncInvocation.self, from: $0) }
            }
        }
    }

    private static func condition(of filter: AsyncFilter) -> (String, StatementArguments) {
        var condition = "organization = ?"
        var arguments: StatementArguments = [filter.organization.rawValue]
        if let service = filter.service {
            condition += " AND service = ?"
            arguments += [service.rawValue]
        }
        if let function = filter.function {
            condition += " AND function = ?"
            arguments += [function.rawValue]
        }
        if let from = filter.from {
            condition += " AND enqueued >= ?"
            arguments += [from.milliseconds]
        }
        if let through = filter.through {
            condition += " AND enqueued <= ?"
            arguments += [through.milliseconds]
        }
        return (condition, arguments)
    }

    package func deadLetters(_ filter: AsyncFilter) throws -> [DeadLetter] {
        let (condition, arguments) = Self.condition(of: filter)
        let order = filter.isDescending ? "DESC" : "ASC"
        return try perform("list dead letters") {
            try queue.read { database in
                try Row.fetchAll(
                    database,
                    sql:
                        "SELECT number, record, payload FROM deadletter WHERE \(condition) ORDER BY number \(order) LIMIT ? OFFSET ?",
                    arguments: arguments + [filter.limit, filter.offset]
                ).map(Self.deadLetter)
            }
        }
    }

    package func deadLetter(_ number: Int64) throws -> DeadLetter? {
        try perform("read a dead letter") {
            try queue.read { database in
                try Row.fetchOne(
                    database, sql: "SELECT number, record, payload FROM deadletter WHERE number = ?",
                    arguments: [number]
                ).map(Self.deadLetter)
            }
        }
    }

    private static func deadLetter(_ row: Row) throws -> DeadLetter {
        let record: Data = row[1]
        let payload: Data = row[2]
        var deadLetter = try JSONDecoder().decode(DeadLetter.self, from: record)
        deadLetter.number = row[0]
        deadLetter.payload = Array(payload)
        return deadLetter
    }

    package func purgeDeadLetters(_ numbers: [Int64]) throws -> Int {
        try perform("purge dead letters") {
            try queue.write { database in
                var count = 0
                for number in numbers {
                    try database.execute(sql: "DELETE FROM deadletter WHERE number = ?", arguments: [number])
                    count += database.changesCount
                }
                return count
            }
        }
    }

    package func lastTick(timerID: String) throws -> Timestamp? {
        try perform("read a timer") {
            try queue.read { database in
                try Int64.fetchOne(database, sql: "SELECT tick FROM timer WHERE id = ?", arguments: [timerID])
                    .map(Timestamp.init(milliseconds:))
            }
        }
    }

    package func removeTimers(except timerIDs: Set<String>) throws {
        try perform("remove timers") {
            try queue.write { database in
                for id in try String.fetchAll(database, sql: "SELECT id FROM timer") where !timerIDs.contains(id) {
                    try database.execute(sql: "DELETE FROM timer WHERE id = ?", arguments: [id])
                }
            }
        }
    }

    package func removeFinished(before moment: Timestamp) throws {
        try perform("remove finished invocations") {
            try queue.write { database in
                try database.execute(
                    sql: "DELETE FROM invocation WHERE ended IS NOT NULL AND ended < ? AND due IS NULL",
                    arguments: [moment.milliseconds])
            }
        }
    }
}
