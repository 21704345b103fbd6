internal import Foundation
internal import FunctionCore
internal import Subprocess
internal import Synchronization
internal import SystemPackage

/// A command ready to start.
struct SandboxCommand: Sendable, Hashable {
    var executable: String
    var arguments: [String]
    var environment: [String: String]
}

/// The processes of one instance, from the start of the first to the end of the last, held to their limits.
final class SandboxProcess: Sendable {
    private enum Life {
        case starting
        case running(processID: Int32)
        case gone
    }

    private struct State {
        var life = Life.starting
        /// The relay, as the host numbers it.
        var firstProcessID: Int32?
        var endWaiters: [CheckedContinuation<Void, Never>] = []
        /// Whether `end` was called or the start failed, so that a process that comes up late is ended at once.
        var mustEnd = false
        var judge = LimitJudge()
        var runningCount = 0
    }

    /// Between two looks at what an instance holds, while it works and while it does not.
    private static let lookInterval = (busy: Duration.milliseconds(40), idle: Duration.milliseconds(250))

    private let command: SandboxCommand
    private let name: String
    private let cgroup: Cgroup?
    private let output: InstanceOutput
    private let budget = OutputBudget()
    private let state = Mutex(State())

    /// - Parameter name: the value of ``ProcessTree/marker`` in its processes' environment.
    init(command: SandboxCommand, name: String, cgroup: Cgroup?, output: InstanceOutput) {
        self.command = command
        self.name = name
        self.cgroup = cgroup
        self.output = output
    }

    /// Runs the command until it and everything it started is gone; then calls `onGone`, and only then lets ``end()`` return.
    func run(onGone: (_ reason: String) -> Void) async {
        var reason = "the process ended"
        do {
            var options = PlatformOptions()
            options.createSession = true
            let result = try await Subprocess.run(
                .path(FilePath(command.executable)), arguments: Arguments(command.arguments),
                environment: .custom(
                    Dictionary(uniqueKeysWithValues: command.environment.map { (.init(stringLiteral: $0), $1) })),
                workingDirectory: "/", platformOptions: options, input: .none,
                output: .sequence, error: .combinedWithOutput
            ) { execution in
                let processID = execution.processIdentifier.value
                if came(up: processID) { await kill() }
                await withDiscardingTaskGroup { group in
                    group.addTask { await self.watch() }
                    await self.forward(execution.standardOutput)
                    group.cancelAll()
                }
                // Its output is closed; so it is ending, or hides from us: end it either way.
                await kill()
            }
            reason = "the process ended (\(result.terminationStatus))"
        } catch {
            reason = "the process cannot be started: \(error)"
        }
        await kill()
        let cgroup = cgroup
        if let cgroup { _ = await BlockingWork.run { cgroup.remove() } }
        onGone(reason)
        let waiters = state.withLock { state in
            state.life = .gone
            state.firstProcessID = nil
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

    /// The relay told which process it is.
    func set(firstProcessID: Int32) {
        state.withLock { $0.firstProcessID = firstProcessID }
    }

    // The limits.

    /// A function comes into the instance, with limits of its own.
    func hold(_ limits: InstanceLimits) {
        cgroup?.set(limits)
        state.withLock { $0.judge.limits = limits }
    }

    /// An invocation begins or ends.
    func work(_ isBeginning: Bool) {
        state.withLock { $0.runningCount += isBeginning ? 1 : -1 }
    }

    /// The limit that the instance was ended for.
    var breach: LimitBreach? { state.withLock { $0.judge.breach } }

    /// The most memory that was seen, bytes.
    var memoryByteCountPeak: Int {
        let seen = state.withLock { $0.judge.memoryByteCountPeak }
        // What lived too briefly to be looked at, the kernel has counted.
        return seen > 0 ? seen : cgroup?.memoryByteCountPeak ?? 0
    }

    /// Looks at what the instance holds until cancelled, and ends it when that is too much.
    private func watch() async {
        while !Task.isCancelled {
            let isBusy = state.withLock { $0.runningCount > 0 || $0.judge.memoryByteCountPeak == 0 }
            do {
                try await Task.sleep(for: isBusy ? Self.lookInterval.busy : Self.lookInterval.idle)
            } catch {
                return
            }
            await look()
        }
    }

    /// Measures once; ends the instance if it holds too much.
    func look() async {
        let (processID, limits) = state.withLock { state -> (Int32?, InstanceLimits?) in
            guard case .running(let processID) = state.life else { return (nil, nil) }
            return (state.firstProcessID ?? processID, state.judge.limits)
        }
        guard let processID else { return }
        let cgroup = cgroup
        let usage = await BlockingWork.run {
            cgroup?.measure(limits: limits) ?? ProcessSampler.measure(processID, limits: limits)
        }
        if state.withLock({ $0.judge.note(usage) }) { await kill() }
    }

    // The output.

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
        output.write(OutputLine(requestID: nil, level: nil, text: String(decoding: bytes, as: UTF8.self)))
    }

    /// A new invocation may print anew; what was dropped since the last is told.
    func renewOutput() {
        let droppedByteCount = budget.renew() + output.renew()
        if droppedByteCount > 0 {
            output.write(
                OutputLine(requestID: nil, level: "warn", text: "\(droppedByteCount) bytes of output were dropped."))
        }
    }

    // The end.

    /// Ends all processes; returns when they are gone.
    func end() async {
        await kill()
        await withCheckedContinuation { continuation in
            let isGone = state.withLock { state in
                if case .gone = state.life { return true }
                state.endWaiters.append(continuation)
                return false
            }
            if isGone { continuation.resume() }
        }
    }

    var isGone: Bool {
        state.withLock { state in
            if case .gone = state.life { return true }
            return state.mustEnd
        }
    }

    /// Ends the process and all that it started, as far as it is known already.
    private func kill() async {
        let (processID, firstProcessID) = state.withLock { state -> (Int32?, Int32?) in
            state.mustEnd = true
            if case .running(let processID) = state.life { return (processID, state.firstProcessID) }
            return (nil, nil)
        }
        guard let processID else { return }
        let (name, cgroup) = (name, cgroup)
        _ = await BlockingWork.run {
            // The first process of a namespace takes all others with it.
            if let firstProcessID, ProcessTree.parent(of: firstProcessID) == processID {
                Foundation.kill(firstProcessID, SIGKILL)
            }
            cgroup?.kill()
            return ProcessTree.end(processID, name: name)
        }
    }
}
