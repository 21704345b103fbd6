internal import Dispatch
internal import FunctionCore
package import TriggerCore

/// The store of positions behind one thread. Triggers whose progress comes while the disk is busy share the next storage
/// transaction, so that they pay for one sync together.
package final class TriggerSaver: Sendable {
    private let store: any TriggerStore
    private let queue = DispatchQueue(label: "duet.triggers.store")
    /// At most one of each trigger: it waits for its save before it brings another.
    private let changes = GroupCommit<TriggerProgress, Void>(countMax: .max)

    package init(store: any TriggerStore) {
        self.store = store
    }

    /// On return the progress survives a loss of power.
    func save(_ progress: TriggerProgress) async throws {
        try await changes.perform(progress, refusal: CancellationError()) {
            queue.async { self.changes.drain(storing: self.store.save) }
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
