internal import LogCore
internal import Synchronization

/// How long a query may still run, counted in entries looked at; shared between the query's thread and its caller.
final class QueryBudget: Sendable {
    private let deadline: ContinuousClock.Instant
    private let isCancelled = Atomic(false)
    private let processed = Atomic(0)

    init(timeLimit: Duration) {
        deadline = ContinuousClock.now + timeLimit
    }

    /// The caller has gone.
    func cancel() {
        isCancelled.store(true, ordering: .relaxed)
    }

    var processedCount: Int { processed.load(ordering: .relaxed) }

    /// Looks at the clock.
    var isSpent: Bool {
        isCancelled.load(ordering: .relaxed) || ContinuousClock.now >= deadline
    }

    /// Counts one entry; every 256th looks at the clock.
    /// - Returns: Whether the query may go on.
    func spend() -> Bool {
        let count = processed.add(1, ordering: .relaxed).newValue
        return count & 255 != 0 || !isSpent
    }
}
