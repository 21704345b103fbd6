internal import Synchronization

/// Keeps answers in memory: for tests and demonstrations.
package final class MemoryAnswerStore: AnswerStore {
    private struct State {
        var records: [AnswerKey: AnswerRecord] = [:]
        /// Oldest first.
        var order: [AnswerKey] = []
    }

    private let state = Mutex(State())

    package init() {}

    package func perform(_ changes: [AnswerChange]) throws {
        state.withLock { state in
            for change in changes {
                switch change {
                case .put(let record):
                    let key = record.answer.key
                    if state.records.updateValue(record, forKey: key) == nil { state.order.append(key) }
                case .keepLatest(let triggerID, let count):
                    let keys = state.order.filter { $0.triggerID == triggerID && $0.replayID.isEmpty }
                    for key in keys.dropLast(count) {
                        state.records[key] = nil
                        state.order.removeAll { $0 == key }
                    }
                case .remove(let key):
                    if state.records.removeValue(forKey: key) != nil { state.order.removeAll { $0 == key } }
                }
            }
        }
    }

    package func record(_ key: AnswerKey) throws -> AnswerRecord? {
        state.withLock { $0.records[key] }
    }

    package func records(triggerID: String, replayID: String) throws -> [AnswerRecord] {
        state.withLock { state in
            state.order.filter { $0.triggerID == triggerID && $0.replayID == replayID }.compactMap { state.records[$0] }
        }
    }
}
