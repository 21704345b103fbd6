internal import FunctionCore
internal import FunctionTypes

/// One function in its sandbox, from the loading of its code to its end.
final class ProcessInstance: FunctionInstance {
    let specification: InstanceSpecification
    private let process: SandboxProcess
    private let link: any RuntimeLink
    private let output: InstanceOutput

    init(
        _ specification: InstanceSpecification, process: SandboxProcess, link: any RuntimeLink, output: InstanceOutput
    ) {
        self.specification = specification
        self.process = process
        self.link = link
        self.output = output
    }

    /// Loads the code and runs the initializer.
    ///
    /// - Parameter measurement: gets what each took.
    func prepare(
        _ assignment: Assignment, timeout: Duration, _ measurement: inout ColdStartMeasurement
    ) async throws(InstanceStartFailure) {
        let clock = ContinuousClock()
        let start = clock.now
        let loading = await link.load(assignment, timeout: timeout)
        try check(loading, "load its code", timeout: timeout, start: start)
        let loaded = clock.now
        measurement.codeLoad = loaded - start
        let configuration = specification.function.configuration
        guard configuration.initializer != nil else { return }
        let limit = Duration.seconds(configuration.initializationTimeoutSeconds)
        let id = "init-\(specification.id)"
        output.write(OutputLine(requestID: id, level: nil, text: "FC Initialize Start RequestId: \(id)"))
        let initializing = await link.initialize(id: id, timeout: limit)
        output.write(OutputLine(requestID: id, level: nil, text: "FC Initialize End RequestId: \(id)"))
        try check(initializing, "initialize", timeout: limit, start: loaded)
        measurement.initializer = clock.now - loaded
    }

    private func check(
        _ reply: LinkReply<FunctionFailure?>, _ what: String, timeout: Duration, start: ContinuousClock.Instant
    ) throws(InstanceStartFailure) {
        switch reply {
        case .value(let failure):
            if let failure { throw .function(failure) }
        case .timedOut:
            throw .function(
                FunctionFailure(
                    .unhandledInitialization, errorType: FunctionFailure.timeoutType,
                    message: "The function did not \(what) within \(timeout.components.seconds) seconds."))
        case .malformed(let reason):
            throw .function(malformed(.unhandledInitialization, reason, since: start))
        case .closed(let reason):
            throw .function(ending(.unhandledInitialization, reason, since: start))
        }
    }

    func invoke(_ invocation: Invocation, timeout: Duration) async -> InstanceAnswer {
        process.renewOutput()
        process.work(true)
        defer { process.work(false) }
        let clock = ContinuousClock()
        let start = clock.now
        let reply = await link.invoke(invocation, timeout: timeout)
        let duration = clock.now - start
        switch reply {
        case .value(let answer):
            return InstanceAnswer(
                outcome: answer.outcome, duration: duration,
                memoryByteCountPeak: max(answer.memoryByteCountPeak, process.memoryByteCountPeak),
                isInstanceUsable: true)
        case .timedOut:
            // What it holds now, before it is ended, unless that is known: a look at a thousand busy processes takes long.
            if process.memoryByteCountPeak == 0 { await process.look() }
            let failure = FunctionFailure(
                .unhandled, errorType: FunctionFailure.timeoutType,
                message: "Function timed out after \(timeout.components.seconds) seconds.")
            return InstanceAnswer(
                outcome: .failure(failure), duration: duration, memoryByteCountPeak: process.memoryByteCountPeak,
                isInstanceUsable: false)
        case .malformed(let reason):
            return InstanceAnswer(
                outcome: .failure(malformed(.unhandled, reason, since: start)), duration: duration,
                memoryByteCountPeak: process.memoryByteCountPeak, isInstanceUsable: false)
        case .closed(let reason):
            return InstanceAnswer(
                outcome: .failure(ending(.unhandled, reason, since: start)), duration: duration,
                memoryByteCountPeak: process.memoryByteCountPeak, isInstanceUsable: false)
        }
    }

    /// What is wrong with an answer, unless a limit cut it off.
    private func malformed(
        _ kind: FunctionFailure.Kind, _ reason: String, since start: ContinuousClock.Instant
    ) -> FunctionFailure {
        guard process.breach == nil else { return ending(kind, reason, since: start) }
        return FunctionFailure(
            kind, errorType: FunctionFailure.responseType,
            message: "The HTTP answer of the function's server cannot be read: \(reason).")
    }

    /// Why the process is gone.
    ///
    /// - Parameter reason: how it was noticed.
    private func ending(
        _ kind: FunctionFailure.Kind, _ reason: String, since start: ContinuousClock.Instant
    ) -> FunctionFailure {
        switch process.breach {
        case .memory(let byteCount):
            return FunctionFailure(
                kind, errorType: FunctionFailure.memoryType,
                message: "Function used \(byteCount >> 20) MB of memory and was ended; its limit is "
                    + "\(specification.function.configuration.memoryMegabytes) MB. Raise MemorySize, or use less.")
        case .processes:
            return FunctionFailure(
                kind, errorType: FunctionFailure.processLimitType,
                message:
                    "Function had more than \(InstanceLimits.processCountMax) processes at once and was ended: start fewer."
            )
        case nil:
            let duration = start.duration(to: .now)
            let milliseconds =
                duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
            return FunctionFailure(
                kind, errorType: FunctionFailure.exitType,
                message: "Process exited unexpectedly before completing request "
                    + "(duration: \(milliseconds)ms, maxMemoryUsage: \(process.memoryByteCountPeak >> 20)MB): \(reason.prefix(300))"
            )
        }
    }

    // The end.

    func freeze() async {
        if let hook = specification.function.configuration.preFreeze { await run(hook, .preFreeze) }
    }

    func end(isGraceful: Bool) async {
        if isGraceful, let hook = specification.function.configuration.preStop { await run(hook, .preStop) }
        await process.end()
    }

    /// A hook that fails or takes too long ends nothing but itself.
    private func run(_ hook: LifecycleHook, _ kind: HookKind) async {
        let id = "\(kind.rawValue.lowercased())-\(specification.id)"
        output.write(OutputLine(requestID: id, level: nil, text: "FC \(kind.rawValue) Start RequestId: \(id)"))
        process.work(true)
        let reply = await link.run(hook, kind, id: id, timeout: .seconds(hook.timeoutSeconds))
        process.work(false)
        if case .timedOut = reply {
            output.write(
                OutputLine(
                    requestID: id, level: "error",
                    text: "\(kind.rawValue) did not end within \(hook.timeoutSeconds) seconds."))
        }
        output.write(OutputLine(requestID: id, level: nil, text: "FC \(kind.rawValue) End RequestId: \(id)"))
    }
}
