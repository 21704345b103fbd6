import LogCore
import Logging
import Testing

@testable import LogService

@Suite("Alarms of the log service")
struct AlarmRunTests {
    func rule(_ world: ServiceWorld, query: String = "error", condition: String = "count >= 2") -> AlarmRule {
        AlarmRule(
            name: "errors", logstore: world.id.logstore, query: query, condition: condition,
            target: .function(service: "ops", function: "page", qualifier: nil))
    }

    @Test("calls its function when the condition holds and when it no longer does", arguments: [false, true])
    func firesAndResolves(usesSelect: Bool) async throws {
        let world = try await ServiceWorld.make(isOnDisk: true)
        let query = usesSelect ? "error | select count(*) as errors" : "error"
        try await world.service.setAlarm(
            rule(world, query: query, condition: usesSelect ? "errors >= 2" : "count >= 2"), in: world.id.project)

        _ = try await world.service.put([world.entry("error 1")], to: world.id)
        world.advance(seconds: 60)
        await world.service.evaluateAlarms()
        #expect(world.functions.calls.isEmpty)

        _ = try await world.service.put([world.entry("error 2")], to: world.id)
        world.advance(seconds: 60)
        await world.service.evaluateAlarms()
        #expect(world.functions.calls.count == 1)
        #expect(world.functions.calls[0].hasPrefix("Org1MSP/ops/page {"))
        #expect(world.functions.calls[0].contains(#""type":"duet.log""#))
        #expect(world.functions.calls[0].contains(#""state":"firing""#))

        await world.service.evaluateAlarms()
        #expect(world.functions.calls.count == 1)
        world.advance(seconds: 600)
        await world.service.evaluateAlarms()
        #expect(world.functions.calls.last?.contains(#""state":"resolved""#) == true)
    }

    @Test("a notice that did not arrive is sent again, also after a restart")
    func delivery() async throws {
        let world = try await ServiceWorld.make(isOnDisk: true)
        try await world.service.setAlarm(rule(world), in: world.id.project)
        _ = try await world.service.put([world.entry("error"), world.entry("error")], to: world.id)
        world.functions.setFailing(true)
        world.advance(seconds: 60)
        await world.service.evaluateAlarms()
        #expect(try world.service.alarm("errors", in: world.id.project).state.pending.count == 1)

        world.functions.setFailing(false)
        let restarted = LogKeeper(
            store: world.store, logger: Logger(label: "test"), now: { world.now })
        restarted.callFunctions(through: world.functions)
        try await restarted.start()
        world.advance(seconds: 2)
        await restarted.evaluateAlarms()
        #expect(world.functions.calls.count == 1)
        let state = try restarted.alarm("errors", in: world.id.project).state
        #expect(state.pending.isEmpty)
        #expect(state.history.map(\.event).prefix(3) == ["firing", "notDelivered", "delivered"])
    }

    @Test("a condition about a column that the answer has not fails, and says which there are")
    func foreignColumn() async throws {
        let world = try await ServiceWorld.make(isOnDisk: true)
        var rule = rule(world, query: "* | select count(*) as lines")
        rule.condition = "nosuch > 1"
        try await world.service.setAlarm(rule, in: world.id.project)
        _ = try await world.service.put([world.entry("error")], to: world.id)
        world.advance(seconds: 60)
        await world.service.evaluateAlarms()
        let history = try world.service.alarm("errors", in: world.id.project).state.history
        #expect(history.map(\.event) == ["failed"])
        #expect(history.first?.detail.contains("lines") == true)
    }

    @Test("a query that fails neither fires nor resolves, and says why")
    func failingQuery() async throws {
        let world = try await ServiceWorld.make()
        try await world.service.setAlarm(rule(world, query: "* | select 1 as count"), in: world.id.project)
        world.advance(seconds: 60)
        await world.service.evaluateAlarms()

        let alarm = try world.service.alarm("errors", in: world.id.project)
        #expect(alarm.state.phase == .quiet)
        #expect(alarm.state.history.map(\.event) == ["failed"])
    }

    @Test("alarms are kept, silenced and deleted")
    func management() async throws {
        let world = try await ServiceWorld.make(isOnDisk: true)
        let project = world.id.project
        try await world.service.setAlarm(rule(world), in: project)
        try await world.service.silenceAlarm("errors", in: project, until: LogTime(seconds: world.now.seconds + 999))
        _ = try await world.service.put([world.entry("error"), world.entry("error")], to: world.id)
        world.advance(seconds: 60)
        await world.service.evaluateAlarms()
        #expect(world.functions.calls.isEmpty)

        let restarted = LogKeeper(store: world.store, logger: Logger(label: "test"), now: { world.now })
        try await restarted.start()
        #expect(restarted.alarms(in: project).map(\.rule.name) == ["errors"])
        #expect(restarted.alarms(in: project)[0].state.silencedUntil != nil)
        try await restarted.deleteAlarm("errors", in: project)
        #expect(throws: LogServiceError.self) { try restarted.alarm("errors", in: project) }

        let error = await #expect(throws: LogServiceError.self) {
            try await world.service.setAlarm(self.rule(world, query: "(", condition: "x"), in: project)
        }
        #expect(error?.message.contains("The query \"(\" is wrong") == true)
        #expect(error?.message.contains("The condition \"x\" is no condition") == true)
    }
}
