internal import FabricTypes
internal import FunctionTypes
internal import Synchronization
internal import TriggerCore

/// Verdicts that count for a while. At the bound those that have run out are forgotten, and if that is not enough, all.
final class VerdictCache: Sendable {
    static let countMax = 10_000

    struct Key: Hashable {
        var function: FunctionTarget
        var name: TriggerName
        var revision: String
        var question: Digest
    }

    private struct Entry {
        var answer: CheckAnswer
        var until: FunctionTypes.Timestamp
    }

    private let entries = Mutex<[Key: Entry]>([:])

    func answer(_ key: Key, now: FunctionTypes.Timestamp) -> CheckAnswer? {
        entries.withLock { entries in
            guard let entry = entries[key], now < entry.until else { return nil }
            return entry.answer
        }
    }

    func keep(_ answer: CheckAnswer, _ key: Key, for duration: Duration, now: FunctionTypes.Timestamp) {
        let until = now.adding(milliseconds: duration.components.seconds * 1_000)
        entries.withLock { entries in
            if entries.count >= Self.countMax {
                entries = entries.filter { now < $0.value.until }
                if entries.count >= Self.countMax { entries = [:] }
            }
            entries[key] = Entry(answer: answer, until: until)
        }
    }
}
