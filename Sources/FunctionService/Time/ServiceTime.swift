package import FunctionTypes

/// The clocks of the function half, replaceable in tests.
package struct ServiceTime: Sendable {
    /// The wall clock.
    package var now: @Sendable () -> Timestamp
    /// Time since some fixed moment; never goes back.
    package var uptime: @Sendable () -> Duration
    /// - Throws: `CancellationError` when the task is cancelled.
    package var sleep: @Sendable (Duration) async throws -> Void

    package init(
        now: @escaping @Sendable () -> Timestamp, uptime: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.uptime = uptime
        self.sleep = sleep
    }
}
