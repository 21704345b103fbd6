package import FunctionTypes
internal import Synchronization

/// A runtime whose functions are closures: for tests and demonstrations. Starts at once, keeps no processes.
package final class MemoryRuntime: FunctionRuntime {
    package typealias Handler = @Sendable (Invocation, InstanceSpecification) async -> InvocationOutcome

    private let handler: Handler
    private let startFailure: @Sendable (InstanceSpecification) -> InstanceStartFailure?
    private let counts = Mutex((started: 0, running: 0))

    package init(
        startFailure: @escaping @Sendable (InstanceSpecification) -> InstanceStartFailure? = { _ in nil },
        handler: @escaping Handler
    ) {
        self.handler = handler
        self.startFailure = startFailure
    }

    /// Instances started so far, and those that have not ended.
    package var startedCount: Int { counts.withLock { $0.started } }
    package var runningCount: Int { counts.withLock { $0.running } }

    package func start(
        _ specification: InstanceSpecification, output: @escaping @Sendable (OutputLine) -> Void,
        onEnd: @escaping @Sendable () -> Void
    ) async throws(InstanceStartFailure) -> StartedInstance {
        if let failure = startFailure(specification) { throw failure }
        counts.withLock { $0 = ($0.started + 1, $0.running + 1) }
        let instance = MemoryInstance(specification: specification, handler: handler) { [self] in
            counts.withLock { $0.running -= 1 }
            onEnd()
        }
        return StartedInstance(instance: instance, measurement: ColdStartMeasurement())
    }
}

private final class MemoryInstance: FunctionInstance {
    private let specification: InstanceSpecification
    private let handler: MemoryRuntime.Handler
    private let onEnd: @Sendable () -> Void
    private let hasEnded = Mutex(false)

    init(
        specification: InstanceSpecification, handler: @escaping MemoryRuntime.Handler,
        onEnd: @escaping @Sendable () -> Void
    ) {
        self.specification = specification
        self.handler = handler
        self.onEnd = onEnd
    }

    func invoke(_ invocation: Invocation, timeout: Duration) async -> InstanceAnswer {
        let outcome = await handler(invocation, specification)
        return InstanceAnswer(
            outcome: outcome, duration: .zero, memoryByteCountPeak: 0, isInstanceUsable: !hasEnded.withLock { $0 })
    }

    func freeze() async {}

    func end(isGraceful: Bool) async {
        let isFirst = hasEnded.withLock { hasEnded in
            defer { hasEnded = true }
            return !hasEnded
        }
        if isFirst { onEnd() }
    }
}
