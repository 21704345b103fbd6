import FabricTypes
import Synchronization
import TriggerCore
import TriggerTestKit

/// Answers that all ask for one transaction, which is committed at once.
final class TestAnswers: AnswerHandler {
    private struct State {
        var stored: [HandlerAnswer] = []
        var settled: [[String]] = []
        var forgotten: [[String]] = []
    }

    private let state = Mutex(State())

    var settledKeys: [[String]] { state.withLock { $0.settled } }
    var forgottenKeys: [[String]] { state.withLock { $0.forgotten } }

    /// Puts an answer there as if it had been stored before a crash.
    func store(_ answer: HandlerAnswer) { state.withLock { $0.stored.append(answer) } }

    func settle(_ answer: HandlerAnswer) async throws -> AnswerOutcome {
        state.withLock { $0.settled.append(answer.key.eventIDs) }
        return .committed(["tx"])
    }

    func pending(_ key: AnswerKey) async throws -> HandlerAnswer? {
        state.withLock { state in state.stored.first { $0.key == key } }
    }

    func unforgotten(triggerID: String, replayID: String) async throws -> [HandlerAnswer] {
        state.withLock { state in state.stored.filter { $0.key.triggerID == triggerID && $0.key.replayID == replayID } }
    }

    func partlyRefused(triggerID: String) async throws -> [PartlyRefusedAnswer] { [] }

    func giveUp(_ key: AnswerKey) async throws -> Bool { false }

    func forget(_ key: AnswerKey) async throws {
        state.withLock { state in
            state.stored.removeAll { $0.key == key }
            state.forgotten.append(key.eventIDs)
        }
    }
}

enum TestSchedule {
    static func transaction(number: Int, function: String) -> MadeTransaction {
        transaction(number: number, functions: [("Org1MSP", function)])
    }

    static func transaction(
        number: Int, functions: [(organization: String, function: String)]
    ) -> MadeTransaction {
        var schedule = FunctionSchedule()
        schedule.entries = functions.map { organization, function in
            FunctionSchedule.Entry(
                organization: Bytes(organization), service: Bytes("shop"), function: Bytes(function),
                payload: Bytes("{}"))
        }
        var transaction = MadeTransaction(number: number)
        transaction.writes = [(FunctionSchedule.key, schedule.encoded())]
        return transaction
    }
}

/// True so many times.
final class Countdown: Sendable {
    private let rest: Mutex<Int>

    init(_ count: Int) {
        rest = Mutex(count)
    }

    func next() -> Bool {
        rest.withLock { rest in
            guard rest > 0 else { return false }
            rest -= 1
            return true
        }
    }
}
