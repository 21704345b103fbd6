internal import Dispatch
internal import Logging
internal import Synchronization
internal import TriggerCore

/// Records of checks behind one thread: written in the background, those that come while the disk is busy together.
final class CheckRecords: Sendable {
    /// Waiting for the disk; more are dropped.
    static let pendingCountMax = 10_000

    private let store: any CheckStore
    private let logger: Logger
    private let queue = DispatchQueue(label: "duet.triggers.checks")
    private let pending = Mutex<[CheckRecord]>([])

    init(store: any CheckStore, logger: Logger) {
        self.store = store
        self.logger = logger
    }

    /// Returns at once; false where the record is dropped.
    func keep(_ record: CheckRecord) -> Bool {
        let count = pending.withLock { pending in
            guard pending.count < Self.pendingCountMax else { return 0 }
            pending.append(record)
            return pending.count
        }
        if count == 1 { queue.async { self.drain() } }
        return count > 0
    }

    private func drain() {
        let batch = pending.withLock { pending in
            defer { pending = [] }
            return pending
        }
        do {
            try store.add(batch)
        } catch {
            logger.warning("Verdicts of endorsement checks were not kept", metadata: ["error": "\(error)"])
        }
    }

    /// Reads, after everything kept before.
    func read<Value: Sendable>(_ body: @escaping @Sendable (any CheckStore) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [store] in continuation.resume(with: Result { try body(store) }) }
        }
    }
}
