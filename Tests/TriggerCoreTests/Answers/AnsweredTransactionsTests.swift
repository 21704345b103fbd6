import FabricTypes
import FunctionTypes
import GoldenLedger
import Testing

@testable import TriggerCore

@Suite("Transactions in a function's answer")
struct AnsweredTransactionsTests {
    private func parse(_ text: String, channel: String? = "trade") throws -> [LedgerCall] {
        try AnsweredTransactions.parse(Array(text.utf8), channel: channel)
    }

    @Test(
        "an answer without transactions asks for none",
        arguments: [
            "", "done", "null", "[]", "[{\"transactions\":[]}]", "{}", "{\"points\":3}", "{\"transactions\":null}",
            "{\"transactions\":[]}", "{\"note\":\"no \\\"transactions\\\" here\"}", "{\"transactions\": [",
        ])
    func none(answer: String) throws {
        #expect(try parse(answer).isEmpty)
    }

    @Test("every member of a transaction is read")
    func members() throws {
        let calls = try parse(
            """
            {"note": "mine", "transactions": [
                {"channel": "other", "contract": "rewards", "function": "award",
                 "args": ["alice", {"base64": "AAH/"}], "transient": {"price": "12", "salt": {"base64": "3q2+7w=="}},
                 "endorsingOrganizations": ["Org1MSP"]},
                {"contract": "rewards", "function": "close"}]}
            """)

        #expect(
            calls == [
                LedgerCall(
                    channel: try ChannelID(validating: "other"), contract: Bytes("rewards"),
                    arguments: [Bytes("award"), Bytes("alice"), Bytes([0, 1, 255])],
                    transient: [Bytes("price"): Bytes("12"), Bytes("salt"): Bytes([0xDE, 0xAD, 0xBE, 0xEF])],
                    endorsingOrganizations: [try MSPID(validating: "Org1MSP")]),
                LedgerCall(
                    channel: try ChannelID(validating: "trade"), contract: Bytes("rewards"), arguments: [Bytes("close")]
                ),
            ])
    }

    @Test(
        "what cannot be meant is refused, and the place is named",
        arguments: [
            ("{\"transactions\":5}", "\"transactions\" must be a list"),
            ("{\"transactions\":[5]}", "transactions[0] must be an object"),
            ("{\"transactions\":[{\"function\":\"f\"}]}", "transactions[0].contract is missing"),
            ("{\"transactions\":[{\"contract\":\"c\"}]}", "transactions[0].function is missing"),
            ("{\"transactions\":[{\"contract\":\"c\",\"function\":\"\"}]}", "transactions[0].function must be a text"),
            ("{\"transactions\":[{\"contract\":\"c\",\"function\":\"f\",\"arguments\":[]}]}", "a member \"arguments\""),
            (
                "{\"transactions\":[{\"contract\":\"c\",\"function\":\"f\",\"args\":\"a\"}]}",
                "transactions[0].args must"
            ),
            (
                "{\"transactions\":[{\"contract\":\"c\",\"function\":\"f\",\"args\":[3]}]}",
                "transactions[0].args[0] must"
            ),
            (
                "{\"transactions\":[{\"contract\":\"c\",\"function\":\"f\",\"args\":[{\"base64\":\"?\"}]}]}",
                "transactions[0].args[0] must"
            ),
            (
                "{\"transactions\":[{\"channel\":\"A B\",\"contract\":\"c\",\"function\":\"f\"}]}",
                "transactions[0].channel"
            ),
            (
                "{\"transactions\":[{\"contract\":\"c\",\"function\":\"f\",\"transient\":[]}]}",
                "transactions[0].transient must"
            ),
            (
                "{\"transactions\":[{\"contract\":\"c\",\"function\":\"f\",\"endorsingOrganizations\":[\"\"]}]}",
                "transactions[0].endorsingOrganizations[0] must"
            ),
            ("{\"\\u0074ransactions\":5}", "\"transactions\" must be a list"),
        ])
    func refused(answer: String, reason: String) throws {
        let error = #expect(throws: InvalidLedgerCall.self) { try parse(answer) }

        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test("without one channel that is meant, each transaction must name its own")
    func channelMissing() throws {
        #expect(throws: InvalidLedgerCall.self) {
            try parse("{\"transactions\":[{\"contract\":\"c\",\"function\":\"f\"}]}", channel: nil)
        }
    }

    @Test("limits hold: the most is taken, one more is refused")
    func limits() throws {
        let one = "{\"contract\":\"c\",\"function\":\"f\"}"
        func answer(_ count: Int) -> String {
            "{\"transactions\":[\(Array(repeating: one, count: count).joined(separator: ","))]}"
        }
        func argument(_ byteCount: Int) -> String {
            "{\"transactions\":[{\"contract\":\"c\",\"function\":\"f\",\"args\":[\"\(String(repeating: "x", count: byteCount))\"]}]}"
        }

        #expect(try parse(answer(AnsweredTransactions.countMax)).count == AnsweredTransactions.countMax)
        #expect(throws: InvalidLedgerCall.self) { try parse(answer(AnsweredTransactions.countMax + 1)) }
        #expect(try parse(argument(LedgerCall.byteCountMax - 1)).count == 1)
        #expect(throws: InvalidLedgerCall.self) { try parse(argument(LedgerCall.byteCountMax)) }
    }

    @Test("damaged answers are read or refused, never trapped on", arguments: Seeds.sample(40))
    func hostile(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let good = Array(
            "{\"transactions\":[{\"channel\":\"a\",\"contract\":\"c\",\"function\":\"f\",\"args\":[\"x\",{\"base64\":\"AAE=\"}]}]}"
                .utf8)
        for _ in 0..<200 {
            let answer = generator.mutated(good)
            do {
                _ = try AnsweredTransactions.parse(answer, channel: "trade")
            } catch {
                #expect(!error.description.isEmpty, "seed \(seed)")
            }
        }
    }
}
