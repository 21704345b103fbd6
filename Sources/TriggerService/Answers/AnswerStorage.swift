internal import Dispatch
internal import Synchronization
internal import TriggerCore

/// The stored answers behind one thread. Changes that come while the disk is busy share the next storage transaction, so that
/// many answers pay for one sync.
final class AnswerStorage: Sendable {
    /// Changes waiting for the disk; more are refused.
    static let pendingCountMax = 10_000

    private struct Pending {
        var change: AnswerChange
        var continuation: CheckedContinuation<Void, any Error>
    }

    private let store: any AnswerStore
    private let queue = DispatchQueue(label: "duet.triggers.answers")
    private let pending = Mutex<[Pending]>([])

    init(store: any AnswerStore) {
        self.store = store
    }

    /// Stores a change; on return it survives a loss of power.
    func perform(_ change: AnswerChange) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            let count = pending.withLock { pending in
                if pending.count < Self.pendingCountMax {
                    pending.append(Pending(change: change, continuation: continuation))
                    return pending.count
                }
                return Self.pendingCountMax + 1
            }
            if count > Self.pendingCountMax {
                continuation.resume(
                    throwing: AnswerError(
                        .overloaded, "The disk does not keep up with functions' answers. They are settled later."))
            } else if count == 1 {
                queue.async { self.drain() }
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
            try store.perform(batch.map(\.change))
            for entry in batch { entry.continuation.resume() }
        } catch {
            for entry in batch { entry.continuation.resume(throwing: error) }
        }
    }

    /// Reads, after all changes before it.
    func read<Value: Sendable>(_ body: @escaping @Sendable (any AnswerStore) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [store] in continuation.resume(with: Result { try body(store) }) }
        }
    }
}
