import FunctionTypes
import Testing

@testable import TriggerCore

@Suite("Settings of ledger triggers")
struct LedgerTriggerTests {
    private func parse(_ text: String) throws -> LedgerTrigger {
        try LedgerTrigger(source: .contractEvent, parsing: JSONValue(parsing: text))
    }

    @Test("what is left out has a safe default")
    func defaults() throws {
        let trigger = try parse(#"{"Channel":"trade"}"#)

        #expect(trigger.start == .latest)
        #expect(trigger.batch.countMax == 1)
        #expect(trigger.onFailure == .park)
        #expect(trigger.filter.validationCodes == ["VALID"])
        #expect(trigger.isEnabled)
    }

    @Test("names count in any case, and numbers may be texts")
    func spelling() throws {
        let trigger = try parse(
            #"{"channel":"trade","startingPosition":"7","batchSize":"10","OrderBy":"payload:/id","parallel":4}"#)

        #expect(trigger.start == .block(7))
        #expect(trigger.batch.countMax == 10)
        #expect(trigger.parallelMax == 4)
        #expect(trigger.onFailure == .parkKey)
    }

    @Test("everything that is wrong is told at once, each by its key")
    func problems() throws {
        let text =
            #"{"Channel":"Trade","StartingPosition":"SOON","BatchSize":0,"Parallel":3,"OnFailure":"PARK_KEY","Wrong":1,"#
            + #""Filter":{"a":[{"like":1}]},"Retry":{"Speed":2},"Sink":{"Url":"ftp://x"}}"#
        let json = try JSONValue(parsing: text)
        #expect {
            try LedgerTrigger(source: .contractEvent, parsing: json)
        } throws: { error in
            let keys = Set((error as? LedgerTrigger.Invalid)?.problems.map(\.key) ?? [])
            return keys == [
                "Channel", "StartingPosition", "BatchSize", "Parallel", "OnFailure", "Wrong", "Filter.a[0]",
                "Retry.Speed", "Sink.Url",
            ]
        }
    }

    @Test("filters belong to transactions, not to blocks")
    func blockHasNoFilter() throws {
        let json = try JSONValue(parsing: #"{"Channel":"trade","Contract":"goods"}"#)
        #expect(throws: LedgerTrigger.Invalid.self) { try LedgerTrigger(source: .block, parsing: json) }
    }

    @Test("waits between repeats double up to a bound")
    func waits() {
        let rule = RetryRule()

        #expect(rule.wait(failureCount: 1, jitter: 1) == .milliseconds(500))
        #expect(rule.wait(failureCount: 2, jitter: 1) == .seconds(1))
        #expect(rule.wait(failureCount: 1000, jitter: 1) == .seconds(60))
    }
}
