package import FunctionTypes

/// The clocks of triggers, replaceable in tests.
package struct TriggerTime: Sendable {
    package var now: @Sendable () -> Timestamp
    /// Time since some fixed moment; never goes back.
    package var uptime: @Sendable () -> Duration
    /// - Throws: `CancellationError` when the task is cancelled.
    package var sleep: @Sendable (Duration) async throws -> Void
    /// Evenly distributed in 0..<1.
    package var jitter: @Sendable () -> Double

    package init(
        now: @escaping @Sendable () -> Timestamp, uptime: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void,
        jitter: @escaping @Sendable () -> Double = { .random(in: 0..<1) }
    ) {
        self.now = now
        self.uptime = uptime
        self.sleep = sleep
        self.jitter = jitter
    }
}
