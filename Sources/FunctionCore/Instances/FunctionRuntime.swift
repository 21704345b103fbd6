package import FunctionTypes

/// Starts instances of functions: processes that have loaded a function's code and answer its invocations.
package protocol FunctionRuntime: Sendable {
    /// Starts an instance; returns when its code is loaded and its initializer has run.
    ///
    /// - Parameters:
    ///   - output: called for every line that the instance writes, in order, from any thread; must return quickly.
    ///   - onEnd: called once when the instance is gone, for whatever reason, if it was started.
    /// - Throws: why there is no instance; nothing of it is left running then.
    func start(
        _ specification: InstanceSpecification, output: @escaping @Sendable (OutputLine) -> Void,
        onEnd: @escaping @Sendable () -> Void
    ) async throws(InstanceStartFailure) -> StartedInstance

    /// These functions may be called soon: a runtime may start ahead what they have in common. Returns at once.
    func expect(_ functions: [ResolvedFunction])
}

extension FunctionRuntime {
    package func expect(_ functions: [ResolvedFunction]) {}
}

/// A running instance.
package protocol FunctionInstance: Sendable {
    /// Runs one invocation. May be called again before it returns, up to the function's concurrency.
    ///
    /// After a failure that ended the process, ``InstanceAnswer/isInstanceUsable`` is false and `onEnd` will be called. Not
    /// cancellable: a function that was started runs to its end or its time-out.
    func invoke(_ invocation: Invocation, timeout: Duration) async -> InstanceAnswer

    /// Runs the hook before an idle instance is frozen, within its own time-out.
    func freeze() async

    /// Runs the hook before stopping if there is one and `isGraceful`, then ends the whole process tree. Returns when it is gone.
    func end(isGraceful: Bool) async
}

/// What an instance is made of.
package struct InstanceSpecification: Sendable {
    package var id: InstanceID
    package var function: ResolvedFunction
    /// Where the unpacked code lies; the instance must not change it.
    package var codeFolder: String
    package var region: String

    package init(id: InstanceID, function: ResolvedFunction, codeFolder: String, region: String) {
        self.id = id
        self.function = function
        self.codeFolder = codeFolder
        self.region = region
    }
}

package struct InstanceID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(_ rawValue: String) {
        self.rawValue = rawValue
    }

    package var description: String { rawValue }
}

package struct StartedInstance: Sendable {
    package var instance: any FunctionInstance
    package var measurement: ColdStartMeasurement

    package init(instance: any FunctionInstance, measurement: ColdStartMeasurement) {
        self.instance = instance
        self.measurement = measurement
    }
}

/// Why an instance did not come up.
package enum InstanceStartFailure: Error, Sendable {
    /// The function's own code is to blame: the caller gets a failed outcome.
    case function(FunctionFailure)
    /// The platform cannot run it, for example since the interpreter is missing: the caller gets an error.
    case platform(FunctionError)
}

/// What one invocation of an instance came to.
package struct InstanceAnswer: Sendable {
    package var outcome: InvocationOutcome
    /// In the function, as the platform sees it.
    package var duration: Duration
    /// Peak resident memory of the instance so far, bytes; 0 if it did not tell.
    package var memoryByteCountPeak: Int
    /// Whether the instance can take further invocations.
    package var isInstanceUsable: Bool

    package init(
        outcome: InvocationOutcome, duration: Duration, memoryByteCountPeak: Int, isInstanceUsable: Bool
    ) {
        self.outcome = outcome
        self.duration = duration
        self.memoryByteCountPeak = memoryByteCountPeak
        self.isInstanceUsable = isInstanceUsable
    }
}

/// Something an instance wrote: one or several lines.
package struct OutputLine: Sendable {
    /// Nil for output between invocations or where several run at once.
    package var requestID: String?
    /// `verbose`, `info`, … for what went through a logger; nil for what was printed.
    package var level: String?
    package var text: String

    package init(requestID: String?, level: String?, text: String) {
        self.requestID = requestID
        self.level = level
        self.text = text
    }
}
