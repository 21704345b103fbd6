import LogCore
import Testing

@testable import LogService

@Suite("Alarms that call an address")
struct AlarmAddressTests {
    @Test("the address gets a CloudEvent once, and another when the condition no longer holds")
    func delivers() async throws {
        try await WebHook.run(answers: []) { hook in
            let world = try await firing(at: hook.address)
            let event = try #require(hook.received.first)
            #expect(hook.received.count == 1)
            #expect(event.head.hasPrefix("POST /hook?a=b HTTP/1.1\r\n"))
            #expect(event.head.lowercased().contains("content-type: application/cloudevents+json"))
            for part in [
                #""specversion":"1.0""#, #""type":"duet.log""#, #""state":"firing""#, #""row":{"count":"2"}"#,
                #""alarm":"errors""#,
            ] {
                #expect(event.body.contains(part), "\(event.body)")
            }

            world.advance(seconds: 600)
            await world.service.evaluateAlarms()
            #expect(hook.received.count == 2)
            #expect(hook.received[1].body.contains(#""state":"resolved""#))
        }
    }

    @Test(
        "an answer that is no success is told in the history, and the same event is sent again",
        arguments: [500, 404, 302, 100_000])
    func retries(status: Int) async throws {
        // The last case closes the connection without an answer.
        try await WebHook.run(answers: [status, status]) { hook in
            let world = try await firing(at: hook.address)
            for (expected, wait) in [(2, Int64(2)), (3, 4)] {
                world.advance(seconds: wait - 1)
                await world.service.evaluateAlarms()
                #expect(hook.received.count == expected - 1, "waits twice as long each time")
                world.advance(seconds: 1)
                await world.service.evaluateAlarms()
                #expect(hook.received.count == expected)
            }
            #expect(Set(hook.received.map(\.body)).count == 1, "a repeat has the same id, so that it can be recognised")

            let state = try world.service.alarm("errors", in: world.id.project).state
            #expect(state.pending.isEmpty)
            #expect(state.history.map(\.event) == ["firing", "notDelivered", "delivered"])
            if status < 1_000 { #expect(state.history[1].detail.contains("\(status)")) }
        }
    }

    @Test("nobody is called during a silence, nor for a disabled alarm")
    func silence() async throws {
        try await WebHook.run(answers: []) { hook in
            let world = try await ServiceWorld.make()
            try await world.service.setAlarm(rule(world, hook.address), in: world.id.project)
            try await world.service.silenceAlarm(
                "errors", in: world.id.project, until: LogTime(seconds: world.now.seconds + 120))
            var disabled = rule(world, hook.address)
            disabled.name = "disabled"
            disabled.isEnabled = false
            try await world.service.setAlarm(disabled, in: world.id.project)
            _ = try await world.service.put([world.entry("error 1"), world.entry("error 2")], to: world.id)
            world.advance(seconds: 60)
            await world.service.evaluateAlarms()

            #expect(hook.received.isEmpty)
            let state = try world.service.alarm("errors", in: world.id.project).state
            #expect(state.history.map(\.event) == ["silenced", "firing"])
            #expect(try world.service.alarm("disabled", in: world.id.project).state.history.isEmpty)
        }
    }

    private func rule(_ world: ServiceWorld, _ address: String) -> AlarmRule {
        AlarmRule(
            name: "errors", logstore: world.id.logstore, query: "error", condition: "count >= 2",
            target: .address(address))
    }

    /// A world whose alarm has just fired.
    private func firing(at address: String) async throws -> ServiceWorld {
        let world = try await ServiceWorld.make()
        try await world.service.setAlarm(rule(world, address), in: world.id.project)
        _ = try await world.service.put([world.entry("error 1"), world.entry("error 2")], to: world.id)
        world.advance(seconds: 60)
        await world.service.evaluateAlarms()
        return world
    }
}
