import FunctionTypes
import Synchronization

@testable import TriggerService

/// Functions that remember what they were given and answer as told.
final class TestFunctions: FunctionInvoking {
    struct Call: Sendable {
        var target: FunctionTarget
        var events: [JSONValue]

        var ids: [String] { events.compactMap { $0.objectValue?["id"]?.stringValue } }
    }

    private struct State {
        var calls: [Call] = []
        var waiters: [(@Sendable ([Call]) -> Bool, CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())
    private let isKnown: @Sendable (FunctionTarget) -> Bool
    private let answer: @Sendable (Call) async throws(FunctionError) -> InvocationOutcome

    init(
        answer: @escaping @Sendable (Call) async throws(FunctionError) -> InvocationOutcome = { _ in .event([]) },
        isKnown: @escaping @Sendable (FunctionTarget) -> Bool = { _ in true }
    ) {
        self.isKnown = isKnown
        self.answer = answer
    }

    func find(_ target: FunctionTarget) throws(FunctionError) {
        guard isKnown(target) else { throw FunctionError(.versionNotFound, "There is no \(target).") }
    }

    var calls: [Call] { state.withLock { $0.calls } }

    func invoke(_ invocation: Invocation) async throws(FunctionError) -> InvocationReport {
        guard case .event(let bytes) = invocation.payload, let json = try? JSONValue(parsing: bytes) else {
            throw FunctionError(.invalidArgument, "This is no event.")
        }
        let call = Call(target: invocation.target, events: json.arrayValue ?? [json])
        state.withLock { $0.calls.append(call) }
        wakeWaiters()
        let outcome = try await answer(call)
        wakeWaiters()
        return InvocationReport(
            requestID: invocation.requestID, outcome: outcome, version: nil, measurement: InvocationMeasurement(),
            logTail: [], codeChecksum: nil)
    }

    private func wakeWaiters() {
        let woken = state.withLock { state in
            // Asked once each: what a condition looks at may change meanwhile.
            let answers = state.waiters.map { ($0, $0.0(state.calls)) }
            state.waiters = answers.filter { !$0.1 }.map(\.0)
            return answers.filter(\.1).map(\.0)
        }
        for waiter in woken { waiter.1.resume() }
    }

    /// Returns once the calls so far satisfy the condition.
    func wait(until condition: @escaping @Sendable ([Call]) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if condition(state.calls) { return true }
                state.waiters.append((condition, continuation))
                return false
            }
            if isDone { continuation.resume() }
        }
    }
}
