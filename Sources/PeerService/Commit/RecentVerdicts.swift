internal import FabricTypes
internal import LedgerCore
internal import Synchronization

/// What the peer thought of the transactions it found invalid lately, in its own words.
///
/// Bounded by ``countMax``; what has fallen out is worked out again from the ledger. Safe to use from any thread.
final class RecentVerdicts: Sendable {
    private static let countMax = 10_000

    private struct State {
        var verdicts: [Version: TransactionVerdict] = [:]
        /// Oldest first.
        var order: [Version] = []
    }

    private let state = Mutex(State())

    subscript(version: Version) -> TransactionVerdict? {
        state.withLock { $0.verdicts[version] }
    }

    func add(_ block: CommittedBlock) {
        state.withLock { state in
            for (index, verdict) in block.verdicts.enumerated() where !verdict.code.isValid {
                let version = Version(blockNumber: block.number, transactionIndex: UInt64(index))
                state.verdicts[version] = verdict
                state.order.append(version)
            }
            let excess = state.order.count - Self.countMax
            // A few at a time, so that the array is not moved with every block.
            guard excess > Self.countMax / 10 else { return }
            for version in state.order.prefix(excess) { state.verdicts[version] = nil }
            state.order.removeFirst(excess)
        }
    }
}
