internal import Synchronization
internal import TriggerCore

/// Why answers of a run are not settled yet, while each is tried again.
final class SettlingProblem: Sendable {
    private let reasons = Mutex<[AnswerKey: String]>([:])

    /// About one of the answers, in a whole sentence; nil where nothing is in the way.
    var text: String? {
        reasons.withLock { reasons in
            let first = reasons.min { $0.key.eventIDs.lexicographicallyPrecedes($1.key.eventIDs) }
            return first.map { key, reason in
                "The answer to event \(key.eventIDs.first ?? "") is not settled yet: \(reason)"
            }
        }
    }

    func note(_ error: any Error, of key: AnswerKey) {
        reasons.withLock { $0[key] = "\(error)" }
    }

    func clear(of key: AnswerKey) {
        reasons.withLock { $0[key] = nil }
    }
}
