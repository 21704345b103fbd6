internal import FabricTypes
internal import Synchronization

/// The blocks committed last, so that many who follow a channel do not all read them from disk.
///
/// Bounded by ``byteCountMax`` and ``blockCountMax``, whichever is reached first. Safe to use from any thread.
final class RecentBlocks: Sendable {
    private static let byteCountMax = 32 << 20
    private static let blockCountMax = 64

    private struct State {
        /// Ascending by one.
        var blocks: [Bytes] = []
        var firstNumber: BlockNumber = 0
        var byteCount = 0
    }

    private let state = Mutex(State())

    subscript(number: BlockNumber) -> Bytes? {
        state.withLock { state in
            guard number >= state.firstNumber, number - state.firstNumber < UInt64(state.blocks.count) else {
                return nil
            }
            return state.blocks[Int(number - state.firstNumber)]
        }
    }

    func add(_ block: Bytes, number: BlockNumber) {
        state.withLock { state in
            if state.blocks.isEmpty { state.firstNumber = number }
            precondition(number == state.firstNumber + UInt64(state.blocks.count), "blocks are committed in order")
            state.blocks.append(block)
            state.byteCount += block.count
            while state.byteCount > Self.byteCountMax || state.blocks.count > Self.blockCountMax, !state.blocks.isEmpty
            {
                state.byteCount -= state.blocks.removeFirst().count
                state.firstNumber += 1
            }
        }
    }
}
