internal import Foundation
internal import FunctionCore
internal import FunctionTypes
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import Subprocess
internal import Synchronization
internal import SystemPackage

/// One function process from its start to its end.
final class ProcessInstance: FunctionInstance {
    private enum Life {
        case starting
        case running(processID: Int32)
        case gone
    }

    private struct State {
        var life = Life.starting
        var endWaiters: [CheckedContinuation<Void, Never>] = []
        /// Whether `end` was called or the start failed, so that a process that comes up late is ended at once.
        var mustEnd = false
    }

    let specification: InstanceSpecification
    private let command: SandboxCommand
    private let connection: InstanceConnection
    private let output: @Sendable (OutputLine) -> Void
    private let budget = OutputBudget()
    private let name: String
    private let state = Mutex(State())

    init(
        _ specification: InstanceSpecification, command: SandboxCommand, connection: InstanceConnection, name: String,
        output: @escaping @Sendable (OutputLine) -> Void
    ) {
        self.specification = specification
        self.command = command
        self.connection = connection
        self.name = name
        self.output = output
    }

    // The process.

    /// Runs the process until it and everything it started is gone; then calls `onGone`, and only then lets ``end(isGraceful:)`` return.
    func run(onGone: () async -> Void) async {
        var reason = "the process ended"
        do {
            var options = PlatformOptions()
            options.createSession = true
            let result = try await Subprocess.run(
                .path(FilePath(command.executable)), arguments: Arguments(command.arguments),
                environment: .custom(
                    Dictionary(uniqueKeysWithValues: command.environment.map { (.init(stringLiteral: $0), $1) })),
                workingDirectory: FilePath(command.workingFolder), platformOptions: options, input: .none,
                output: .sequence, error: .combinedWithOutput
            ) { execution in
                let processID = execution.processIdentifier.value
                if came(up: processID) { await kill() }
                await forward(execution.standardOutput)
                // Its output is closed; so it is ending, or hides from us: end it either way.
                await kill()
            }
            reason = "the process ended (\(result.terminationStatus))"
        } catch {
            reason = "the process cannot be started: \(error)"
        }
        await kill()
        connection.close(reason: reason)
        await onGone()
        let waiters = state.withLock { state in
            state.life = .gone
            defer { state.endWaiters = [] }
            return state.endWaiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// - Returns: whether the process must end at once.
    private func came(up processID: Int32) -> Bool {
        state.withLock { state in
            state.life = .running(processID: processID)
            return state.mustEnd
        }
    }

    /// Ends the process and all that it started, as far as it is known already.
    private func kill() async {
        let processID = state.withLock { state -> Int32? in
            state.mustEnd = true
            if case .running(let processID) = state.life { return processID }
            return nil
        }
        guard let processID else { return }
        let name = name
        _ = await BlockingWork.run { ProcessTree.end(processID, name: name) }
    }

    /// Passes on what the process and its children print past the bootstrap.
    private func forward(_ output: SubprocessOutputSequence) async {
        var rest: [UInt8] = []
        do {
            for try await buffer in output {
                guard budget.take(buffer.count) else { continue }
                rest += buffer.withUnsafeBytes { Array($0) }
                guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { continue }
                write(rest[..<end])
                rest.removeFirst(end + 1)
            }
        } catch {
            // A pipe that cannot be read has nothing more to tell.
        }
        if !rest.isEmpty { write(rest[...]) }
    }

    private func write(_ bytes: ArraySlice<UInt8>) {
        output(OutputLine(requestID: nil, level: nil, text: String(decoding: bytes, as: UTF8.self)))
    }

    // The function.

    /// Waits for the bootstrap, loads the code and runs the initializer.
    func prepare(timeout: Duration) async throws(InstanceStartFailure) -> ColdStartMeasurement {
        var measurement = ColdStartMeasurement()
        let clock = ContinuousClock()
        let start = clock.now
        switch await connection.waitForHello(timeout: timeout) {
        case .message: break
        case .timedOut: throw .platform(notStarted("its runtime did not answer within \(timeout.components.seconds) s"))
        case .closed(let reason): throw .platform(notStarted(reason))
        }
        let introduced = clock.now
        measurement.runtimeStart = introduced - start
        let loading = await connection.ask(.load(specification), expecting: "loaded", timeout: timeout)
        try check(loading, "load its code", timeout: timeout, start: introduced)
        let loaded = clock.now
        measurement.codeLoad = loaded - introduced
        let configuration = specification.function.configuration
        if configuration.initializer != nil {
            let limit = Duration.seconds(configuration.initializationTimeoutSeconds)
            let id = "init-\(specification.id)"
            output(OutputLine(requestID: id, level: nil, text: "FC Initialize Start RequestId: \(id)"))
            let initializing = await connection.ask(.initialize(id: id), expecting: "initialized", timeout: limit)
            output(OutputLine(requestID: id, level: nil, text: "FC Initialize End RequestId: \(id)"))
            try check(initializing, "initialize", timeout: limit, start: loaded)
            measurement.initializer = clock.now - loaded
        }
        return measurement
    }

    private func notStarted(_ reason: String) -> FunctionError {
        FunctionError(
            .functionNotStarted,
            "Function \"\(specification.function.id.service)/\(specification.function.id.function)\" was not started: \(reason)."
        )
    }

    private func check(
        _ reply: InstanceConnection.Reply, _ what: String, timeout: Duration, start: ContinuousClock.Instant
    ) throws(InstanceStartFailure) {
        switch reply {
        case .message(let message):
            if let failure = message.initializationFailure { throw .function(failure) }
        case .timedOut:
            throw .function(
                FunctionFailure(
                    .unhandledInitialization, errorType: FunctionFailure.timeoutType,
                    message: "The function did not \(what) within \(timeout.components.seconds) seconds."))
        case .closed:
            throw .function(
                FunctionFailure(
                    .unhandledInitialization, errorType: FunctionFailure.exitType,
                    message: exitMessage(since: start, memory: 0)))
        }
    }

    func invoke(_ invocation: Invocation, timeout: Duration) async -> InstanceAnswer {
        let droppedByteCount = budget.renew()
        if droppedByteCount > 0 {
            output(OutputLine(requestID: nil, level: "warn", text: "\(droppedByteCount) bytes of output were dropped."))
        }
        let clock = ContinuousClock()
        let start = clock.now
        let reply = await connection.invoke(invocation, timeout: timeout)
        let duration = clock.now - start
        switch reply {
        case .message(let message):
            var isHTTP = false
            if case .http = invocation.payload { isHTTP = true }
            return InstanceAnswer(
                outcome: message.outcome(isHTTP: isHTTP), duration: duration,
                memoryByteCountPeak: Int(clamping: message.header["memory"]?.integerValue ?? 0), isInstanceUsable: true)
        case .timedOut:
            let failure = FunctionFailure(
                .unhandled, errorType: FunctionFailure.timeoutType,
                message: "Function timed out after \(timeout.components.seconds) seconds.")
            return InstanceAnswer(
                outcome: .failure(failure), duration: duration, memoryByteCountPeak: 0, isInstanceUsable: false)
        case .closed:
            let failure = FunctionFailure(
                .unhandled, errorType: FunctionFailure.exitType, message: exitMessage(since: start, memory: 0))
            return InstanceAnswer(
                outcome: .failure(failure), duration: duration, memoryByteCountPeak: 0, isInstanceUsable: false)
        }
    }

    private func exitMessage(since start: ContinuousClock.Instant, memory: Int) -> String {
        let duration = start.duration(to: .now)
        let milliseconds = duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
        return "Process exited unexpectedly before completing request "
            + "(duration: \(milliseconds)ms, maxMemoryUsage: \(memory >> 20)MB)"
    }

    // The end.

    func freeze() async {
        if let hook = specification.function.configuration.preFreeze { await run(hook, "PreFreeze") }
    }

    func end(isGraceful: Bool) async {
        if isGraceful, let hook = specification.function.configuration.preStop { await run(hook, "PreStop") }
        await kill()
        await waitUntilGone()
    }

    func waitUntilGone() async {
        await withCheckedContinuation { continuation in
            let isGone = state.withLock { state in
                if case .gone = state.life { return true }
                state.endWaiters.append(continuation)
                return false
            }
            if isGone { continuation.resume() }
        }
    }

    /// A hook that fails or takes too long ends nothing but itself.
    private func run(_ hook: LifecycleHook, _ title: String) async {
        let id = "\(title.lowercased())-\(specification.id)"
        output(OutputLine(requestID: id, level: nil, text: "FC \(title) Start RequestId: \(id)"))
        let reply = await connection.ask(
            .hook(id: id, handler: hook.handler), expecting: "hookDone", timeout: .seconds(hook.timeoutSeconds))
        if case .timedOut = reply {
            output(
                OutputLine(
                    requestID: id, level: "error", text: "\(title) did not end within \(hook.timeoutSeconds) seconds."))
        }
        output(OutputLine(requestID: id, level: nil, text: "FC \(title) End RequestId: \(id)"))
    }
}
