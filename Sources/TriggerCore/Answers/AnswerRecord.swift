package import FunctionTypes

/// An answer with transactions as it is stored: before the first of them is submitted, until its trigger's position stands behind
/// its events.
package struct AnswerRecord: Hashable, Sendable {
    package enum Standing: Hashable, Sendable, Codable {
        /// Not all of its transactions are known to stand valid in the ledger.
        case open
        /// All do, by id, in the answer's order.
        case committed([String])
    }

    /// The function's answer. Emptied once all is settled: it may hold transient values.
    package var answer: HandlerAnswer
    /// Names the certificate whose holder sends all of its transactions, also where the service has a newer one by then.
    package var certificateID: String
    package var standing: Standing
    /// How many transactions stand valid in the ledger, from the first on.
    package var committedCount: Int
    /// Of those, the transactions' ids.
    package var committedIDs: [String] = []
    /// Why the next transaction was refused; nil where none was.
    package var refusal: String?
    /// For people.
    package var storedAt: FunctionTypes.Timestamp

    package init(answer: HandlerAnswer, certificateID: String, storedAt: FunctionTypes.Timestamp) {
        self.answer = answer
        self.certificateID = certificateID
        self.storedAt = storedAt
        standing = .open
        committedCount = 0
    }

}

/// Keeps answers. Calls block and may come from any thread, one at a time.
package protocol AnswerStore: Sendable {
    /// All at once, durably when it returns.
    func perform(_ changes: [AnswerChange]) throws

    func record(_ key: AnswerKey) throws -> AnswerRecord?

    /// All answers of a trigger, oldest first.
    func records(triggerID: String, replayID: String) throws -> [AnswerRecord]
}

package enum AnswerChange: Sendable {
    /// A new answer, or a new standing of one that is there.
    case put(AnswerRecord)
    /// It is needed no more: nothing of it took effect, or nobody asks for it again.
    case remove(AnswerKey)
    /// Forgets all but the latest of a trigger's live answers.
    case keepLatest(triggerID: String, count: Int)
}
