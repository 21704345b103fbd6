import FabricTypes
import FunctionTypes
import GoldenLedger
import Logging
import Membership
import Synchronization
import Testing
import TriggerCore

@testable import TriggerService

@Suite("Answers brought into the ledger")
struct AnswerSettlerTests {
    let store = MemoryAnswerStore()
    let identities: FakeIdentities

    init() throws {
        identities = try FakeIdentities()
    }

    private func settler(_ ledger: FakeLedger) -> AnswerSettler {
        // Every process has a settler of its own; what it remembers is in the store.
        AnswerSettler(
            store: store, gateways: ledger, identities: identities, logger: Logger(label: "test"),
            now: { FabricTypes.Timestamp(seconds: FakeIdentities.instant) }, sleep: { _ in await Task.yield() })
    }

    private func answer(
        _ response: String, event: String = "trade/7/0/0", depth: Int = 0, traceparent: String? = nil
    ) throws -> HandlerAnswer {
        HandlerAnswer(
            key: AnswerKey(triggerID: "trigger-1", eventIDs: [event]), response: Array(response.utf8),
            events: [
                EventOrigin(
                    channel: "trade", block: 7, transactionIndex: 0,
                    transactionID: String(repeating: "ab", count: 32), causeDepth: depth, traceparent: traceparent)
            ],
            service: try ServiceName(validating: "shop"), organization: try OrganizationName(validating: "Org1MSP"))
    }

    private static func transactions(_ functions: [String], tag: String = "") -> String {
        let calls = functions.map { "{\"contract\":\"rewards\",\"function\":\"\($0)\",\"args\":[\"\(tag)\"]}" }
        return "{\"transactions\":[\(calls.joined(separator: ","))]}"
    }

    @Test("an answer without transactions is settled without a trace")
    func none() async throws {
        let ledger = FakeLedger(seed: 1)

        #expect(try await settler(ledger).settle(answer("{\"points\":3}")) == .none)
        #expect(try await settler(ledger).pending(answer("").key) == nil)
    }

    @Test("an answer that cannot be read is refused before anything is stored")
    func malformed() async throws {
        let ledger = FakeLedger(seed: 1)
        let outcome = try await settler(ledger).settle(answer("{\"transactions\":[{}]}"))

        guard case .refused(let reason) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(reason.contains("transactions[0].contract is missing"))
        #expect(try await settler(ledger).pending(answer("").key) == nil)
    }

    @Test("transactions take effect in order and keep their ids; settled again, nothing happens")
    func committed() async throws {
        let ledger = FakeLedger(seed: 1)
        let asked = try answer(Self.transactions(["a", "b", "c"]))
        let outcome = try await settler(ledger).settle(asked)

        #expect(ledger.effects.map(\.first) == ["a", "b", "c"])
        #expect(outcome == .committed(ledger.entries.map(\.id)))
        #expect(try await settler(ledger).settle(asked) == outcome)
        #expect(ledger.entries.count == 3)
        // What the function answered is not kept longer than it is needed.
        #expect(try await settler(ledger).pending(asked.key)?.response == [])
        #expect(try await settler(ledger).unforgotten(triggerID: "trigger-1", replayID: "").map(\.key) == [asked.key])
        try await settler(ledger).forget(asked.key)
        #expect(try await settler(ledger).pending(asked.key) == nil)
    }

    @Test("the ledger keeps what caused a transaction, and the trace goes on")
    func decorations() async throws {
        let ledger = FakeLedger(seed: 1)
        let trace = "0af7651916cd43dd8448eb211c80319c"
        _ = try await settler(ledger).settle(
            answer(Self.transactions(["a"]), depth: 2, traceparent: "00-\(trace)-b7ad6b7169203331-01"))
        let input = try #require(ledger.entries.first).input

        let cause = TransactionCause(try #require(input.decorations[TransactionCause.decorationName]))
        #expect(cause == TransactionCause(depth: 3, triggerID: "trigger-1", eventID: "trade/7/0/0"))
        let parent = try #require(input.decorations[LedgerTrace.traceparentName]).lossyText
        #expect(parent.hasPrefix("00-\(trace)-"))
        #expect(parent.utf8.count == 55)
    }

    @Test("without a traceparent the trace begins with the transaction's id")
    func ownTrace() async throws {
        let ledger = FakeLedger(seed: 1)
        _ = try await settler(ledger).settle(answer(Self.transactions(["a"])))
        let input = try #require(ledger.entries.first).input

        let parent = try #require(input.decorations[LedgerTrace.traceparentName]).lossyText
        #expect(parent.hasPrefix("00-\(String(repeating: "ab", count: 16))-"))
    }

    @Test("a function whose own transactions trigger it is stopped")
    func loopGuard() async throws {
        let ledger = FakeLedger(seed: 1)
        let last = try await settler(ledger).settle(answer(Self.transactions(["a"]), event: "x", depth: 7))
        let over = try await settler(ledger).settle(answer(Self.transactions(["b"]), event: "y", depth: 8))

        #expect(last == .committed(ledger.entries.map(\.id)))
        guard case .refused(let reason) = over else {
            Issue.record("\(over)")
            return
        }
        #expect(reason.contains("8 functions in a row"))
        #expect(ledger.effects.count == 1)
    }

    @Test("refused before anything took effect, the function may be asked again and its new answer counts")
    func refusedWhole() async throws {
        let ledger = FakeLedger(seed: 1)
        ledger.refuse("a", "not enough points")
        let outcome = try await settler(ledger).settle(answer(Self.transactions(["a"])))

        guard case .refused(let reason) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(reason.contains("not enough points"))
        #expect(try await settler(ledger).pending(answer("").key) == nil)
        _ = try await settler(ledger).settle(answer(Self.transactions(["b"])))
        #expect(ledger.effects.map(\.first) == ["b"])
    }

    @Test("a contract or channel that does not exist is a refusal, not an outage", arguments: ["a", nil])
    func missing(function: String?) async throws {
        let ledger = FakeLedger(seed: 1)
        ledger.makeMissing(function)
        let outcome = try await settler(ledger).settle(answer(Self.transactions(["a"])))

        guard case .refused(let reason) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(reason.contains("no such"))
        #expect(try await settler(ledger).pending(answer("").key) == nil)
    }

    @Test("a contract that does not exist after a part took effect refuses the rest")
    func missingLater() async throws {
        let ledger = FakeLedger(seed: 1)
        ledger.makeMissing("b")
        let outcome = try await settler(ledger).settle(answer(Self.transactions(["a", "b"])))

        guard case .refused = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(ledger.effects.map(\.first) == ["a"])
        #expect(try await settler(ledger).partlyRefused(triggerID: "trigger-1").count == 1)
    }

    @Test("refused after a part took effect, the first answer stays the one that counts")
    func refusedPartly() async throws {
        let ledger = FakeLedger(seed: 1)
        ledger.refuse("b", "closed")
        let first = try await settler(ledger).settle(answer(Self.transactions(["a", "b", "c"], tag: "1")))
        guard case .refused(let reason) = first else {
            Issue.record("\(first)")
            return
        }
        #expect(reason.contains("The 1 before it took effect"))
        #expect(try await settler(ledger).pending(answer("").key) != nil)

        ledger.refuse("b", nil)
        // Asked again the function might answer otherwise.
        _ = try await settler(ledger).settle(answer(Self.transactions(["x", "y", "z"], tag: "2")))
        #expect(ledger.effects == [["a", "1"], ["b", "1"], ["c", "1"]])
    }

    @Test("the rest of an answer that took effect in part can be given up")
    func giveUp() async throws {
        let ledger = FakeLedger(seed: 1)
        ledger.refuse("b", "closed")
        _ = try await settler(ledger).settle(answer(Self.transactions(["a", "b", "c"], tag: "1")))
        let key = try answer("").key
        let found = try await settler(ledger).partlyRefused(triggerID: key.triggerID)
        #expect(found.map(\.key) == [key])
        #expect(found.first?.committedIDs == ledger.entries.map(\.id))
        #expect(found.first?.refusal.contains("closed") == true)

        #expect(try await settler(ledger).giveUp(key))
        ledger.refuse("b", nil)

        #expect(
            try await settler(ledger).settle(answer(Self.transactions(["x"], tag: "2")))
                == .committed(ledger.entries.map(\.id)))
        #expect(ledger.effects == [["a", "1"]])
        #expect(try await settler(ledger).partlyRefused(triggerID: key.triggerID).isEmpty)
        #expect(try await !settler(ledger).giveUp(key))
    }

    @Test("an event whose batch was answered in part is not answered apart from it")
    func overlap() async throws {
        let ledger = FakeLedger(seed: 1)
        ledger.refuse("b", "closed")
        var batch = try answer(Self.transactions(["a", "b"]))
        batch.key.eventIDs = ["e1", "e2"]
        batch.events += batch.events
        _ = try await settler(ledger).settle(batch)

        let alone = try await settler(ledger).settle(answer(Self.transactions(["a"]), event: "e2"))
        guard case .refused(let reason) = alone else {
            Issue.record("\(alone)")
            return
        }
        #expect(reason.contains("batch of 2 events"))
        let other = try await settler(ledger).settle(answer(Self.transactions(["a"]), event: "e3"))
        #expect(other != .none)
        #expect(ledger.effects.map(\.first) == ["a", "a"])
    }

    @Test("an unreachable network leaves the answer open, and it is carried out later")
    func unreachable() async throws {
        let ledger = FakeLedger(seed: 1, faults: FakeLedger.Faults(failure: 1))
        await #expect(throws: AnswerError.self) {
            _ = try await settler(ledger).settle(answer(Self.transactions(["a"])))
        }
        #expect(try await settler(ledger).pending(answer("").key) != nil)

        ledger.setFaults(FakeLedger.Faults())
        let outcome = try await settler(ledger).settle(answer(Self.transactions(["a"])))
        #expect(outcome == .committed(ledger.entries.filter(\.code.isValid).map(\.id)))
        #expect(ledger.effects.count == 1)
    }

    @Test(
        "killed anywhere, with conflicts, lost answers and renewals in between, every transaction takes effect exactly once and all from one answer",
        arguments: Seeds.sample(60))
    func faults(seed: UInt64) async throws {
        let ledger = FakeLedger(seed: seed, faults: FakeLedger.Faults(failure: 0.3, conflict: 0.3, crash: 0.08))
        let functions = ["a", "b", "c"]
        for event in 0..<4 {
            var runCount = 0
            while true {
                runCount += 1
                try #require(runCount < 2_000, "seed \(seed)")
                // Each run the function, if it were asked, would answer something else.
                let tag = "\(event)-\(runCount)"
                let asked = try answer(Self.transactions(functions, tag: tag), event: "trade/\(event)/0/0")
                let settler = settler(ledger)
                let run = Task { () -> AnswerOutcome in
                    let stored = try await settler.pending(asked.key)
                    return try await settler.settle(stored ?? asked)
                }
                if case .success(let outcome) = await run.result {
                    guard case .committed = outcome else {
                        Issue.record("seed \(seed): \(outcome)")
                        return
                    }
                    break
                }
                if runCount % 5 == 0 { try identities.renew() }
            }
            let effects = ledger.effects.filter { $0[1].hasPrefix("\(event)-") }
            #expect(effects.map(\.first) == functions, "seed \(seed), event \(event)")
            #expect(Set(effects.map { $0[1] }).count == 1, "seed \(seed): more than one answer took effect")
            let ids = ledger.entries.filter { $0.input.arguments[1].lossyText.hasPrefix("\(event)-") }
            #expect(Set(ids.map(\.creator)).count == 1, "seed \(seed): more than one certificate was used")
        }
    }
}
