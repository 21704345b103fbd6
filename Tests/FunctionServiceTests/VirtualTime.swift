import FunctionService
import FunctionTypes
import Synchronization

/// A clock that only moves when a test says so.
final class VirtualTime: Sendable {
    private struct Sleeper {
        var until: Duration
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var elapsed: Duration = .zero
        var sleepers: [Int: Sleeper] = [:]
        var sleeperNext = 0
        var cancelled: Set<Int> = []
    }

    private let state = Mutex(State())
    private let start: Timestamp

    init(start: Timestamp = Timestamp(seconds: 1_700_000_000)) {
        self.start = start
    }

    var now: Timestamp {
        start.adding(milliseconds: state.withLock { $0.elapsed }.milliseconds)
    }

    var service: ServiceTime {
        ServiceTime(
            now: { [self] in now }, uptime: { [self] in state.withLock { $0.elapsed } },
            sleep: { [self] in try await sleep($0) })
    }

    /// Moves on in small steps, and lets whoever wakes do its work.
    func advance(by duration: Duration, step: Duration = .milliseconds(100)) async {
        var left = duration
        while left > .zero {
            let part = min(step, left)
            left -= part
            let due = state.withLock { state in
                state.elapsed += part
                let due = state.sleepers.filter { $0.value.until <= state.elapsed }
                for key in due.keys { state.sleepers[key] = nil }
                return due.values.map(\.continuation)
            }
            for continuation in due { continuation.resume() }
            for _ in 0..<20 { await Task.yield() }
        }
    }

    private func sleep(_ duration: Duration) async throws {
        let id = state.withLock { state in
            defer { state.sleeperNext += 1 }
            return state.sleeperNext
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return true }
                    state.sleepers[id] = Sleeper(until: state.elapsed + duration, continuation: continuation)
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let sleeper = state.withLock { state -> Sleeper? in
                if let sleeper = state.sleepers.removeValue(forKey: id) { return sleeper }
                state.cancelled.insert(id)
                return nil
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }
}

/// Waits until `condition` holds, moving the clock meanwhile; records an issue if it never does.
///
/// Storage takes its own time, which the clock does not know: each step lets it work, and when the clock has moved far enough it
/// stands still until the work is done, for half a minute at most.
func eventually(
    _ time: VirtualTime, within duration: Duration = .seconds(60), _ condition: () async throws -> Bool
) async throws -> Bool {
    var spent = Duration.zero
    while spent < duration {
        if try await condition() { return true }
        await time.advance(by: .milliseconds(100))
        spent += .milliseconds(100)
        for _ in 0..<200 { await Task.yield() }
    }
    let deadline = ContinuousClock.now + .seconds(30)
    while ContinuousClock.now < deadline {
        if try await condition() { return true }
        await Task.yield()
    }
    return try await condition()
}
