internal import Dispatch
internal import FunctionCore
internal import TriggerCore

/// The stored answers behind one thread. Changes that come while the disk is busy share the next storage transaction, so that
/// many answers pay for one sync.
final class AnswerStorage: Sendable {
    private let store: any AnswerStore
    private let queue = DispatchQueue(label: "duet.triggers.answers")
    private let changes = GroupCommit<AnswerChange, Void>()

    init(store: any AnswerStore) {
        self.store = store
    }

    /// Stores a change; on return it survives a loss of power.
    func perform(_ change: AnswerChange) async throws {
        try await changes.perform(
            change,
            refusal: AnswerError(
                .overloaded, "The disk does not keep up with functions' answers. They are settled later.")
        ) {
            queue.async { self.changes.drain(storing: self.store.perform) }
        }
    }

    /// Reads, after all changes before it.
    func read<Value: Sendable>(_ body: @escaping @Sendable (any AnswerStore) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [store] in continuation.resume(with: Result { try body(store) }) }
        }
    }
}
