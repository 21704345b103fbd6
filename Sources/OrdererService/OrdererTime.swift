package import FabricTypes

/// The time that an orderer goes by.
package struct OrdererTime: Sendable {
    /// The time of day: stamped on transactions, and what expiry is judged by.
    package let now: @Sendable () -> Timestamp
    /// Time that passes evenly, from any start.
    package let uptime: @Sendable () -> Duration
    /// Suspends; throws `CancellationError` when cancelled.
    package let sleep: @Sendable (Duration) async throws -> Void

    package init(
        now: @escaping @Sendable () -> Timestamp, uptime: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.uptime = uptime
        self.sleep = sleep
    }

    /// The machine's clocks.
    package static let system: OrdererTime = {
        let start = ContinuousClock.now
        return OrdererTime(
            now: { SystemTime.now }, uptime: { start.duration(to: .now) },
            sleep: { try await Task.sleep(for: $0, tolerance: .milliseconds(1)) })
    }()
}
