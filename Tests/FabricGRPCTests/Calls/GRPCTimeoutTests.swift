import Testing

@testable import FabricGRPC

@Suite("gRPC timeout")
struct GRPCTimeoutTests {
    @Test(
        "every unit is read",
        arguments: [
            ("1H", Duration.seconds(3600)), ("2M", .seconds(120)), ("3S", .seconds(3)), ("4m", .milliseconds(4)),
            ("5u", .microseconds(5)), ("99999999n", .nanoseconds(99_999_999)), ("0S", .zero),
        ])
    func reading(text: String, duration: Duration) {
        #expect(GRPCTimeout.duration(text) == duration)
    }

    @Test("anything else is no timeout", arguments: ["", "S", "1", "1s", "-1S", "+1S", "123456789S", "1 S", "١S"])
    func refused(text: String) {
        #expect(GRPCTimeout.duration(text) == nil)
    }

    @Test(
        "what is written is read again", arguments: [Duration.milliseconds(1), .seconds(99_999), .seconds(1_000_000)])
    func roundTrip(duration: Duration) {
        #expect(GRPCTimeout.duration(GRPCTimeout.text(duration)) == duration)
        #expect(GRPCTimeout.text(.nanoseconds(1)) == "1m")
    }
}
