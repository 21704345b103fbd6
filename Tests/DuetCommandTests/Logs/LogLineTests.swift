import FunctionTypes
import Testing

@testable import DuetCommand

@Suite("Log entries as lines")
struct LogLineTests {
    private static let entry: JSONValue = [
        "time": "2024-02-01T03:04:05.123456789Z", "topic": "shop", "source": "10.0.0.1", "tags": ["host": "a"],
        "fields": [
            "level": "ERROR", "message": "no such marble", "serviceName": "shop", "functionName": "sell",
            "requestId": "r1",
        ],
    ]

    @Test("time, level, function and message come first; the rest on request")
    func function() {
        #expect(
            LogLine(showsAllFields: false).text(LogLineEntry(Self.entry))
                == "2024-02-01T03:04:05.123Z  ERROR  shop/sell  no such marble\n")
        #expect(
            LogLine(showsAllFields: true).text(LogLineEntry(Self.entry))
                == "2024-02-01T03:04:05.123Z  ERROR  shop/sell  no such marble  __source__=10.0.0.1  __tag__:host=a  "
                + "requestId=r1\n")
    }

    @Test("without a message all fields are shown; what would command the terminal is escaped")
    func others() {
        let entry: JSONValue = ["time": "2024-02-01T03:04:05Z", "fields": ["b": "2\u{1B}[2J\n", "a\r": "1"]]
        #expect(
            LogLine(showsAllFields: false).text(LogLineEntry(entry))
                == "2024-02-01T03:04:05Z  a\\u{d}=1  b=2\\u{1b}[2J\\u{a}\n")
        #expect(LogLine(showsAllFields: false).text(LogLineEntry([])) == "\n")
    }

    @Test(
        "sizes are short",
        arguments: [
            (0, "0 B"), (1_023, "1023 B"), (1_024, "1.0 KiB"), (10_188, "9.9 KiB"), (10_240, "10 KiB"),
            (1_048_576, "1.0 MiB"), (5_368_709_120, "5.0 GiB"), (.max, "8388608 TiB"),
        ] as [(Int64, String)])
    func sizes(byteCount: Int64, text: String) {
        #expect(ByteSize.text(byteCount) == text)
    }
}
