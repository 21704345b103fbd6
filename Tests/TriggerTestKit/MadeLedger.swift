package import FabricTypes
package import FunctionTypes
internal import Synchronization
internal import TriggerCore
package import TriggerService

/// A ledger in memory that grows when told.
package final class MadeLedger: LedgerReading, LedgerDirectory {
    private struct State {
        var blocks: [Block] = []
        var waiters: [(UInt64, CheckedContinuation<Void, any Error>)] = []
    }

    package let isCommitted = true
    package let network = "test"
    package let organization = OrganizationName(unchecked: "Org1MSP")
    private let state = Mutex(State())

    package init() {
        append([])
    }

    package var height: UInt64 { state.withLock { UInt64($0.blocks.count) } }

    package func append(_ transactions: [MadeTransaction]) {
        let woken = state.withLock { state in
            state.blocks.append(madeBlock(after: state.blocks.last, transactions))
            let height = UInt64(state.blocks.count)
            let woken = state.waiters.filter { $0.0 < height }
            state.waiters.removeAll { $0.0 < height }
            return woken
        }
        for waiter in woken { waiter.1.resume() }
    }

    package func block(_ number: UInt64) -> Bytes? {
        state.withLock { number < UInt64($0.blocks.count) ? $0.blocks[Int(number)].encoded() : nil }
    }

    package func position(ofTransaction id: String) -> (block: BlockNumber, index: Int)? {
        for number in 0..<height {
            guard let bytes = block(number), let block = try? LedgerBlock(decoding: bytes, isCommitted: true) else {
                continue
            }
            if let index = block.transactions.firstIndex(where: { $0.transactionID == id }) { return (number, index) }
        }
        return nil
    }

    package func wait(above height: UInt64) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let answer: Result<Void, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if UInt64(state.blocks.count) > height { return .success(()) }
                    state.waiters.append((height, continuation))
                    return nil
                }
                if let answer { continuation.resume(with: answer) }
            }
        } onCancel: {
            let cancelled = state.withLock { state in
                defer { state.waiters = [] }
                return state.waiters
            }
            // Whoever is woken without need looks at the height and waits again.
            for waiter in cancelled { waiter.1.resume() }
        }
    }

    package func committed(_ channel: String, of organization: OrganizationName) -> (any LedgerReading)? {
        channel == "trade" ? self : nil
    }

    package func ordered(_ channel: String) -> (any LedgerReading)? { nil }

    package var memberships: [(organization: OrganizationName, channel: String)] { [(organization, "trade")] }
}
