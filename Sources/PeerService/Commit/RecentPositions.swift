internal import FabricTypes
internal import LedgerCore
internal import Synchronization

/// Where the transactions stand that became valid lately: most questions are about these.
///
/// The ledger would have to read a whole block for each answer. Invalid transactions are left to it, since it knows whether an
/// earlier one bore the same id. Bounded by ``countMax``; safe to use from any thread.
final class RecentPositions: Sendable {
    /// About 2 MiB for a channel.
    private static let countMax = 10_000

    private struct State {
        var positions: [Bytes: TransactionPosition] = [:]
        /// Oldest first.
        var order: [Bytes] = []
    }

    private let state = Mutex(State())

    subscript(id: Bytes) -> TransactionPosition? {
        state.withLock { $0.positions[id] }
    }

    /// - Parameter block: committed, so that a valid transaction in it is the only one with its id.
    func add(_ block: CommittedBlock) {
        let codes = block.codes
        state.withLock { state in
            for (index, id) in block.transactionIDs.enumerated() where !id.isEmpty && codes[index].isValid {
                // A slice would keep its whole block in memory.
                let id = id.detached()
                state.positions[id] = TransactionPosition(
                    blockNumber: block.number, transactionIndex: index, code: codes[index])
                state.order.append(id)
            }
            let excess = state.order.count - Self.countMax
            // Some at a time, so that the array is not moved with every block.
            guard excess > Self.countMax / 10 else { return }
            for id in state.order.prefix(excess) { state.positions[id] = nil }
            state.order.removeFirst(excess)
        }
    }
}
