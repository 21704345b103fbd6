internal import FunctionCore
internal import FunctionTypes

/// The stored queue behind one thread. Changes that come while the disk is busy share the next storage transaction, so that many
/// callers pay for one sync.
final class AsyncStorage: Sendable {
    private let store: any AsyncStore
    private let queue = BlockingQueue(label: "duet.functions.queue")
    private let operations = GroupCommit<AsyncOperation, Bool>()

    init(store: any AsyncStore) {
        self.store = store
    }

    /// Stores a change; on return it survives a loss of power.
    func perform(_ operation: AsyncOperation) async throws -> Bool {
        try await operations.perform(
            operation,
            refusal: FunctionError(
                .resourceThrottled, "The disk does not keep up with asynchronous invocations. Repeat later.")
        ) {
            queue.submit { self.operations.drain(self.store.perform) }
        }
    }

    /// Reads, after all changes before it.
    func read<Result: Sendable>(_ body: @escaping @Sendable (any AsyncStore) throws -> Result) async throws -> Result {
        let store = store
        return try await queue.run { try body(store) }
    }
}
