internal import Dispatch
internal import Logging
internal import Synchronization

/// Records behind one thread: written in the background, those that come while the disk is busy together.
final class BackgroundRecords<Record: Sendable>: Sendable {
    /// Waiting for the disk; more are dropped.
    static var pendingCountMax: Int { 10_000 }

    private let add: @Sendable ([Record]) throws -> Void
    private let logger: Logger
    private let queue = DispatchQueue(label: "duet.triggers.records")
    private let pending = Mutex<[Record]>([])

    /// - Parameter add: stores records. Blocks.
    init(logger: Logger, add: @escaping @Sendable ([Record]) throws -> Void) {
        self.logger = logger
        self.add = add
    }

    /// Returns at once; false where the record is dropped.
    func keep(_ record: Record) -> Bool {
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
            try add(batch)
        } catch {
            logger.warning("Records of asked functions were not kept", metadata: ["error": "\(error)"])
        }
    }

    /// Reads, after everything kept before.
    func read<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body() }) }
        }
    }
}
