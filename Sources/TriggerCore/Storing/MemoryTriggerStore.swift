internal import FunctionTypes
internal import Synchronization

/// Positions that are forgotten with the process: for tests and demonstrations.
package final class MemoryTriggerStore: TriggerStore {
    private struct State {
        var positions: [PositionName: StoredPosition] = [:]
        var outcomes: [PositionName: [LedgerPoint: EventOutcome]] = [:]
        var parked: [PositionName: [LedgerPoint: ParkedEvent]] = [:]
        var deadLetters: [TriggerDeadLetter] = []
        var replays: [String: ReplayRecord] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    package var deadLetters: [TriggerDeadLetter] { state.withLock { $0.deadLetters } }

    package func save(_ changes: [TriggerProgress]) {
        state.withLock { state in
            for change in changes {
                var position = state.positions[change.name] ?? StoredPosition(watermark: .zero)
                position.watermark = change.watermark
                position.hashBefore = change.hashBefore
                position.settled.formUnion(change.settled)
                position.settled = position.settled.filter { $0 >= change.watermark }
                switch change.stop {
                case .unchanged: break
                case .running: position.stop = nil
                case .stopped(let reason): position.stop = reason
                }
                state.positions[change.name] = position
                for outcome in change.outcomes { state.outcomes[change.name, default: [:]][outcome.point] = outcome }
                for event in change.parked where state.parked[change.name]?[event.point] == nil {
                    state.parked[change.name, default: [:]][event.point] = event
                }
                for point in change.unparked { state.parked[change.name]?[point] = nil }
                state.deadLetters += change.deadLetters
            }
        }
    }

    package func position(_ name: PositionName) -> StoredPosition? { state.withLock { $0.positions[name] } }

    package func seek(_ name: PositionName, to watermark: LedgerPoint, hashBefore: [UInt8]) {
        state.withLock { state in
            let isPaused = state.positions[name]?.isPaused ?? false
            state.positions[name] = StoredPosition(watermark: watermark, hashBefore: hashBefore, isPaused: isPaused)
        }
    }

    package func setPaused(_ name: PositionName, _ isPaused: Bool) {
        state.withLock { state in
            state.positions[name]?.isPaused = isPaused
            if !isPaused { state.positions[name]?.stop = nil }
        }
    }

    package func parkedKeys(_ name: PositionName) -> [ParkedKey] {
        state.withLock { state in
            Dictionary(grouping: (state.parked[name] ?? [:]).values, by: \.key).map { key, events in
                let sorted = events.sorted { $0.point < $1.point }
                return ParkedKey(
                    key: key, first: sorted[0].point, last: sorted[sorted.count - 1].point, eventCount: events.count,
                    reason: sorted.lazy.compactMap(\.reason).first ?? "")
            }.sorted { $0.first < $1.first }
        }
    }

    package func parkedEvents(
        _ name: PositionName, key: String, from start: LedgerPoint, limit: Int
    ) -> [LedgerPoint] {
        state.withLock { state in
            let points = (state.parked[name] ?? [:]).values.filter { $0.key == key && $0.point >= start }.map(\.point)
            return Array(points.sorted().prefix(limit))
        }
    }

    package func outcomes(_ name: PositionName, below end: LedgerPoint?, limit: Int) -> [EventOutcome] {
        state.withLock { state in
            let found = (state.outcomes[name] ?? [:]).values.filter { outcome in end.map { outcome.point < $0 } ?? true
            }
            return Array(found.sorted { $0.point > $1.point }.prefix(limit))
        }
    }

    package func outcome(_ name: PositionName, at point: LedgerPoint) -> EventOutcome? {
        state.withLock { $0.outcomes[name]?[point] }
    }

    package func outcomes(ofTransaction index: Int, inBlock block: UInt64, of channel: String) -> [NamedOutcome] {
        state.withLock { state in
            state.outcomes.filter { $0.key.channel == channel }.flatMap { name, outcomes in
                outcomes.values.filter { $0.point.block == block && $0.point.transaction == index }
                    .map { NamedOutcome(name: name, outcome: $0) }
            }
        }
    }

    package func isParked(_ name: PositionName, at point: LedgerPoint) -> Bool {
        state.withLock { $0.parked[name]?[point] != nil }
    }

    package func saveReplay(_ replay: ReplayRecord) { state.withLock { $0.replays[replay.id] = replay } }

    package func replays(triggerID: String) -> [ReplayRecord] {
        state.withLock { state in
            state.replays.values.filter { $0.triggerID == triggerID }.sorted { $0.startedAt < $1.startedAt }
        }
    }

    package func removeTriggers(where isGone: (String) -> Bool) {
        state.withLock { state in
            state.positions = state.positions.filter { !isGone($0.key.triggerID) }
            state.outcomes = state.outcomes.filter { !isGone($0.key.triggerID) }
            state.parked = state.parked.filter { !isGone($0.key.triggerID) }
            state.replays = state.replays.filter { !isGone($0.value.triggerID) }
        }
    }
}
