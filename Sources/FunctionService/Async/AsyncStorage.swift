internal import FunctionCore
internal import FunctionTypes
internal import Synchronization

/// The stored queue behind one thread. Changes that come while the disk is busy share the next storage transaction, so that many
/// callers pay for one sync.
final class AsyncStorage: Sendable {
    /// Changes waiting for the disk; more are refused.
    static let pendingCountMax = 10_000

    private struct Pending {
        var operation: AsyncOperation
        var continuation: CheckedContinuation<Bool, any Error>
    }

    private let store: any AsyncStore
    private let queue = BlockingQueue(label: "duet.functions.queue")
    private let pending = Mutex<[Pending]>([])

    init(store: any AsyncStore) {
        self.store = store
    }

    /// Stores a change; on return it survives a loss of power.
    func perform(_ operation: AsyncOperation) async throws -> Bool {
        try await withCheckedThrowingContinuation { continuation in
            let count = pending.withLock { pending in
                if pending.count < Self.pendingCountMax {
                    pending.append(Pending(operation: operation, continuation: continuation))
                    return pending.count
                }
                return Self.pendingCountMax + 1
            }
            if count > Self.pendingCountMax {
                continuation.resume(
                    throwing: FunctionError(
                        .resourceThrottled, "The disk does not keep up with asynchronous invocations. Repeat later."))
            } else if count == 1 {
                queue.submit { self.drain() }
            }
        }
    }

    private func drain() {
        let batch = pending.withLock { pending in
            defer { pending = [] }
            return pending
        }
        guard !batch.isEmpty else { return }
        do {
            let results = try store.perform(batch.map(\.operation))
            for (entry, result) in zip(batch, results) { entry.continuation.resume(returning: result) }
        } catch {
            for entry in batch { entry.continuation.resume(throwing: error) }
        }
    }

    /// Reads, after all changes before it.
    func read<Result: Sendable>(_ body: @escaping @Sendable (any AsyncStore) throws -> Result) async throws -> Result {
        let store = store
        return try await queue.run { try body(store) }
    }
}
