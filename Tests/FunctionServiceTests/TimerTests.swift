import FunctionCore
import FunctionService
import FunctionTypes
import Synchronization
import Testing

@Suite("Timers")
struct TimerTests {
    private static let stop: Int64 = 3600

    private func makeStores() -> FunctionPlatform.Stores {
        FunctionPlatform.Stores(
            registry: MemoryRegistryStore(), async: MemoryAsyncStore(), usage: MemoryUsageStore(), code: NoCodeStore())
    }

    private func makeTimer(
        _ world: PlatformWorld, _ expression: String, misfire: TimerTriggerConfiguration.Misfire = .once
    ) async throws {
        let id = world.target.id
        try await world.makeFunction()
        try await world.platform.registry.change { registry, occasion in
            _ = try registry.createTrigger(
                id, TriggerName(unchecked: "tick"),
                TriggerConfiguration(
                    source: .timer(
                        TimerTriggerConfiguration(cronExpression: expression, payload: "p", misfire: misfire))),
                occasion)
        }
    }

    @Test("each tick runs the function once, with its time, name and payload")
    func ticks() async throws {
        let events = Mutex<[JSONValue]>([])
        let world = try PlatformWorld { invocation, _ in
            guard case .event(let bytes) = invocation.payload else { return failing() }
            events.withLock { $0.append((try? JSONValue(parsing: bytes)) ?? .null) }
            return .event([])
        }
        try await world.run { world async throws in
            try await makeTimer(world, "@every 10s")
            #expect(try await eventually(world.time, within: .seconds(35)) { events.withLock { $0.count } >= 3 })
            let seen = events.withLock { $0 }
            #expect(seen[0]["triggerName"] == "tick")
            #expect(seen[0]["payload"] == "p")
            #expect(
                seen.compactMap { $0["triggerTime"]?.stringValue }.prefix(3) == [
                    "2023-11-14T22:13:30Z", "2023-11-14T22:13:40Z", "2023-11-14T22:13:50Z",
                ])
        }
    }

    @Test("after a stop missed ticks run as the trigger says", arguments: [("once", 1), ("skip", 0), ("all", 6)])
    func misfire(name: String, missedCount: Int) async throws {
        let stores = makeStores()
        let time = VirtualTime()
        let count = Mutex(0)
        let first = try PlatformWorld(stores: stores, time: time) { _, _ in .event([]) }
        try await makeTimer(
            first, "@every 10m", misfire: try #require(TimerTriggerConfiguration.Misfire(rawValue: name)))
        await time.advance(by: .seconds(Self.stop + 60), step: .seconds(60))
        let second = try PlatformWorld(stores: stores, time: time) { _, _ in
            count.withLock { $0 += 1 }
            return .event([])
        }
        try await second.run { world async throws in
            // The next tick proves that the missed ones have been looked at.
            #expect(try await eventually(time, within: .seconds(700)) { count.withLock { $0 } >= missedCount + 1 })
            #expect(count.withLock { $0 } == missedCount + 1)
            // One that ran and whose end is not stored yet would rightly run again after a restart.
            #expect(try await eventually(time) { try stores.async.waitingCount() == 0 })
        }
        // And a further restart runs none of them again.
        let third = try PlatformWorld(stores: stores, time: time) { _, _ in
            count.withLock { $0 += 1 }
            return .event([])
        }
        try await third.run { world async throws in
            await time.advance(by: .seconds(60))
            #expect(count.withLock { $0 } == missedCount + 1)
        }
    }

    @Test("a timer that is switched off does not tick")
    func disabled() async throws {
        let count = Mutex(0)
        let world = try PlatformWorld { _, _ in
            count.withLock { $0 += 1 }
            return .event([])
        }
        try await world.run { world async throws in
            try await makeTimer(world, "@every 10s")
            #expect(try await eventually(world.time) { count.withLock { $0 } == 1 })
            let id = world.target.id
            try await world.platform.registry.change { registry, occasion in
                _ = try registry.updateTrigger(id, TriggerName(unchecked: "tick"), occasion) { configuration in
                    configuration.source = .timer(
                        TimerTriggerConfiguration(cronExpression: "@every 10s", isEnabled: false))
                }
            }
            await world.time.advance(by: .seconds(60))
            #expect(count.withLock { $0 } <= 1)
        }
    }
}
