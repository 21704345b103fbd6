internal import FunctionTypes
package import Logging
internal import ServiceLifecycle
internal import Synchronization
package import TriggerCore

/// Every ledger trigger of a node: runs what the registry has, shows how far each is, and carries out what people ask of them.
///
/// Everything may be called at once from any task. ``run()`` must run; a graceful shutdown lets deliveries under way end and saves
/// their positions.
package final class TriggerKeeper: Service {
    /// Replays under way at once.
    package static let replayCountMax = 16
    /// Changes of triggers that wait for their turn; more are refused.
    static let commandCountMax = 1000
    /// Channels that were joined meanwhile are found this often.
    static let lookInterval = Duration.seconds(5)

    struct Running: Sendable {
        let run: TriggerRun
        /// Ends with the run.
        let end: AsyncStream<Void>
    }

    struct State {
        var entries: [String: TriggerEntry] = [:]
        var live: [String: Running] = [:]
        /// Triggers that are not run, and why.
        var idle: [String: TriggerCondition] = [:]
        var replays: [String: Running] = [:]
        var replaysToStart: [(TriggerEntry, ReplayRecord)] = []
        var knowsReplays = false
    }

    private struct Command: Sendable {
        let body: @Sendable () async throws -> Void
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct Queue {
        var commands: [Command] = []
        var isClosed = false
    }

    package let directory: any LedgerDirectory
    let places: DeliveryPlaces
    package let saver: TriggerSaver
    let time: TriggerTime
    let logger: Logger
    let state = Mutex(State())
    private let entries: @Sendable () -> [TriggerEntry]
    private let isKnown: @Sendable (String) -> Bool
    private let queue = Mutex(Queue())
    private let wakeups: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation

    /// - Parameters:
    ///   - entries: the ledger triggers that the registry has now.
    ///   - isKnown: whether the registry has a trigger of this id, whatever its settings: what it has not is forgotten.
    package init(
        store: any TriggerStore, directory: any LedgerDirectory, places: DeliveryPlaces, time: TriggerTime,
        logger: Logger, entries: @escaping @Sendable () -> [TriggerEntry],
        isKnown: @escaping @Sendable (String) -> Bool
    ) {
        self.directory = directory
        self.places = places
        self.time = time
        self.logger = logger
        self.entries = entries
        self.isKnown = isKnown
        saver = TriggerSaver(store: store)
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
            group.addTask {
                while true {
                    do {
                        try await self.time.sleep(Self.lookInterval)
                    } catch {
                        return
                    }
                    self.registryChanged()
                }
            }
            var wakeups = wakeups.makeAsyncIterator()
            repeat {
                await compare(&group)
                while let command = takeCommand() {
                    let result = await Self.carryOut(command)
                    await compare(&group)
                    command.continuation.resume(with: result)
                }
            } while await wakeups.next() != nil
            close()
            let running = state.withLock { Array($0.live.values) + Array($0.replays.values) }
            for entry in running { entry.run.stop() }
            for entry in running { await Self.wait(for: entry) }
            group.cancelAll()
        }
    }

    private func takeCommand() -> Command? {
        queue.withLock { $0.commands.isEmpty ? nil : $0.commands.removeFirst() }
    }

    private static func carryOut(_ command: Command) async -> Result<Void, any Error> {
        do {
            return .success(try await command.body())
        } catch {
            return .failure(error)
        }
    }

    private func close() {
        let rest = queue.withLock { queue in
            defer { queue = Queue(isClosed: true) }
            return queue.commands
        }
        for command in rest { command.continuation.resume(throwing: Self.stopping) }
    }

    private static let stopping = TriggerError(.conflict, "The node is stopping. Repeat later.")

    /// Runs a change when its turn comes, between looks at the registry; returns when what runs follows it.
    func perform(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withCheckedThrowingContinuation { continuation in
            let refusal = queue.withLock { queue -> TriggerError? in
                guard !queue.isClosed else { return Self.stopping }
                guard queue.commands.count < Self.commandCountMax else {
                    return TriggerError(.exhausted, "Too many changes of triggers wait. Repeat later.")
                }
                queue.commands.append(Command(body: body, continuation: continuation))
                return nil
            }
            if let refusal {
                continuation.resume(throwing: refusal)
            } else {
                waker.yield()
            }
        }
    }

    // MARK: - What runs

    /// Starts and stops runs so that they are what the registry has.
    private func compare(_ group: inout DiscardingTaskGroup) async {
        let wanted = wantedEntries()
        let (gone, isSetChanged) = state.withLock { state in
            let isChanged = Set(state.entries.keys) != Set(wanted.keys)
            let gone = state.live.filter { wanted[$0.key] != $0.value.run.entry }
            let goneReplays = state.replays.filter { wanted[$0.value.run.entry.id] == nil }
            state.entries = wanted
            state.idle = state.idle.filter { wanted[$0.key] != nil }
            return (Array(gone.values) + Array(goneReplays.values), isChanged)
        }
        for running in gone { await end(running) }
        do {
            if isSetChanged {
                let isKnown = isKnown
                try await saver.perform { store in
                    try store.removeTriggers { !isKnown($0) && !$0.hasPrefix(Self.schedulesPrefix) }
                }
            }
            try await findReplays(wanted)
        } catch {
            logger.error("Triggers cannot be read", metadata: ["error": "\(error)"])
            return  // the next look tries again
        }
        for entry in wanted.values.sorted(by: { $0.id < $1.id }) { await start(entry, &group) }
        startReplays(&group)
    }

    private func wantedEntries() -> [String: TriggerEntry] {
        var wanted = Dictionary(entries().map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for (organization, channel) in directory.memberships {
            guard let entry = Self.schedules(of: organization, channel: channel) else { continue }
            wanted[entry.id] = entry
        }
        return wanted
    }

    /// Of ids that no registry has: an organisation may leave a channel and come back.
    private static let schedulesPrefix = "scheduled/"

    /// The trigger that runs what contracts scheduled for an organisation. Its target is never invoked: each event has its own.
    static func schedules(of organization: OrganizationName, channel: String) -> TriggerEntry? {
        // Dots are no part of a trigger's name.
        let text = "scheduled-\(channel.replacing(".", with: "_"))"
        guard let name = try? TriggerName(validating: String(text.prefix(128))),
            let service = try? ServiceName(validating: "scheduled"),
            let function = try? FunctionName(validating: "scheduled")
        else { return nil }
        return TriggerEntry(
            id: "\(schedulesPrefix)\(organization)/\(channel)", name: name,
            target: FunctionTarget(FunctionID(organization: organization, service: service, function: function)),
            trigger: .schedules(channel: channel))
    }

    private func start(_ entry: TriggerEntry, _ group: inout DiscardingTaskGroup) async {
        guard state.withLock({ $0.live[entry.id] == nil }) else { return }
        do {
            let condition = try await obstacle(entry)
            guard condition == nil, let ledger = ledger(of: entry) else {
                state.withLock { $0.idle[entry.id] = condition }
                return
            }
            let running = begin(entry, replay: nil, ledger, &group)
            state.withLock { state in
                state.idle[entry.id] = nil
                state.live[entry.id] = running
            }
        } catch {
            state.withLock { $0.idle[entry.id] = .waiting("Its position cannot be read: \(error)") }
        }
    }

    /// Why a trigger cannot run now.
    private func obstacle(_ entry: TriggerEntry) async throws -> TriggerCondition? {
        guard entry.trigger.isEnabled else { return .disabled }
        let name = entry.positionName
        if try await saver.perform({ try $0.position(name)?.isPaused }) == true { return .paused }
        guard ledger(of: entry) == nil else { return nil }
        return .waiting(
            entry.trigger.source == .orderedBlock
                ? "No orderer of channel \"\(entry.trigger.channel)\" runs on this node."
                : "No peer of \(entry.target.id.organization) on this node is in channel \"\(entry.trigger.channel)\".")
    }

    func ledger(of entry: TriggerEntry) -> (any LedgerReading)? {
        entry.trigger.source == .orderedBlock
            ? directory.ordered(entry.trigger.channel)
            : directory.committed(entry.trigger.channel, of: entry.target.id.organization)
    }

    private func begin(
        _ entry: TriggerEntry, replay: ReplayRecord?, _ ledger: any LedgerReading, _ group: inout DiscardingTaskGroup
    ) -> Running {
        let run = TriggerRun(
            entry: entry, replay: replay, network: directory.network, ledger: ledger, places: places, saver: saver,
            time: time, logger: logger)
        let (end, ended) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingOldest(1))
        group.addTask {
            await run.run()
            ended.finish()
        }
        return Running(run: run, end: end)
    }

    /// Lets a run end and forgets it; the next look may start it anew. Called in the turn of a change.
    func end(_ running: Running) async {
        running.run.stop()
        await Self.wait(for: running)
        state.withLock { state in
            if let replay = running.run.replay {
                state.replays[replay.id] = nil
            } else {
                state.live[running.run.entry.id] = nil
            }
        }
    }

    private static func wait(for running: Running) async {
        for await _ in running.end {}
    }

    // MARK: - Replays

    /// Replays that were under way when the node ended go on.
    private func findReplays(_ wanted: [String: TriggerEntry]) async throws {
        guard state.withLock({ !$0.knowsReplays }) else { return }
        for entry in wanted.values {
            let records = try await saver.perform { try $0.replays(triggerID: entry.id) }
            let open = records.filter { $0.status == .running }
            state.withLock { state in state.replaysToStart += open.map { (entry, $0) } }
        }
        state.withLock { $0.knowsReplays = true }
    }

    private func startReplays(_ group: inout DiscardingTaskGroup) {
        let waiting = state.withLock { state in
            defer { state.replaysToStart = [] }
            return state.replaysToStart
        }
        for (entry, record) in waiting {
            var entry = entry
            entry.trigger.channel = record.channel
            guard let ledger = ledger(of: entry) else {
                state.withLock { $0.replaysToStart.append((entry, record)) }
                continue
            }
            let running = begin(entry, replay: record, ledger, &group)
            state.withLock { $0.replays[record.id] = running }
        }
    }
}
