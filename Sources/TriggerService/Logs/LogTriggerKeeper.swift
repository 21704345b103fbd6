package import FunctionTypes
package import Logging
internal import ServiceLifecycle
internal import Synchronization
package import TriggerCore

/// A trigger on a logstore with how far it is.
package struct LogTriggerView: Sendable {
    package var entry: LogTriggerEntry
    package var status: LogTriggerStatus
}

/// Every trigger on a logstore of a node: runs what the registry has, and shows how far each is.
///
/// Everything may be called at once from any task. ``run()`` must run; a graceful shutdown lets deliveries under way end.
package final class LogTriggerKeeper: Service {
    private struct Running: Sendable {
        let run: LogTriggerRun
        /// Ends with the run.
        let end: AsyncStream<Void>
    }

    private struct State {
        var live: [String: Running] = [:]
        /// Triggers that are not run, and why.
        var idle: [String: TriggerCondition] = [:]
    }

    private let logs: any LogShardReading
    private let functions: any FunctionInvoking
    private let saver: TriggerSaver
    private let time: TriggerTime
    private let endpoint: String
    private let logger: Logger
    private let entries: @Sendable () -> [LogTriggerEntry]
    private let state = Mutex(State())
    private let wakeups: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation

    /// - Parameters:
    ///   - endpoint: where the log service is, as events tell it.
    ///   - entries: the triggers on logstores that the registry has now.
    package init(
        logs: any LogShardReading, functions: any FunctionInvoking, saver: TriggerSaver, time: TriggerTime,
        endpoint: String, logger: Logger, entries: @escaping @Sendable () -> [LogTriggerEntry]
    ) {
        self.logs = logs
        self.functions = functions
        self.saver = saver
        self.time = time
        self.endpoint = endpoint
        self.logger = logger
        self.entries = entries
        (wakeups, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// The registry changed: triggers are compared with it anew.
    package func registryChanged() {
        waker.yield()
    }

    package func run() async throws {
        await withDiscardingTaskGroup { group in
            group.addTask {
                try? await gracefulShutdown()  // also when cancelled: both end the service
                self.waker.finish()
            }
            var wakeups = wakeups.makeAsyncIterator()
            repeat { await compare(&group) } while await wakeups.next() != nil
            let running = state.withLock { Array($0.live.values) }
            for entry in running { entry.run.stop() }
            for entry in running { await Self.wait(for: entry) }
            group.cancelAll()
        }
    }

    private func compare(_ group: inout DiscardingTaskGroup) async {
        let wanted = Dictionary(entries().map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let gone = state.withLock { state in
            state.idle = state.idle.filter { wanted[$0.key] != nil }
            return state.live.values.filter { wanted[$0.run.entry.id] != $0.run.entry }
        }
        for running in gone { await end(running) }
        for entry in wanted.values.sorted(by: { $0.id < $1.id }) {
            guard state.withLock({ $0.live[entry.id] == nil }) else { continue }
            if let obstacle = await obstacle(entry) {
                state.withLock { $0.idle[entry.id] = obstacle }
                continue
            }
            begin(entry, &group)
        }
    }

    private func begin(_ entry: LogTriggerEntry, _ group: inout DiscardingTaskGroup) {
        let run = LogTriggerRun(
            entry: entry, logs: logs, functions: functions, saver: saver, time: time, endpoint: endpoint,
            logger: logger)
        let (end, ended) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingOldest(1))
        state.withLock { state in
            state.idle[entry.id] = nil
            state.live[entry.id] = Running(run: run, end: end)
        }
        group.addTask {
            await run.run()
            ended.finish()
        }
    }

    /// Why a trigger cannot run now.
    private func obstacle(_ entry: LogTriggerEntry) async -> TriggerCondition? {
        guard entry.trigger.isEnabled else { return .disabled }
        guard !entry.trigger.project.isEmpty else {
            return .waiting("Neither its logConfig nor its sourceArn names a log project.")
        }
        let name = entry.pauseName
        do {
            return try await saver.perform { try $0.position(name)?.isPaused } == true ? .paused : nil
        } catch {
            return .waiting("Its position cannot be read: \(error)")
        }
    }

    private func end(_ running: Running) async {
        running.run.stop()
        await Self.wait(for: running)
        state.withLock { state in
            let id = running.run.entry.id
            if state.live[id]?.run === running.run { state.live[id] = nil }
        }
    }

    private static func wait(for running: Running) async {
        for await _ in running.end {}
    }

    // MARK: - For people

    /// Those of an organisation, or of all.
    package func views(of organization: OrganizationName?) -> [LogTriggerView] {
        entries().filter { organization == nil || $0.target.id.organization == organization }
            .sorted { ($0.target.id, $0.name) < ($1.target.id, $1.name) }
            .map { entry in
                let (running, idle) = state.withLock { ($0.live[entry.id], $0.idle[entry.id]) }
                return LogTriggerView(
                    entry: entry,
                    status: running?.run.status
                        ?? LogTriggerStatus(condition: idle ?? .waiting("It is being started.")))
            }
    }

    /// Nil where the function has no such trigger.
    package func view(_ id: FunctionID, _ name: TriggerName) -> LogTriggerView? {
        views(of: id.organization).first { $0.entry.target.id == id && $0.entry.name == name }
    }

    /// Ends when deliveries under way have ended; positions stay.
    package func pause(_ entry: LogTriggerEntry) async throws {
        let name = entry.pauseName
        try await saver.perform { try $0.setPaused(name, true) }
        if let running = state.withLock({ $0.live[entry.id] }) { await end(running) }
        state.withLock { $0.idle[entry.id] = .paused }
    }

    package func resume(_ entry: LogTriggerEntry) async throws {
        let name = entry.pauseName
        try await saver.perform { try $0.setPaused(name, false) }
        state.withLock { $0.idle[entry.id] = nil }
        registryChanged()
    }

    /// Moves the positions in all shards; the trigger goes on from there.
    ///
    /// - Parameter target: earliest or latest.
    /// - Throws: ``TriggerError`` `invalid` for any other; what says why the logstore cannot be read.
    package func seek(_ entry: LogTriggerEntry, to target: SeekTarget) async throws {
        let trigger = entry.trigger
        let shards = try await logs.bounds(
            ofProject: trigger.project, logstore: trigger.logstore, for: entry.target.id.organization)
        if case .point = target {
            throw TriggerError(.invalid, "A trigger on a logstore is moved to EARLIEST or LATEST.")
        }
        try await pause(entry)
        for (shard, bounds) in shards {
            let name = entry.positionName(shard: shard)
            let sequence = target == .earliest ? bounds.lowerBound : bounds.upperBound
            let point = LedgerPoint(block: UInt64(max(0, sequence)))
            try await saver.perform { try $0.seek(name, to: point, hashBefore: []) }
        }
        try await resume(entry)
    }

    /// What became of the latest slices, newest first.
    package func outcomes(of entry: LogTriggerEntry, limit: Int) async throws -> [(channel: String, EventOutcome)] {
        let trigger = entry.trigger
        let shards = try await logs.bounds(
            ofProject: trigger.project, logstore: trigger.logstore, for: entry.target.id.organization)
        let names = shards.keys.sorted().map { entry.positionName(shard: $0) }
        let found = try await saver.perform { store in
            try names.flatMap { name in
                try store.outcomes(name, below: nil, limit: limit).map { (channel: name.channel, $0) }
            }
        }
        return Array(found.sorted { $0.1.point > $1.1.point }.prefix(limit))
    }
}
