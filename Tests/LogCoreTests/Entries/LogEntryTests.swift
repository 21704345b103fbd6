import LogCore
import Testing

@Suite("Log entries")
struct LogEntryTests {
    @Test(
        "a time keeps seconds and nanoseconds apart",
        arguments: [(0, 0), (1_700_000_000, 999_999_999), (4_294_967_295, 1), (-1, 5)] as [(Int64, UInt32)])
    func timeParts(seconds: Int64, part: UInt32) {
        let time = LogTime(seconds: seconds, nanosecondPart: part)

        #expect(time.seconds == seconds)
        #expect(time.nanosecondPart == part)
    }

    @Test("times beyond the range are clamped")
    func timeIsClamped() {
        #expect(LogTime(seconds: .max) == .distantFuture)
        #expect(LogTime(seconds: .min, nanosecondPart: 999_999_999) == .distantPast)
    }

    @Test("an origin becomes Function Compute's fields and the ledger's, without empty ones")
    func origin() {
        let origin = LogOrigin(
            organization: "Org1MSP", service: "marblesFC", function: "processEvent", requestID: "r1", channel: "trade",
            blockNumber: 7, transactionID: "ab")

        let entry = origin.entry(at: LogTime(seconds: 5), message: "hello\n", level: "INFO")

        #expect(entry.topic == "marblesFC")
        #expect(
            entry.fields == [
                LogField("organization", "Org1MSP"), LogField("serviceName", "marblesFC"),
                LogField("functionName", "processEvent"), LogField("requestId", "r1"), LogField("channel", "trade"),
                LogField("blockNumber", "7"), LogField("txId", "ab"), LogField("level", "INFO"),
                LogField("message", "hello\n"),
            ])
    }
}
