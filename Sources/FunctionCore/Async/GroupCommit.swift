internal import Synchronization

/// Changes that come while the disk is busy and share the next storage transaction, so that many callers pay for one sync.
///
/// It knows no thread: whoever owns the disk's thread drains it there.
package final class GroupCommit<Change: Sendable, Answer: Sendable>: Sendable {
    private struct Pending {
        var change: Change
        var continuation: CheckedContinuation<Answer, any Error>
    }

    /// Changes that wait for the disk; more are refused.
    private let countMax: Int
    private let pending = Mutex<[Pending]>([])

    package init(countMax: Int = 10_000) {
        self.countMax = countMax
    }

    /// Waits until a drain has stored the change.
    ///
    /// - Parameters:
    ///   - refusal: thrown where too many wait already.
    ///   - submit: called for the first change after a drain; is to have the next one run.
    /// - Throws: what storing the change's batch throws.
    package func perform(
        _ change: Change, refusal: @autoclosure () -> any Error, submit: () -> Void
    ) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            let place = pending.withLock { pending -> Int? in
                guard pending.count < countMax else { return nil }
                pending.append(Pending(change: change, continuation: continuation))
                return pending.count
            }
            if place == nil { continuation.resume(throwing: refusal()) }
            if place == 1 { submit() }
        }
    }

    /// Stores all that wait, in their order. Blocks for as long as `store` does.
    ///
    /// - Parameter store: answers each change; what it throws all of them get.
    package func drain(_ store: ([Change]) throws -> [Answer]) {
        let batch = pending.withLock { pending in
            defer { pending = [] }
            return pending
        }
        guard !batch.isEmpty else { return }
        do {
            let answers = try store(batch.map(\.change))
            precondition(answers.count == batch.count, "a store answers each change")
            for (entry, answer) in zip(batch, answers) { entry.continuation.resume(returning: answer) }
        } catch {
            for entry in batch { entry.continuation.resume(throwing: error) }
        }
    }
}

extension GroupCommit where Answer == Void {
    /// Stores all that wait, where nothing is answered.
    package func drain(storing store: ([Change]) throws -> Void) {
        drain { changes in
            try store(changes)
            return changes.map { _ in () }
        }
    }
}
