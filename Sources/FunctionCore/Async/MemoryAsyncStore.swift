package import FunctionTypes
internal import Synchronization

/// A queue that forgets with the process: for tests and demonstrations.
package final class MemoryAsyncStore: AsyncStore {
    private struct State {
        var invocations: [AsyncInvocationKey: (AsyncInvocation, payload: [UInt8])] = [:]
        var deadLetters: [Int64: DeadLetter] = [:]
        var deadLetterNext: Int64 = 1
        var ticks: [String: Timestamp] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    package func perform(_ operations: [AsyncOperation]) -> [Bool] {
        state.withLock { state in operations.map { Self.perform($0, &state) } }
    }

    private static func perform(_ operation: AsyncOperation, _ state: inout State) -> Bool {
        switch operation {
        case .enqueue(let invocation, let payload):
            guard state.invocations[invocation.key] == nil else { return false }
            state.invocations[invocation.key] = (invocation, payload)
        case .tick(let timerID, let moment, let invocation, let payload):
            state.ticks[timerID] = moment
            if let invocation, state.invocations[invocation.key] == nil {
                state.invocations[invocation.key] = (invocation, payload)
            }
        case .update(let invocation):
            state.invocations[invocation.key]?.0 = invocation
        case .finish(let invocation, var deadLetter, let next):
            if invocation.isStateful {
                state.invocations[invocation.key]?.0 = invocation
            } else {
                state.invocations[invocation.key] = nil
            }
            deadLetter?.number = state.deadLetterNext
            if let deadLetter {
                state.deadLetters[deadLetter.number] = deadLetter
                state.deadLetterNext += 1
            }
            for (invocation, payload) in next { state.invocations[invocation.key] = (invocation, payload) }
        case .redrive(let number, let invocation, let payload):
            guard state.deadLetters.removeValue(forKey: number) != nil else { return false }
            state.invocations[invocation.key] = (invocation, payload)
        case .edit(let number, let payload):
            guard state.deadLetters[number] != nil else { return false }
            state.deadLetters[number]?.payload = payload
        }
        return true
    }

    package func due(
        at now: Timestamp, perFunction: Int, limit: Int, without running: Set<AsyncInvocationKey>
    ) -> [(AsyncInvocation, payload: [UInt8])] {
        state.withLock { state in
            var counts: [FunctionID: Int] = [:]
            for key in running { counts[key.function, default: 0] += 1 }
            let waiting = state.invocations.values
                .filter { !$0.0.status.isFinal && $0.0.dueAt <= now && !running.contains($0.0.key) }
                .sorted { $0.0.dueAt < $1.0.dueAt }
            var found: [(AsyncInvocation, payload: [UInt8])] = []
            for entry in waiting where found.count < limit && counts[entry.0.target.id, default: 0] < perFunction {
                counts[entry.0.target.id, default: 0] += 1
                found.append(entry)
            }
            return found
        }
    }

    package func nextDue(after now: Timestamp) -> Timestamp? {
        state.withLock { state in
            state.invocations.values.filter { !$0.0.status.isFinal && $0.0.dueAt > now }.map(\.0.dueAt).min()
        }
    }

    package func waitingCount() -> Int {
        state.withLock { $0.invocations.values.count { !$0.0.status.isFinal } }
    }

    package func invocation(_ key: AsyncInvocationKey) -> (AsyncInvocation, payload: [UInt8])? {
        state.withLock { $0.invocations[key] }
    }

    package func invocations(_ filter: AsyncFilter) -> [AsyncInvocation] {
        state.withLock { state in
            Self.page(state.invocations.values.map(\.0).filter { filter.matches($0) }, filter) {
                ($0.enqueuedAt, $0.id.rawValue)
            }
        }
    }

    package func deadLetters(_ filter: AsyncFilter) -> [DeadLetter] {
        state.withLock { state in
            Self.page(state.deadLetters.values.filter { filter.matches($0.invocation) }, filter) {
                ($0.buriedAt, "\($0.number)")
            }
        }
    }

    private static func page<Element>(
        _ elements: [Element], _ filter: AsyncFilter, by key: (Element) -> (Timestamp, String)
    ) -> [Element] {
        let sorted = elements.sorted { key($0) < key($1) }
        return Array((filter.isDescending ? sorted.reversed() : sorted).dropFirst(filter.offset).prefix(filter.limit))
    }

    package func deadLetter(_ number: Int64) -> DeadLetter? {
        state.withLock { $0.deadLetters[number] }
    }

    package func purgeDeadLetters(_ numbers: [Int64]) -> Int {
        state.withLock { state in numbers.count { state.deadLetters.removeValue(forKey: $0) != nil } }
    }

    package func lastTick(timerID: String) -> Timestamp? {
        state.withLock { $0.ticks[timerID] }
    }

    package func removeTimers(except timerIDs: Set<String>) {
        state.withLock { state in state.ticks = state.ticks.filter { timerIDs.contains($0.key) } }
    }

    package func removeFinished(before moment: Timestamp) {
        state.withLock { state in
            state.invocations = state.invocations.filter {
                !($0.value.0.status.isFinal && ($0.value.0.endedAt ?? moment) < moment)
            }
        }
    }
}

extension AsyncFilter {
    package func matches(_ invocation: AsyncInvocation) -> Bool {
        let target = invocation.target
        return target.id.organization == organization && service.map { $0 == target.id.service } ?? true
            && function.map { $0 == target.id.function } ?? true && qualifier.map { $0 == target.qualifier } ?? true
            && status.map { $0 == invocation.status } ?? true
            && idPrefix.map { invocation.id.rawValue.utf8.starts(with: $0.utf8) } ?? true
            && from.map { $0 <= invocation.enqueuedAt } ?? true && through.map { invocation.enqueuedAt <= $0 } ?? true
    }
}
