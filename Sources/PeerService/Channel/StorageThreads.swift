internal import Dispatch
internal import Synchronization

/// Runs work that blocks on a ledger off the threads that Swift's tasks share, at most ``countMax`` pieces at once.
///
/// Work beyond that waits in line. The line is bounded by its callers, each of which waits for its own piece.
package final class StorageThreads: Sendable {
    package let countMax: Int

    private struct State {
        /// Pieces that were taken are nil.
        var line: [(@Sendable () -> Void)?] = []
        /// Position of the first piece in ``line`` that nobody has taken.
        var next = 0
        var busyCount = 0
    }

    private let state = Mutex(State())
    private let queue: DispatchQueue

    package init(label: String, countMax: Int) {
        precondition(countMax > 0, "work needs a thread")
        self.countMax = countMax
        queue = DispatchQueue(label: label, attributes: .concurrent)
    }

    /// Runs `work` after what was handed over before it has been started.
    ///
    /// Cancelling the caller does not stop it.
    package func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            add { continuation.resume(with: Swift.Result(catching: work)) }
        }
    }

    private func add(_ piece: @escaping @Sendable () -> Void) {
        let needsThread = state.withLock { state in
            state.line.append(piece)
            guard state.busyCount < countMax else { return false }
            state.busyCount += 1
            return true
        }
        if needsThread { queue.async { [self] in work() } }
    }

    private func work() {
        while let piece = take() { piece() }
    }

    private func take() -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard state.next < state.line.count else {
                state.line = []
                state.next = 0
                state.busyCount -= 1
                return nil
            }
            if state.next > 1_000 {
                state.line.removeFirst(state.next)
                state.next = 0
            }
            let piece = state.line[state.next].take()
            state.next += 1
            return piece
        }
    }
}
