import FabricTypes
import OrdererService
import Synchronization

/// A clock that moves only when a test says so.
final class ManualTime: Sendable {
    private struct State {
        var elapsed: Duration = .zero
        var nextKey = 0
        var sleepers: [Int: (until: Duration, continuation: CheckedContinuation<Void, any Error>)] = [:]
        var sleeperCountWaiter: (count: Int, continuation: CheckedContinuation<Void, Never>)?
    }

    private let state = Mutex(State())
    private let now: Mutex<Timestamp>

    /// The recorded network's time, at which its identities are valid.
    init(now: Timestamp = Timestamp(seconds: 1_795_219_500)) {
        self.now = Mutex(now)
    }

    var orderer: OrdererTime {
        OrdererTime(
            now: { [self] in now.withLock { $0 } }, uptime: { [self] in state.withLock(\.elapsed) },
            sleep: { [self] in try await sleep($0) })
    }

    func set(now time: Timestamp) {
        now.withLock { $0 = time }
    }

    func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.elapsed += duration
            let keys = state.sleepers.filter { $0.value.until <= state.elapsed }.keys
            return keys.compactMap { state.sleepers.removeValue(forKey: $0)?.continuation }
        }
        for continuation in due { continuation.resume() }
    }

    /// Returns once somebody sleeps.
    func sleeperHasCome() async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if !state.sleepers.isEmpty { return true }
                state.sleeperCountWaiter = (1, continuation)
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    private func sleep(_ duration: Duration) async throws {
        let key = state.withLock { state in
            defer { state.nextKey += 1 }
            return state.nextKey
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (isCancelled, waiter) = state.withLock { state in
                    if Task.isCancelled { return (true, nil as CheckedContinuation<Void, Never>?) }
                    state.sleepers[key] = (state.elapsed + duration, continuation)
                    defer { state.sleeperCountWaiter = nil }
                    return (false, state.sleeperCountWaiter?.continuation)
                }
                waiter?.resume()
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let sleeper = state.withLock { $0.sleepers.removeValue(forKey: key) }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }
}
