package import FabricTypes
internal import Synchronization

/// Wakes those who wait for a chain to grow.
///
/// Whoever adds blocks is never held up: it sets a number and resumes the waiters. There are no more waiters than callers,
/// whose count is bounded where streams are taken in. Safe to use from any thread.
package final class HeightFeed: Sendable {
    private struct State {
        var height: BlockNumber
        var halt: ChainHalted?
        var nextWaiter: UInt64 = 0
        var waiters: [UInt64: Waiter] = [:]
    }

    private struct Waiter {
        let height: BlockNumber
        let continuation: CheckedContinuation<BlockNumber, any Error>
    }

    private let state: Mutex<State>

    /// - Parameter height: the number of the last block plus one.
    package init(height: BlockNumber) {
        state = Mutex(State(height: height))
    }

    package var height: BlockNumber { state.withLock { $0.height } }

    /// Why the chain takes no more blocks; nil while it does.
    package var halt: ChainHalted? { state.withLock { $0.halt } }

    /// Makes blocks known that can be read from now on.
    package func raise(to height: BlockNumber) {
        let woken = state.withLock { state in
            precondition(height >= state.height, "a chain does not shrink")
            state.height = height
            return Self.remove(from: &state) { $0.height < height }
        }
        for waiter in woken { waiter.continuation.resume(returning: height) }
    }

    /// Ends all waiting, now and later: no more blocks will come.
    package func halt(_ reason: ChainHalted) {
        let woken = state.withLock { state in
            if state.halt == nil { state.halt = reason }
            return Self.remove(from: &state) { _ in true }
        }
        for waiter in woken { waiter.continuation.resume(throwing: reason) }
    }

    private static func remove(from state: inout State, where condition: (Waiter) -> Bool) -> [Waiter] {
        let keys = state.waiters.filter { condition($0.value) }.keys
        return keys.compactMap { state.waiters.removeValue(forKey: $0) }
    }

    /// Returns the height once it is above `height`.
    ///
    /// - Throws: ``ChainHalted``, `CancellationError`.
    package func wait(above height: BlockNumber) async throws -> BlockNumber {
        let key = state.withLock { state in
            defer { state.nextWaiter &+= 1 }
            return state.nextWaiter
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enroll(Waiter(height: height, continuation: continuation), as: key)
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: key) }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }

    private func enroll(_ waiter: Waiter, as key: UInt64) {
        let answer: Result<BlockNumber, any Error>? = state.withLock { state in
            // Cancelled before it was enrolled: the handler has found nobody to wake.
            if Task.isCancelled { return .failure(CancellationError()) }
            if state.height > waiter.height { return .success(state.height) }
            if let halt = state.halt { return .failure(halt) }
            state.waiters[key] = waiter
            return nil
        }
        if let answer { waiter.continuation.resume(with: answer) }
    }
}
