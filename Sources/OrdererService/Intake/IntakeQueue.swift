internal import Synchronization

/// Holds envelopes between those who take them in and the one who writes them.
///
/// Bounded by count and bytes: what comes beyond is refused at once, so that clients try again later. Safe to use from any
/// thread; only one task may wait.
final class IntakeQueue: Sendable {
    /// When the writer wants to be woken.
    struct Threshold: Sendable {
        let count: Int
        let byteCount: Int

        static let anything = Threshold(count: 1, byteCount: .max)
    }

    private struct State {
        var submissions: [Submission] = []
        var byteCount = 0
        var hasConfig = false
        var isClosed = false
        var isNudged = false
        var waiter: (threshold: Threshold, continuation: CheckedContinuation<Void, Never>)?

        func satisfies(_ threshold: Threshold) -> Bool {
            isClosed || isNudged || hasConfig || submissions.count >= threshold.count
                || byteCount >= threshold.byteCount
        }
    }

    private let countMax: Int
    private let byteCountMax: Int
    private let state = Mutex(State())

    init(countMax: Int, byteCountMax: Int) {
        self.countMax = countMax
        self.byteCountMax = byteCountMax
    }

    var isClosed: Bool { state.withLock(\.isClosed) }

    enum Offer {
        case taken, full, closed
    }

    func offer(_ submission: Submission) -> Offer {
        change { state in
            if state.isClosed { return .closed }
            // One that is larger than the whole bound still gets in alone.
            guard
                state.submissions.isEmpty
                    || state.submissions.count < countMax && state.byteCount + submission.byteCount <= byteCountMax
            else { return .full }
            state.submissions.append(submission)
            state.byteCount += submission.byteCount
            state.hasConfig = state.hasConfig || submission.isConfig
            return .taken
        }
    }

    /// Wakes the writer whatever is waiting: what held it back is over.
    func nudge() {
        change { $0.isNudged = true }
    }

    /// Takes no more in. What is there already can still be taken out.
    func close() {
        change { $0.isClosed = true }
    }

    func takeAll() -> [Submission] {
        state.withLock { state in
            defer {
                state.submissions = []
                state.byteCount = 0
                state.hasConfig = false
                state.isNudged = false
            }
            return state.submissions
        }
    }

    /// Returns when the threshold is reached, a config transaction has come, the writer was nudged, the queue is closed, or
    /// the task is cancelled.
    func wait(for threshold: Threshold) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReached = state.withLock { state in
                    if Task.isCancelled || state.satisfies(threshold) { return true }
                    precondition(state.waiter == nil, "only one task waits")
                    state.waiter = (threshold, continuation)
                    return false
                }
                if isReached { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.continuation.resume()
        }
    }

    private func change<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
        let (result, woken) = state.withLock { state in
            let result = body(&state)
            guard let waiter = state.waiter, state.satisfies(waiter.threshold) else {
                return (result, nil as CheckedContinuation<Void, Never>?)
            }
            state.waiter = nil
            return (result, waiter.continuation)
        }
        woken?.resume()
        return result
    }
}
