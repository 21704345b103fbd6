internal import Membership
internal import Testing

@Suite("Durations as Go writes them")
struct GoDurationTests {
    @Test(
        "accepted",
        arguments: [
            ("2s", Duration.seconds(2)), ("500ms", .milliseconds(500)), ("1m30s", .seconds(90)),
            ("1.5h", .seconds(5400)),
            ("0", .zero), ("+0", .zero), ("-0", .zero), ("0s", .zero), ("-1.5s", .milliseconds(-1500)),
            ("+5s", .seconds(5)), ("1us", .microseconds(1)), ("1µs", .microseconds(1)), ("1μs", .microseconds(1)),
            ("1ns", .nanoseconds(1)), (".5s", .milliseconds(500)), ("5.s", .seconds(5)),
            ("1h1ns", .nanoseconds(3_600_000_000_001)),
            ("3s3s", .seconds(6)), ("0.100000000000000000000h", .seconds(360)),
            ("9223372036854775807ns", .nanoseconds(Int64.max)), ("-9223372036854775808ns", .nanoseconds(Int64.min)),
            ("0.3333333333333333333h", .seconds(1200)),
        ])
    func accepted(text: String, duration: Duration) {
        #expect(GoDuration.parse(text) == duration)
    }

    @Test(
        "refused",
        arguments: [
            "", "3", "-", "s", ".", "-.", ".s", "+.s", "1d", "2 s", "soon", "2S", "1e3s", "--1s", "2s3",
            "9223372036854775808ns",
            "-9223372036854775809ns", "9223372036854775.808us1ns", "3000000h", "99999999999999999999s", "\u{85}85s",
        ])
    func refused(text: String) {
        #expect(GoDuration.parse(text) == nil)
    }
}
