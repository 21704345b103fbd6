internal import FoundationEssentials
package import LogCore
internal import Logging
internal import Synchronization

/// An alarm with where it stands.
package struct Alarm: Hashable, Sendable, Codable {
    package var rule: AlarmRule
    package var state: AlarmState

    init(rule: AlarmRule, state: AlarmState = AlarmState()) {
        self.rule = rule
        self.state = state
    }

    init(_ record: LogRecord) throws {
        self = try JSONDecoder().decode(Alarm.self, from: Data(record.document.utf8))
    }

    func record(_ key: LogRecord.Key) throws -> LogRecord {
        LogRecord(key: key, document: String(decoding: try JSONEncoder().encode(self), as: UTF8.self))
    }
}

extension LogKeeper {
    /// The project's alarms, by name.
    package func alarms(in project: ProjectName) -> [Alarm] {
        definitions.withLock { $0.alarms.filter { $0.key.project == project }.map(\.value) }
            .sorted { $0.rule.name < $1.rule.name }
    }

    package func alarm(_ name: String, in project: ProjectName) throws -> Alarm {
        guard let alarm = definitions.withLock({ $0.alarms[Self.alarmKey(name, project)] }) else {
            throw LogServiceError(code: .alarmNotFound, message: "The project \"\(project)\" has no alarm \"\(name)\".")
        }
        return alarm
    }

    /// Creates the alarm, or changes it; a changed one begins anew and keeps its history and silence.
    ///
    /// - Throws: ``LogServiceError`` with every problem of the rule.
    package func setAlarm(_ rule: AlarmRule, in project: ProjectName) async throws {
        let problems = rule.problems
        guard problems.isEmpty else {
            throw LogServiceError(code: .invalid, message: problems.joined(separator: " "))
        }
        _ = try found(LogstoreID(project: project, logstore: rule.logstore))
        try await changes.withTurn {
            let key = Self.alarmKey(rule.name, project)
            let (existing, count) = definitions.withLock { state in
                (state.alarms[key], state.alarms.keys.count { $0.project == project })
            }
            guard existing != nil || count < AlarmRule.countMax else {
                throw LogServiceError(
                    code: .tooMany, message: "The project \"\(project)\" has \(count) alarms; no more are allowed.")
            }
            var alarm = existing ?? Alarm(rule: rule)
            if alarm.rule != rule { alarm.state.restart() }
            alarm.rule = rule
            try await save(alarm, key)
        }
    }

    package func deleteAlarm(_ name: String, in project: ProjectName) async throws {
        try await changes.withTurn {
            _ = try alarm(name, in: project)
            let key = Self.alarmKey(name, project)
            try await store.removeRecord(key)
            definitions.withLock { $0.alarms[key] = nil }
        }
    }

    /// Keeps the alarm's notices back until then; nil ends the silence.
    package func silenceAlarm(_ name: String, in project: ProjectName, until: LogTime?) async throws {
        try await changes.withTurn {
            var alarm = try alarm(name, in: project)
            alarm.state.silence(until: until?.seconds, at: now().seconds)
            try await save(alarm, Self.alarmKey(name, project))
        }
    }

    // MARK: Running

    /// Asks due alarms' queries and delivers pending notices, a few alarms at a time.
    func runAlarms() async {
        while await pause(.seconds(1)) { await evaluateAlarms() }
    }

    /// One round over all alarms. Rounds do not overlap: a slow target delays other alarms by its time-out at most.
    package func evaluateAlarms() async {
        let time = now().seconds
        let due = definitions.withLock { state in
            state.alarms.filter {
                $0.value.rule.isEnabled
                    && ($0.value.state.isDue(at: time) || $0.value.state.deliverable(at: time) != nil)
            }
            .map(\.key)
        }
        await withDiscardingTaskGroup { group in
            let lanes = 4
            for lane in 0..<lanes {
                group.addTask {
                    for (index, key) in due.enumerated() where index % lanes == lane {
                        await self.evaluate(key, at: time)
                    }
                }
            }
        }
    }

    private func evaluate(_ key: LogRecord.Key, at time: Int64) async {
        guard let alarm = definitions.withLock({ $0.alarms[key] }) else { return }
        if alarm.state.isDue(at: time) {
            await change(key) { $0.state.begin(alarm.rule, at: time) }
            let evaluation = await evaluation(of: alarm.rule, key.project, at: time)
            await change(key) { $0.state.evaluated(alarm.rule, evaluation, at: time) }
        }
        guard let notice = definitions.withLock({ $0.alarms[key]?.state.deliverable(at: time) }) else { return }
        let failure = await deliver(notice, of: alarm.rule, in: key.project)
        await change(key) { $0.state.attempted(notice, failure: failure, at: now().seconds) }
    }

    private func evaluation(of rule: AlarmRule, _ project: ProjectName, at time: Int64) async -> AlarmState.Evaluation {
        guard let condition = AlarmCondition(rule.condition) else { return .failed("The condition cannot be read.") }
        let id = LogstoreID(project: project, logstore: rule.logstore)
        let query = Query(
            text: rule.query, from: LogTime(seconds: time - rule.windowSeconds), to: LogTime(seconds: time))
        do {
            let (columns, rows) = try await rows(query, id)
            guard columns.isEmpty || condition.isAbout(oneOf: columns) else {
                return .failed(
                    "The condition is about \"\(condition.column)\", but the query answers \(columns.joined(separator: ", "))."
                )
            }
            guard let row = condition.firstRow(in: rows, columns: columns) else { return .doesNotHold }
            let values = zip(columns, row).compactMap { name, value in value.map { (name, $0) } }
            return .holds(Dictionary(values, uniquingKeysWith: { first, _ in first }))
        } catch {
            return .failed("\(error)")
        }
    }

    /// A `select`'s rows, or one row with the number of matches.
    private func rows(_ query: Query, _ id: LogstoreID) async throws -> (columns: [String], rows: [[String?]]) {
        if try QueryParser.parse(query.text).select == nil {
            let histogram = try await histogram(query, in: id)
            guard histogram.isComplete else {
                throw LogStoreError(
                    code: .limitReached, message: "Counting took longer than \(configuration.searchTimeLimit).")
            }
            return (["count"], [["\(histogram.count)"]])
        }
        guard case .rows(let answer) = try await answer(query, in: id, order: .oldestFirst, offset: 0, limit: 0) else {
            return ([], [])
        }
        return (answer.columns, answer.rows)
    }

    /// - Returns: Why the notice did not arrive, or nil.
    private func deliver(_ notice: AlarmState.Notice, of rule: AlarmRule, in project: ProjectName) async -> String? {
        do {
            guard let organization = definitions.withLock({ $0.projects[project]?.organization }) else { return nil }
            let event = try AlarmEvent.encode(notice, of: rule, in: project)
            switch rule.target {
            case .address(let address):
                try await AlarmEvent.post(event, to: address)
            case .function(let service, let function, let qualifier):
                guard let functions = functions.withLock({ $0 }) else { return "This node runs no functions." }
                try await functions.invoke(
                    organization: organization, service: service, function: function, qualifier: qualifier, event: event
                )
            }
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// Changes an alarm that still exists, and saves it. What cannot be saved is in force until the next start.
    private func change(_ key: LogRecord.Key, _ body: (inout Alarm) -> Void) async {
        await changes.withTurn {
            guard var alarm = definitions.withLock({ $0.alarms[key] }) else { return }
            let before = alarm
            body(&alarm)
            definitions.withLock { [alarm] in $0.alarms[key] = alarm }
            // The schedule alone is not worth a sync: after a restart every alarm is due.
            guard
                before.state.phase != alarm.state.phase || before.state.pending != alarm.state.pending
                    || before.state.history != alarm.state.history
            else { return }
            do {
                try await store.save(alarm.record(key))
            } catch {
                logger.error("Alarm not saved", metadata: ["alarm": "\(key.project)/\(key.name)", "error": "\(error)"])
            }
        }
    }

    private func save(_ alarm: Alarm, _ key: LogRecord.Key) async throws {
        try await store.save(alarm.record(key))
        definitions.withLock { $0.alarms[key] = alarm }
    }

    private static func alarmKey(_ name: String, _ project: ProjectName) -> LogRecord.Key {
        LogRecord.Key(project: project, kind: RecordKind.alarm, name: name)
    }
}
