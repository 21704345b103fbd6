internal import FunctionCore
internal import FunctionTypes
internal import LogCore
internal import Synchronization

/// Brings invocations to instances: asks the pool, starts and ends instances as it says, and measures.
///
/// Any number of invocations may be in it at once; those that wait are bounded by the pool's limits. Instances are started and
/// ended by ``run()``, which must run.
final class InvocationDispatcher: Sendable {
    struct Configuration: Sendable {
        var pool = InstancePool.Limits()
        /// Names this run of the node in its instances' ids.
        var instancePrefix: String
        var region = "local"
        /// How long an invocation waits for an instance before it is refused.
        var waitingMax: Duration = .seconds(300)
        /// How long running invocations may take to end when the node stops.
        var drainMax: Duration = .seconds(30)
    }

    /// What came of waiting for an instance.
    private enum Admission {
        case assigned(any FunctionInstance, InstanceID, ColdStartMeasurement?)
        case failed(InstanceStartFailure)
        case refused
        case overdue
        case reroute
        case withdrawn
    }

    private struct Waiting {
        var continuation: CheckedContinuation<Admission, Never>
        var key: InstanceKey
        var since: Duration
    }

    private struct Running {
        var instance: any FunctionInstance
        var instanceID: InstanceID
        var invocation: Invocation
    }

    private enum Job {
        case start(InstanceID, ResolvedFunction)
        case freeze(InstanceID, any FunctionInstance)
        case end(InstanceID, any FunctionInstance, isGraceful: Bool)
    }

    /// What must be done outside the lock.
    private enum Effect {
        case resume(CheckedContinuation<Admission, Never>, Admission)
        case perform(Job)
    }

    private struct State {
        var pool: InstancePool
        var instances: [InstanceID: any FunctionInstance] = [:]
        /// How long each new instance took, until its first invocation tells.
        var coldStarts: [InstanceID: ColdStartMeasurement] = [:]
        var functions: [InstanceKey: ResolvedFunction] = [:]
        var waiting: [InstancePool.Ticket: Waiting] = [:]
        /// Each running request.
        var running: [String: Running] = [:]
        var isClosed = false
    }

    private let configuration: Configuration
    private let runtime: any FunctionRuntime
    private let codeFolder: @Sendable (String) -> String
    private let output: OutputRouter
    private let time: ServiceTime
    private let state: Mutex<State>
    private let jobs: AsyncStream<Job>
    private let jobQueue: AsyncStream<Job>.Continuation

    init(
        configuration: Configuration, runtime: any FunctionRuntime, codeFolder: @escaping @Sendable (String) -> String,
        output: OutputRouter, time: ServiceTime
    ) {
        self.configuration = configuration
        self.runtime = runtime
        self.codeFolder = codeFolder
        self.output = output
        self.time = time
        state = Mutex(
            State(pool: InstancePool(limits: configuration.pool, instancePrefix: configuration.instancePrefix)))
        // At most three jobs of one instance are under way; the pool bounds the instances.
        (jobs, jobQueue) = AsyncStream.makeStream(
            bufferingPolicy: .bufferingOldest(3 * configuration.pool.instanceCountMax + 16))
    }

    // Invoking.

    /// Runs one invocation to its end.
    ///
    /// Cancellation ends the wait for an instance; a function that runs already runs to its end, or until the invocation's
    /// ``Invocation/patience`` is over.
    ///
    /// - Parameter resolve: finds the function's current state; called again if it changes while the invocation waits.
    /// - Throws: ``FunctionError`` if the platform could not run it; a function that fails is an outcome.
    func invoke(
        _ invocation: Invocation, resolve: () throws(FunctionError) -> ResolvedFunction
    ) async throws(FunctionError) -> InvocationReport {
        let start = time.uptime()
        let deadline = invocation.patience.map { start + $0.limit }
        // A function that is redeployed without pause could send a waiting invocation around for ever.
        for _ in 0..<100 {
            let function = try resolve()
            let (ticket, admission) = await admit(function, invocation.patience)
            switch admission {
            case .assigned(let instance, let id, let coldStart):
                // Whoever asked may have given up in the moment in which an instance became free.
                if let deadline, Task.isCancelled || time.uptime() >= deadline {
                    finish(ticket, on: id, isUsable: true)
                    throw withdrawal(invocation)
                }
                return await run(
                    invocation, function, on: instance, id, ticket: ticket, coldStart: coldStart,
                    queueing: time.uptime() - start, until: deadline)
            case .failed(.function(let failure)):
                var measurement = InvocationMeasurement()
                measurement.queueing = time.uptime() - start
                let report = InvocationReport(
                    requestID: invocation.requestID, outcome: .failure(failure), version: function.version,
                    measurement: measurement, logTail: Array("\(failure.errorType): \(failure.message)\n".utf8),
                    codeChecksum: function.configuration.code?.checksum)
                writeStartFailure(failure, of: invocation, function, report)
                return report
            case .failed(.platform(let error)):
                throw error
            case .refused:
                throw refusal(function, "has no free instance and its queue is full")
            case .overdue:
                throw refusal(function, "had no free instance for \(configuration.waitingMax.components.seconds) s")
            case .withdrawn:
                throw withdrawal(invocation)
            case .reroute:
                continue
            }
        }
        throw FunctionError(.resourceThrottled, "Function \"\(invocation.target)\" changes too quickly. Repeat later.")
    }

    private func withdrawal(_ invocation: Invocation) -> FunctionError {
        guard let patience = invocation.patience else {
            return FunctionError(.clientClosedRequest, "The caller went away before an instance was free.")
        }
        let reason = patience.waitingReason(invocation.target) ?? "whoever asked no longer waited"
        return FunctionError(.clientClosedRequest, "It was given up before it ran: \(reason).")
    }

    private func finish(_ ticket: InstancePool.Ticket?, on id: InstanceID, isUsable: Bool) {
        guard let ticket else { return }
        perform(
            state.withLock { state in
                let actions = state.pool.finished(ticket, on: id, isUsable: isUsable, now: time.uptime())
                return Self.effects(of: actions, &state)
            })
    }

    private func refusal(_ function: ResolvedFunction, _ reason: String) -> FunctionError {
        if state.withLock({ $0.isClosed }) {
            return FunctionError(.resourceThrottled, "The node is stopping. Repeat later.")
        }
        return FunctionError(
            .resourceExhausted,
            "Function \"\(function.id.service)/\(function.id.function)\" \(reason). Repeat later, or raise its maximum of instances."
        )
    }

    /// Tells in the log that an invocation failed before it ran, so that it is counted and found like any other.
    private func writeStartFailure(
        _ failure: FunctionFailure, of invocation: Invocation, _ function: ResolvedFunction, _ report: InvocationReport
    ) {
        let log = output.makeLog(function, requestID: invocation.requestID, instanceID: nil, invocation: invocation)
        let hasMetrics = function.service.logging?.requestMetrics == true
        log.write("\(failure.errorType): \(failure.message)", level: "error")
        log.write("FC Invoke End RequestId: \(invocation.requestID)", fields: hasMetrics ? [] : report.endFields)
        if hasMetrics { log.write(metrics: report.metricFields(invocation, function)) }
    }

    private func admit(
        _ function: ResolvedFunction, _ patience: InvocationPatience?
    ) async -> (InstancePool.Ticket?, Admission) {
        let key = function.instanceKey
        let entered = Mutex<InstancePool.Ticket?>(nil)
        let admission = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Admission, Never>) in
                let effects = state.withLock { state -> [Effect] in
                    state.functions[key] = function
                    let (ticket, actions) = state.pool.enqueue(key, function.poolSettings, now: time.uptime())
                    entered.withLock { $0 = ticket }
                    let isStarting = actions.contains { if case .start = $0 { true } else { false } }
                    patience?.phase = .waiting(instanceCount: state.pool.count(of: key), isStarting: isStarting)
                    state.waiting[ticket] = Waiting(continuation: continuation, key: key, since: time.uptime())
                    return Self.effects(of: actions, &state)
                }
                perform(effects)
                if Task.isCancelled { withdraw(entered.withLock { $0 }) }
            }
        } onCancel: {
            withdraw(entered.withLock { $0 })
        }
        return (entered.withLock { $0 }, admission)
    }

    private func withdraw(_ ticket: InstancePool.Ticket?) {
        guard let ticket else { return }
        let waiting = state.withLock { state -> Waiting? in
            guard let waiting = state.waiting.removeValue(forKey: ticket) else { return nil }
            state.pool.withdraw(ticket, waiting.key)
            return waiting
        }
        waiting?.continuation.resume(returning: .withdrawn)
    }

    private func run(
        _ invocation: Invocation, _ function: ResolvedFunction, on instance: any FunctionInstance, _ id: InstanceID,
        ticket: InstancePool.Ticket?, coldStart: ColdStartMeasurement?, queueing: Duration, until deadline: Duration?
    ) async -> InvocationReport {
        let log = output.makeLog(function, requestID: invocation.requestID, instanceID: id, invocation: invocation)
        output.open(log, requestID: invocation.requestID)
        if coldStart != nil { log.write("load code for handler:\(function.configuration.handler)") }
        log.write("FC Invoke Start RequestId: \(invocation.requestID)")
        state.withLock {
            $0.running[invocation.requestID] = Running(instance: instance, instanceID: id, invocation: invocation)
        }
        invocation.patience?.phase = .running
        let ownTimeout = Duration.seconds(function.configuration.timeoutSeconds)
        let timeout = min(ownTimeout, deadline.map { max(.zero, $0 - time.uptime()) } ?? ownTimeout)
        var answer = await instance.invoke(invocation, timeout: timeout)
        if let patience = invocation.patience, timeout < ownTimeout,
            answer.outcome.failure?.errorType == FunctionFailure.timeoutType
        {
            patience.phase = .ended
            answer.outcome = .failure(
                FunctionFailure(
                    .unhandled, errorType: FunctionFailure.timeoutType,
                    message:
                        "Function was given up and ended: whoever asked waits \(patience.limitText) for its answer."))
        }
        if let failure = answer.outcome.failure {
            log.write("\(failure.errorType): \(failure.message)", level: "error")
        }
        let hasMetrics = function.service.logging?.requestMetrics == true
        log.write(
            "FC Invoke End RequestId: \(invocation.requestID)",
            // Where an entry with metrics follows they stand there alone, so that counting them counts no call twice.
            fields: hasMetrics ? [] : answer.endFields)
        output.close(requestID: invocation.requestID)
        state.withLock { $0.running[invocation.requestID] = nil }
        finish(ticket, on: id, isUsable: answer.isInstanceUsable)
        var measurement = InvocationMeasurement()
        measurement.queueing = queueing
        measurement.coldStart = coldStart
        measurement.duration = answer.duration
        measurement.memoryByteCountPeak = answer.memoryByteCountPeak
        let report = InvocationReport(
            requestID: invocation.requestID, outcome: answer.outcome, version: function.version,
            measurement: measurement,
            logTail: log.tail, codeChecksum: function.configuration.code?.checksum)
        if hasMetrics {
            log.write(metrics: report.metricFields(invocation, function))
        }
        return report
    }

    // Instances.

    /// Starts and ends instances until ``close()`` and everything has ended.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.tick() }
            for await job in jobs {
                group.addTask { await self.perform(job) }
            }
            group.cancelAll()
        }
    }

    /// Takes no more invocations, lets the running ones end within the drain time, and ends all instances.
    func close() async {
        perform(
            state.withLock { state in
                state.isClosed = true
                let actions = state.pool.close()
                return Self.effects(of: actions, &state)
            })
        let deadline = time.uptime() + configuration.drainMax
        while !state.withLock({ $0.pool.isEmpty }), time.uptime() < deadline {
            do {
                try await time.sleep(.milliseconds(20))
            } catch {
                break  // Cancelled: what still runs is ended with the runtime.
            }
        }
        jobQueue.finish()
    }

    /// Instances of states that are no longer current take nothing more.
    func retire(unless isCurrent: (InstanceKey) -> Bool) {
        perform(
            state.withLock { state in
                let actions = state.pool.retire(unless: isCurrent)
                for key in state.functions.keys where !isCurrent(key) && state.pool.count(of: key) == 0 {
                    state.functions[key] = nil
                }
                return Self.effects(of: actions, &state)
            })
    }

    /// Keeps instances of a state warm.
    func keep(_ count: Int, _ function: ResolvedFunction) {
        let key = function.instanceKey
        perform(
            state.withLock { state in
                if count > 0 { state.functions[key] = function }
                return Self.effects(of: state.pool.keep(count, key, function.poolSettings), &state)
            })
    }

    /// Ends the instance in which a request runs, and with it the request.
    func abort(requestID: String) async {
        await state.withLock { $0.running[requestID] }?.instance.end(isGraceful: false)
    }

    /// An invocation that runs on an instance now.
    ///
    /// - Parameter requestID: which one; nil where there can be only one.
    func running(_ requestID: String?, on id: InstanceID) -> Invocation? {
        state.withLock { state in
            if let requestID {
                return state.running[requestID].flatMap { $0.instanceID == id ? $0.invocation : nil }
            }
            let here = state.running.values.lazy.filter { $0.instanceID == id }.prefix(2)
            return here.count == 1 ? here.first?.invocation : nil
        }
    }

    func instanceIDs(of key: InstanceKey) -> [InstanceID] { state.withLock { $0.pool.instanceIDs(of: key) } }

    func instanceIDs(of id: FunctionID) -> [InstanceID] { state.withLock { $0.pool.instanceIDs(of: id) } }

    private func tick() async {
        while true {
            do {
                try await time.sleep(.seconds(1))
            } catch {
                return
            }
            perform(
                state.withLock { state in
                    let now = time.uptime()
                    let overdue = state.waiting.filter { now - $0.value.since > configuration.waitingMax }
                    for (ticket, waiting) in overdue {
                        state.waiting[ticket] = nil
                        state.pool.withdraw(ticket, waiting.key)
                    }
                    return overdue.values.map { .resume($0.continuation, .overdue) }
                        + Self.effects(of: state.pool.tick(now: now), &state)
                })
        }
    }

    private func perform(_ job: Job) async {
        switch job {
        case .start(let id, let function):
            await start(id, function)
        case .freeze(let id, let instance):
            await instance.freeze()
            perform(
                state.withLock { state in
                    Self.effects(of: state.pool.frozen(id, now: time.uptime()), &state)
                })
        case .end(let id, let instance, let isGraceful):
            await instance.end(isGraceful: isGraceful)
            ended(id)
        }
    }

    private func start(_ id: InstanceID, _ function: ResolvedFunction) async {
        let specification = InstanceSpecification(
            id: id, function: function, codeFolder: codeFolder(function.configuration.code?.digest ?? ""),
            region: configuration.region)
        let output = output
        do throws(InstanceStartFailure) {
            let started = try await runtime.start(
                specification, output: { output.write($0, function: function, instanceID: id) },
                onEnd: { [self] in ended(id) })
            perform(
                state.withLock { state in
                    // It may have ended already; then the pool has been told.
                    guard state.pool.contains(id) else { return [] }
                    state.instances[id] = started.instance
                    state.coldStarts[id] = started.measurement
                    return Self.effects(of: state.pool.started(id, now: time.uptime()), &state)
                })
        } catch {
            if case .function(let failure) = error {
                output.write(
                    OutputLine(requestID: nil, level: "error", text: "\(failure.errorType): \(failure.message)"),
                    function: function, instanceID: id)
            }
            perform(
                state.withLock { state in
                    Self.effects(of: state.pool.startFailed(id, now: time.uptime()), &state, failure: error)
                })
        }
    }

    private func ended(_ id: InstanceID) {
        perform(
            state.withLock { state in
                state.instances[id] = nil
                state.coldStarts[id] = nil
                return Self.effects(of: state.pool.ended(id, now: time.uptime()), &state)
            })
    }

    // From the pool's decisions to what is done about them.

    private static func effects(
        of actions: [InstancePool.Action], _ state: inout State, failure: InstanceStartFailure? = nil
    ) -> [Effect] {
        var effects: [Effect] = []
        func settle(_ ticket: InstancePool.Ticket, _ admission: Admission) {
            guard let waiting = state.waiting.removeValue(forKey: ticket) else { return }
            effects.append(.resume(waiting.continuation, admission))
        }
        for action in actions {
            switch action {
            case .assign(let ticket, let id):
                // An instance that ended meanwhile is told by `ended`; the pool gives its tickets to no one else.
                guard let instance = state.instances[id] else {
                    settle(ticket, .reroute)
                    continue
                }
                settle(ticket, .assigned(instance, id, state.coldStarts.removeValue(forKey: id)))
            case .start(let id, let key):
                if let function = state.functions[key] { effects.append(.perform(.start(id, function))) }
            case .freeze(let id):
                if let instance = state.instances[id] { effects.append(.perform(.freeze(id, instance))) }
            case .end(let id, let isGraceful):
                if let instance = state.instances[id] {
                    effects.append(.perform(.end(id, instance, isGraceful: isGraceful)))
                }
            case .refuse(let ticket):
                settle(ticket, .refused)
            case .fail(let ticket, _):
                settle(ticket, failure.map(Admission.failed) ?? .reroute)
            case .reroute(let ticket):
                settle(ticket, .reroute)
            }
        }
        return effects
    }

    private func perform(_ effects: [Effect]) {
        for effect in effects {
            switch effect {
            case .resume(let continuation, let admission): continuation.resume(returning: admission)
            case .perform(let job): jobQueue.yield(job)
            }
        }
    }
}

extension ResolvedFunction {
    var poolSettings: InstancePool.Settings {
        InstancePool.Settings(
            concurrency: max(1, configuration.instanceConcurrency), instanceCountMax: instanceCountMax,
            hasFreezeHook: configuration.preFreeze != nil)
    }
}
