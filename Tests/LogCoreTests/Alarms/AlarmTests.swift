import LogCore
import Testing

@Suite("Alarms")
struct AlarmTests {
    func makeRule(consecutiveCount: Int = 1, repeatSeconds: Int64 = 600) throws -> AlarmRule {
        AlarmRule(
            name: "too-many", logstore: try LogstoreName(validating: "web"), query: "level: error",
            condition: "count > 10",
            consecutiveCount: consecutiveCount, repeatSeconds: repeatSeconds, target: .address("http://localhost/x"))
    }

    /// Takes in an evaluation and answers with the notice that followed, as if it were delivered at once.
    func evaluate(
        _ state: inout AlarmState, _ rule: AlarmRule, _ evaluation: AlarmState.Evaluation, at time: Int64
    ) -> AlarmState.Notice? {
        state.evaluated(rule, evaluation, at: time)
        let notice = state.pending.first?.notice
        if let notice { state.attempted(notice, failure: nil, at: time) }
        return notice
    }

    @Test("fires once, again after a while, and resolves once")
    func lifeCycle() throws {
        let rule = try makeRule()
        var state = AlarmState()

        #expect(evaluate(&state, rule, .doesNotHold, at: 0) == nil)
        #expect(evaluate(&state, rule, .holds(["count": "11"]), at: 60)?.kind == .firing)
        #expect(evaluate(&state, rule, .holds(["count": "12"]), at: 120) == nil)
        let again = evaluate(&state, rule, .holds(["count": "12"]), at: 660)
        #expect(
            again?.kind == .stillFiring && again?.since == 60 && again?.time == 660 && again?.row == ["count": "12"])
        #expect(evaluate(&state, rule, .failed("no disk"), at: 720) == nil)
        #expect(state.phase == .firing(since: 60, notifiedAt: 660))
        #expect(evaluate(&state, rule, .doesNotHold, at: 780)?.kind == .resolved)
        #expect(evaluate(&state, rule, .doesNotHold, at: 840) == nil)
        #expect(
            state.history.map(\.event).filter { $0 != "delivered" } == ["firing", "stillFiring", "failed", "resolved"])
    }

    @Test("waits for the condition to hold several times in a row")
    func consecutive() throws {
        let rule = try makeRule(consecutiveCount: 3)
        var state = AlarmState()

        for (time, holds) in [true, true, false, true, true].enumerated() {
            #expect(evaluate(&state, rule, holds ? .holds([:]) : .doesNotHold, at: Int64(time)) == nil)
        }
        #expect(evaluate(&state, rule, .holds([:]), at: 9)?.kind == .firing)
    }

    @Test("silence keeps notices back but not the history")
    func silence() throws {
        let rule = try makeRule()
        var state = AlarmState()
        state.silence(until: 100, at: 0)

        #expect(evaluate(&state, rule, .holds([:]), at: 50) == nil)
        #expect(state.phase == .firing(since: 50, notifiedAt: 50))
        #expect(evaluate(&state, rule, .doesNotHold, at: 100)?.kind == .resolved)
        #expect(state.history.map(\.event) == ["silenced", "firing", "resolved", "delivered"])
    }

    @Test("evaluations fall on whole multiples of the interval")
    func schedule() throws {
        let rule = try makeRule()
        var state = AlarmState()

        #expect(state.isDue(at: 61))
        state.begin(rule, at: 61)
        #expect(!state.isDue(at: 119) && state.isDue(at: 120))
    }

    @Test("a notice stays until its target took it, up to a number of tries")
    func delivery() throws {
        let rule = try makeRule()
        var state = AlarmState()
        state.evaluated(rule, .holds([:]), at: 1)
        let notice = try #require(state.pending.first?.notice)

        state.attempted(notice, failure: "no answer", at: 2)
        #expect(state.pending.map(\.attemptCount) == [1])
        for time in 3...Int64(AlarmState.attemptCountMax + 1) {
            state.attempted(notice, failure: "no answer", at: time)
        }
        #expect(state.pending.isEmpty)
        #expect(state.history.map(\.event) == ["firing", "notDelivered", "givenUp"])
    }

    @Test("the history is bounded")
    func historyBound() throws {
        var state = AlarmState()
        for time in 0..<Int64(300) {
            state.evaluated(try makeRule(), .failed(String(repeating: "x", count: 9_000)), at: time)
        }
        #expect(state.history.count == AlarmState.historyCountMax)
        #expect(state.history.allSatisfy { $0.detail.utf8.count < 600 })
    }

    @Test(
        "conditions",
        arguments: [
            ("count > 10", "11", true), ("count > 10", "10", false), ("count>=10", "10", true),
            ("Count < 1e3", "999", true),
            ("count <= -1", "-1.5", true), ("count == 3", "3.0", true), ("count != 3", "3", false),
            ("\"count\" > 0", "1", true),
        ])
    func conditions(text: String, value: String, holds: Bool) throws {
        let condition = try #require(AlarmCondition(text))

        let row = condition.firstRow(in: [["x", nil], ["x", value]], columns: ["other", "count"])
        #expect((row != nil) == holds)
    }

    @Test("what is no condition", arguments: ["", "count", "> 3", "count > x", "count >", "count ~ 3", "count = 3"])
    func noCondition(text: String) {
        #expect(AlarmCondition(text) == nil)
    }

    @Test("every problem of a rule is told at once")
    func problems() throws {
        #expect(try makeRule().problems.isEmpty)
        let rule = AlarmRule(
            name: "A", logstore: try LogstoreName(validating: "web"), query: "(", windowSeconds: 0, intervalSeconds: 1,
            condition: "x", consecutiveCount: 0, repeatSeconds: -1, target: .address("file:///etc"))
        #expect(rule.problems.count == 8)
    }
}

@Suite("Write receipts")
struct WriteReceiptsTests {
    let receipt = WriteReceipt(bytes: [1])

    @Test("an equal write after a delivered answer is a new one")
    func delivered() {
        var receipts = WriteReceipts(at: LogTime(seconds: 0))
        receipts.stored(receipt, at: LogTime(seconds: 0))
        receipts.answered(receipt, isDelivered: true)

        let isRepeat = receipts.takeRepeat(of: receipt, at: LogTime(seconds: 1))
        #expect(!isRepeat)
    }

    @Test("a write whose answer was lost is recognised, once")
    func lost() {
        var receipts = WriteReceipts(at: LogTime(seconds: 0))
        receipts.stored(receipt, at: LogTime(seconds: 0))
        receipts.answered(receipt, isDelivered: false)

        let first = receipts.takeRepeat(of: receipt, at: LogTime(seconds: 0))
        receipts.answered(receipt, isDelivered: true)
        let second = receipts.takeRepeat(of: receipt, at: LogTime(seconds: 2))
        #expect(first && !second)
    }

    @Test("a write that never reported its answer counts as lost after a second, and is forgotten in the end")
    func silent() {
        var receipts = WriteReceipts(lost: [WriteReceipt(bytes: [9])], at: LogTime(seconds: 0))
        receipts.stored(receipt, at: LogTime(seconds: 0))

        let tooSoon = receipts.takeRepeat(of: receipt, at: LogTime(seconds: 0, nanosecondPart: 500_000_000))
        let afterRestart = receipts.takeRepeat(of: WriteReceipt(bytes: [9]), at: LogTime(seconds: 0))
        let inTime = receipts.takeRepeat(of: receipt, at: LogTime(seconds: 2))
        #expect(!tooSoon && afterRestart && inTime)
        let tooLate = receipts.takeRepeat(of: receipt, at: LogTime(seconds: 2_000))
        #expect(!tooLate)
    }
}
