internal import FabricTypes
internal import Synchronization

/// The last blocks of a channel, so that those who follow it closely do not read the disk.
final class RecentBlocks: Sendable {
    /// 32 MiB for each channel; the newest block stays, however large.
    static let byteCountMax = 32 << 20

    private struct State {
        var blocks: [Bytes] = []
        var firstNumber: BlockNumber = 0
        var byteCount = 0
    }

    private let state = Mutex(State())

    func append(_ blocks: [(number: BlockNumber, bytes: Bytes)]) {
        state.withLock { state in
            for block in blocks {
                if state.blocks.isEmpty { state.firstNumber = block.number }
                precondition(
                    state.firstNumber + BlockNumber(state.blocks.count) == block.number, "no block is left out")
                state.blocks.append(block.bytes)
                state.byteCount += block.bytes.count
            }
            var dropCount = 0
            while state.byteCount > Self.byteCountMax, dropCount < state.blocks.count - 1 {
                state.byteCount -= state.blocks[dropCount].count
                dropCount += 1
            }
            state.blocks.removeFirst(dropCount)
            state.firstNumber += BlockNumber(dropCount)
        }
    }

    subscript(number: BlockNumber) -> Bytes? {
        state.withLock { state in
            guard number >= state.firstNumber, number - state.firstNumber < BlockNumber(state.blocks.count) else {
                return nil
            }
            return state.blocks[Int(number - state.firstNumber)]
        }
    }
}
