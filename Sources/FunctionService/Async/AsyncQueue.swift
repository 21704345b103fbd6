internal import FunctionCore
internal import FunctionTypes
internal import Logging
internal import Synchronization

/// Runs asynchronous invocations: what was accepted is on disk, is tried until it succeeds or must be given up, and leaves the
/// outcome where the function's configuration says.
///
/// At least once: an invocation that ran while the node died is run again.
final class AsyncQueue: Sendable {
    struct Configuration: Sendable {
        var rules = AsyncRules()
        /// Asynchronous invocations under way at once, and of one function.
        var runningCountMax = 64
        var runningCountMaxPerFunction = 8
        /// Invocations that wait to be run or repeated; more are refused.
        var waitingCountMax = 1_000_000
    }

    private struct Running {
        var invocation: AsyncInvocation
        var mustStop = false
    }

    private struct State {
        var running: [AsyncInvocationKey: Running] = [:]
        var waitingCount = 0
        /// When something is due that was not yet at the last look.
        var nextDue: Timestamp?
        var isClosed = false
    }

    private let configuration: Configuration
    private let storage: AsyncStorage
    private let registry: RegistryKeeper
    private let dispatcher: InvocationDispatcher
    private let invoke: @Sendable (Invocation) async throws(FunctionError) -> InvocationReport
    private let time: ServiceTime
    private let logger: Logger
    private let state = Mutex(State())
    private let wakeups: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation

    init(
        configuration: Configuration, storage: AsyncStorage, registry: RegistryKeeper, dispatcher: InvocationDispatcher,
        time: ServiceTime, logger: Logger,
        invoke: @escaping @Sendable (Invocation) async throws(FunctionError) -> InvocationReport
    ) {
        self.configuration = configuration
        self.storage = storage
        self.registry = registry
        self.dispatcher = dispatcher
        self.invoke = invoke
        self.time = time
        self.logger = logger
        (wakeups, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    // Accepting.

    /// Accepts an invocation; on return it is on disk.
    ///
    /// - Throws: `StatefulAsyncInvocationAlreadyExists` if its id is taken, `ResourceExhausted` if too many wait.
    func enqueue(_ invocation: AsyncInvocation, payload: [UInt8]) async throws {
        let hasRoom = state.withLock { state in
            guard state.waitingCount < configuration.waitingCountMax else { return false }
            state.waitingCount += 1
            return true
        }
        guard hasRoom else {
            throw FunctionError(
                .resourceExhausted,
                "\(configuration.waitingCountMax) asynchronous invocations wait already. Repeat later.")
        }
        do {
            guard try await storage.perform(.enqueue(invocation, payload: payload)) else {
                throw FunctionError(
                    .asyncInvocationAlreadyExists,
                    "Invocation \"\(invocation.id)\" of function \"\(invocation.target.id.service)/\(invocation.target.id.function)\" was accepted before. An id is used once."
                )
            }
        } catch {
            state.withLock { $0.waitingCount -= 1 }
            throw error
        }
        waker.yield()
    }

    /// Stores a timer's tick and its invocation in one step.
    func enqueue(tick: Timestamp, timerID: String, _ invocation: AsyncInvocation, payload: [UInt8]) async throws {
        _ = try await storage.perform(.tick(timerID: timerID, at: tick, invocation, payload: payload))
        state.withLock { $0.waitingCount += 1 }
        waker.yield()
    }

    /// Puts a dead letter's new invocation in its place.
    func redrive(_ number: Int64, _ invocation: AsyncInvocation, payload: [UInt8]) async throws {
        guard try await storage.perform(.redrive(deadLetter: number, invocation, payload: payload)) else {
            throw FunctionError(.resourceNotFound, "Dead letter \(number) does not exist.")
        }
        state.withLock { $0.waitingCount += 1 }
        waker.yield()
    }

    var waitingCount: Int { state.withLock { $0.waitingCount } }

    var recordSecondsKept: Int { configuration.rules.recordSecondsKept }

    // Looking and stopping.

    /// The state of an invocation, the running ones included.
    func overlay(_ invocation: AsyncInvocation) -> AsyncInvocation {
        guard let running = state.withLock({ $0.running[invocation.key] }) else { return invocation }
        var shown = running.invocation
        shown.status = running.mustStop ? .stopping : .running
        return shown
    }

    /// Ends an invocation that is not finished: one that waits is not run, one that runs loses its instance.
    ///
    /// - Throws: `StatefulAsyncInvocationNotFound`.
    func stop(_ key: AsyncInvocationKey) async throws {
        let requestID = state.withLock { state -> String? in
            state.running[key]?.mustStop = true
            return state.running[key]?.invocation.requestID
        }
        if let requestID {
            await dispatcher.abort(requestID: requestID)
            return
        }
        guard let (stored, payload) = try await storage.read({ try $0.invocation(key) }) else {
            throw FunctionError(
                .asyncInvocationNotFound, "Invocation \"\(key.id)\" does not exist, or has ended and left no record.")
        }
        guard !stored.status.isFinal else { return }
        var invocation = stored
        invocation.status = .stopped
        invocation.endedAt = time.now()
        try await finish(invocation, payload: payload, condition: "Stopped", error: nil, report: nil, resolved: nil)
    }

    // Running.

    /// Runs what is due until ``close()`` or cancellation.
    func run() async {
        await countWaiting()
        await withDiscardingTaskGroup { group in
            group.addTask { await self.watchDue() }
            await self.startDue(&group)
            for await _ in wakeups {
                await startDue(&group)
            }
            group.cancelAll()
        }
    }

    /// Starts nothing more. What runs is finished by the dispatcher's drain, or is run again after the next start.
    func close() {
        state.withLock { $0.isClosed = true }
        waker.finish()
    }

    private func countWaiting() async {
        do {
            let count = try await storage.read { try $0.waitingCount() }
            state.withLock { $0.waitingCount += count }
        } catch {
            logger.error("Waiting invocations cannot be counted", metadata: ["error": "\(error)"])
        }
    }

    private func startDue(_ group: inout DiscardingTaskGroup) async {
        let now = time.now()
        let running = state.withLock { $0.isClosed ? nil : Set($0.running.keys) }
        guard let running else { return }
        let free = configuration.runningCountMax - running.count
        let perFunction = configuration.runningCountMaxPerFunction
        do {
            let due =
                free > 0
                ? try await storage.read {
                    try $0.due(at: now, perFunction: perFunction, limit: free, without: running)
                } : []
            let next = try await storage.read { try $0.nextDue(after: now) }
            state.withLock { $0.nextDue = next }
            for (invocation, payload) in due {
                var started = invocation
                started.startedAt = time.now()
                state.withLock { $0.running[invocation.key] = Running(invocation: started) }
                group.addTask {
                    await self.attempt(started, payload: payload)
                    self.state.withLock { $0.running[started.key] = nil }
                    self.waker.yield()
                }
            }
        } catch {
            // What is due stays so; the next look is in a second.
            logger.error("The asynchronous queue cannot be read", metadata: ["error": "\(error)"])
            state.withLock { $0.nextDue = now.adding(milliseconds: 1000) }
        }
    }

    private func watchDue() async {
        while true {
            do {
                try await time.sleep(.milliseconds(100))
            } catch {
                return
            }
            let now = time.now()
            let isDue = state.withLock { state in
                guard let next = state.nextDue, next <= now else { return false }
                state.nextDue = nil
                return true
            }
            if isDue { waker.yield() }
        }
    }

    private func attempt(_ invocation: AsyncInvocation, payload: [UInt8]) async {
        var resolved: ResolvedFunction?
        var report: InvocationReport?
        var error: FunctionError?
        var isExpired = false
        do {
            let function = try registry.read { registry throws(FunctionError) in
                try registry.resolve(invocation.target, draw: 0)
            }
            resolved = function
            isExpired = configuration.rules.isExpired(invocation, function.asyncConfiguration, now: time.now())
            if !isExpired {
                report = try await invoke(
                    Invocation(
                        requestID: invocation.requestID, target: invocation.target, payload: .event(payload),
                        origin: invocation.trigger.map(InvocationOrigin.timer) ?? .queue,
                        retryCount: invocation.retryCount,
                        traceparent: invocation.traceparent))
            }
        } catch let failure {
            error = failure
        }
        // A node that stops leaves the rest to its next start.
        if Task.isCancelled || state.withLock({ $0.isClosed }) && error != nil { return }
        let decision =
            isExpired
            ? .giveUp(.expired, condition: "EventAgeExceeded")
            : configuration.rules.decide(
                outcome(of: invocation.key, report, error), invocation,
                resolved?.asyncConfiguration ?? AsyncConfiguration(), now: time.now(), jitter: .random(in: 0..<1))
        do {
            try await carryOut(decision, invocation, payload: payload, report: report, error: error, resolved: resolved)
        } catch {
            // Its state on disk is as before: it will be run again.
            logger.error(
                "The outcome of an asynchronous invocation cannot be stored",
                metadata: ["invocation.id": "\(invocation.id)", "error": "\(error)"])
        }
    }

    private func outcome(
        of key: AsyncInvocationKey, _ report: InvocationReport?, _ error: FunctionError?
    ) -> AsyncRules.Attempt {
        if state.withLock({ $0.running[key]?.mustStop == true }) { return .stopped }
        if let report { return report.outcome.failure == nil ? .succeeded : .functionFailed }
        switch error?.code {
        case .serviceNotFound, .functionNotFound, .versionNotFound, .aliasNotFound:
            return .impossible(error?.code ?? .functionNotFound)
        default:
            return .platformFailed
        }
    }

    private func carryOut(
        _ decision: AsyncRules.Decision, _ invocation: AsyncInvocation, payload: [UInt8], report: InvocationReport?,
        error: FunctionError?, resolved: ResolvedFunction?
    ) async throws {
        var ended = invocation
        ended.errorMessage = report?.outcome.failure?.message ?? error?.message
        switch decision {
        case .retry(let moment, let isPlatformFault):
            ended.status = isPlatformFault ? .enqueued : .retrying
            ended.dueAt = moment
            if isPlatformFault { ended.platformRetryCount += 1 } else { ended.retryCount += 1 }
            _ = try await storage.perform(.update(ended))
        case .succeed:
            ended.status = .succeeded
            ended.endedAt = time.now()
            try await finish(ended, payload: payload, condition: "", error: nil, report: report, resolved: resolved)
        case .giveUp(let status, let condition):
            ended.status = status
            ended.endedAt = time.now()
            try await finish(
                ended, payload: payload, condition: condition, error: ended.errorMessage ?? condition, report: report,
                resolved: resolved)
        }
    }

    /// Stores the end together with what follows from it.
    private func finish(
        _ invocation: AsyncInvocation, payload: [UInt8], condition: String, error: String?, report: InvocationReport?,
        resolved: ResolvedFunction?
    ) async throws {
        var ended = invocation
        var next: [(AsyncInvocation, payload: [UInt8])] = []
        var deadLetter: DeadLetter?
        let now = time.now()
        let hasFailed = ended.status != .succeeded
        let configuration = resolved?.asyncConfiguration
        if let arn = hasFailed ? configuration?.onFailure : configuration?.onSuccess {
            do throws(FunctionError) {
                let target = try Destination.target(arn, from: ended.target.id.organization)
                let event = Destination.event(
                    ended, payload: payload, condition: condition, outcome: report?.outcome, now: now)
                let id = RequestID.make()
                next = [
                    (
                        AsyncInvocation(
                            id: InvocationID(unchecked: id), requestID: id, target: target, now: now, isStateful: false,
                            traceparent: ended.traceparent), event.jsonBytes
                    )
                ]
                ended.destinationStatus = "Delivered"
            } catch {
                ended.destinationStatus = "Failed: \(error.message)"
            }
        }
        if hasFailed, ended.status != .stopped, next.isEmpty {
            deadLetter = DeadLetter(
                number: 0, invocation: ended, payload: payload, condition: condition, error: error ?? condition,
                codeDigest: resolved?.configuration.code?.digest, version: report?.version ?? resolved?.version,
                buriedAt: now)
        }
        _ = try await storage.perform(.finish(ended, deadLetter: deadLetter, next: next))
        state.withLock { $0.waitingCount += next.count - 1 }
        if !next.isEmpty { waker.yield() }
    }
}
