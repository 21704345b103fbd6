package import FunctionTypes

/// Told of every attempt to run a function, when it is over.
package protocol InvocationObserver: Sendable {
    /// Must return at once: the caller waits.
    func ended(_ end: InvocationEnd)
}

/// An attempt to run a function that is over.
package struct InvocationEnd: Sendable {
    /// With the trace context that its function got: its span is the attempt's own.
    package var invocation: Invocation
    /// Who caused it; nil where the attempt began the trace.
    package var parent: TraceParent?
    package var startedAt: Timestamp
    /// From the call to the answer, waiting included.
    package var elapsed: Duration
    /// Nil where it was not found.
    package var function: ResolvedFunction?
    /// An error where the platform could not run it; a function that fails is an outcome of the report.
    package var result: Result<InvocationReport, FunctionError>

    package init(
        invocation: Invocation, parent: TraceParent?, startedAt: Timestamp, elapsed: Duration,
        function: ResolvedFunction?, result: Result<InvocationReport, FunctionError>
    ) {
        self.invocation = invocation
        self.parent = parent
        self.startedAt = startedAt
        self.elapsed = elapsed
        self.function = function
        self.result = result
    }
}
