internal import FabricTypes
internal import Synchronization

/// When this peer committed the latest blocks: blocks themselves do not say.
///
/// Bounded by ``countMax``; of older blocks, and those from before the start, nothing is known. Safe to use from any thread.
final class CommitTimes: Sendable {
    private static let countMax = 50_000

    private struct State {
        /// Ascending by one.
        var times: [Timestamp] = []
        var firstNumber: BlockNumber = 0
    }

    private let state = Mutex(State())

    subscript(number: BlockNumber) -> Timestamp? {
        state.withLock { state in
            guard number >= state.firstNumber, number - state.firstNumber < UInt64(state.times.count) else {
                return nil
            }
            return state.times[Int(number - state.firstNumber)]
        }
    }

    func add(_ number: BlockNumber, at time: Timestamp) {
        state.withLock { state in
            if state.times.isEmpty { state.firstNumber = number }
            state.times.append(time)
            // A few at a time, so that the array is not moved with every block.
            guard state.times.count > Self.countMax + Self.countMax / 10 else { return }
            state.times.removeFirst(Self.countMax / 10)
            state.firstNumber += BlockNumber(Self.countMax / 10)
        }
    }
}
