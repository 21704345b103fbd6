internal import Dispatch
internal import Synchronization
package import TriggerCore

/// The store of positions behind one thread. Triggers whose progress comes while the disk is busy share the next storage
/// transaction, so that they pay for one sync together.
package final class TriggerSaver: Sendable {
    private struct Pending {
        var progress: TriggerProgress
        var continuation: CheckedContinuation<Void, any Error>
    }

    private let store: any TriggerStore
    private let queue = DispatchQueue(label: "duet.triggers.store")
    /// At most one of each trigger: it waits for its save before it brings another.
    private let pending = Mutex<[Pending]>([])

    package init(store: any TriggerStore) {
        self.store = store
    }

    /// On return the progress survives a loss of power.
    func save(_ progress: TriggerProgress) async throws {
        try await withCheckedThrowingContinuation { continuation in
            let isFirst = pending.withLock { pending in
                pending.append(Pending(progress: progress, continuation: continuation))
                return pending.count == 1
            }
            if isFirst { queue.async { self.drain() } }
        }
    }

    private func drain() {
        let batch = pending.withLock { pending in
            defer { pending = [] }
            return pending
        }
        do {
            try store.save(batch.map(\.progress))
            for entry in batch { entry.continuation.resume() }
        } catch {
            for entry in batch { entry.continuation.resume(throwing: error) }
        }
    }

    /// Runs a call of the store after all that were begun before it.
    package func perform<Result: Sendable>(
        _ body: @escaping @Sendable (any TriggerStore) throws -> Result
    ) async throws -> Result {
        let store = store
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result { try body(store) }) }
        }
    }
}
