internal import Synchronization

/// A clock that a test moves.
final class ManualClock: Clock, Sendable {
    struct Instant: InstantProtocol {
        var offset: Duration

        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct State {
        var now = Instant(offset: .zero)
        var sleepers: [Int: (deadline: Instant, continuation: CheckedContinuation<Void, any Error>)] = [:]
        var nextNumber = 0
        /// Told whenever somebody falls asleep.
        var observers: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    var now: Instant { state.withLock(\.now) }
    var minimumResolution: Duration { .nanoseconds(1) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let number = state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (answer, observers) = state.withLock {
                    state -> (Result<Void, any Error>?, [CheckedContinuation<Void, Never>]) in
                    if Task.isCancelled { return (.failure(CancellationError()), []) }
                    if deadline <= state.now { return (.success(()), []) }
                    state.sleepers[number] = (deadline, continuation)
                    defer { state.observers = [] }
                    return (nil, state.observers)
                }
                if let answer { continuation.resume(with: answer) }
                for observer in observers { observer.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { $0.sleepers.removeValue(forKey: number) }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Waits until somebody sleeps for at most `limit`, and moves the clock to when they wake.
    func wakeNext(within limit: Duration) async -> Duration {
        while true {
            if let pause = wake(within: limit) { return pause }
            await withCheckedContinuation { continuation in
                let isThere = state.withLock { state in
                    if state.sleepers.values.contains(where: { state.now.duration(to: $0.deadline) <= limit }) {
                        return true
                    }
                    state.observers.append(continuation)
                    return false
                }
                if isThere { continuation.resume() }
            }
        }
    }

    private func wake(within limit: Duration) -> Duration? {
        let next = state.withLock { state -> Duration? in
            guard let deadline = state.sleepers.values.map(\.deadline).min() else { return nil }
            let pause = state.now.duration(to: deadline)
            return pause <= limit ? pause : nil
        }
        guard let next else { return nil }
        advance(by: next)
        return next
    }

    func advance(by duration: Duration) {
        let woken = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let woken = state.sleepers.filter { $0.value.deadline <= state.now }
            for number in woken.keys { state.sleepers[number] = nil }
            return woken.values.map(\.continuation)
        }
        for continuation in woken { continuation.resume() }
    }
}
