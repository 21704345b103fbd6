package import FabricTypes
internal import Synchronization

/// Tells how high a channel's ledger has grown, and wakes those who wait for it to grow.
///
/// A waiter is told that there is more, never what it is: it reads the ledger, so nothing is kept for slow ones. Waking
/// only hands tasks to the executor; the committer never waits for anybody. Safe to use from any thread.
package final class CommitFeed: Sendable {
    /// At the bound ``wait(above:)`` throws ``PeerError/Code/tooManyWaiters``. A waiter takes some hundred bytes.
    package static let waiterCountMaxDefault = 100_000

    private struct State {
        var height: BlockNumber
        /// Set once the channel commits no more.
        var end: PeerError?
        var waiters: [UInt64: Waiter] = [:]
        var nextWaiter: UInt64 = 0
    }

    private struct Waiter {
        let height: BlockNumber
        let continuation: CheckedContinuation<BlockNumber, any Error>
    }

    private let state: Mutex<State>
    private let waiterCountMax: Int

    package init(height: BlockNumber, waiterCountMax: Int = waiterCountMaxDefault) {
        state = Mutex(State(height: height))
        self.waiterCountMax = waiterCountMax
    }

    /// Number of committed blocks whose effects every new snapshot shows.
    package var height: BlockNumber { state.withLock(\.height) }

    package var waiterCount: Int { state.withLock(\.waiters.count) }

    /// Returns the height once it is above `height`.
    ///
    /// - Throws: `CancellationError`; ``PeerError`` `channelStopped` once the channel commits no more, `tooManyWaiters`.
    package func wait(above height: BlockNumber) async throws -> BlockNumber {
        let number = state.withLock { state in
            state.nextWaiter &+= 1
            return state.nextWaiter
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let answer = register(number, Waiter(height: height, continuation: continuation))
                if let answer { continuation.resume(with: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: number) }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }

    /// - Returns: the answer if there is one already, and nothing is registered then.
    private func register(_ number: UInt64, _ waiter: Waiter) -> Result<BlockNumber, any Error>? {
        state.withLock { state in
            if state.height > waiter.height { return .success(state.height) }
            if let end = state.end { return .failure(end) }
            guard state.waiters.count < waiterCountMax else {
                return .failure(PeerError.tooManyWaiters(waiterCountMax))
            }
            // A cancellation before this line found nobody to wake.
            if Task.isCancelled { return .failure(CancellationError()) }
            state.waiters[number] = waiter
            return nil
        }
    }

    /// Says that blocks below `height` are committed and visible.
    func publish(height: BlockNumber) {
        let woken = state.withLock { state in
            precondition(height >= state.height, "a ledger never shrinks")
            state.height = height
            let woken = state.waiters.filter { $0.value.height < height }
            for number in woken.keys { state.waiters[number] = nil }
            return woken
        }
        for waiter in woken.values { waiter.continuation.resume(returning: height) }
    }

    /// Says that nothing more will be committed. The first reason counts.
    func finish(_ reason: PeerError) {
        let woken = state.withLock { state in
            if state.end == nil { state.end = reason }
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in woken.values { waiter.continuation.resume(throwing: reason) }
    }
}
