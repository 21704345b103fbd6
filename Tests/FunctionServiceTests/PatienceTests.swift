import FunctionCore
import FunctionService
import FunctionTypes
import Synchronization
import Testing

@Suite("Invocations that somebody waits for no longer than so")
struct PatienceTests {
    private final class Ends: InvocationObserver {
        private let ends = Mutex<[String: String]>([:])

        var errors: [String: String] { ends.withLock { $0 } }

        func ended(_ end: InvocationEnd) {
            guard case .failure(let error) = end.result else { return }
            ends.withLock { $0[end.invocation.requestID] = error.message }
        }
    }

    private static func invocation(_ world: PlatformWorld, id: String, limit: Duration) -> Invocation {
        var invocation = Invocation(requestID: id, target: world.target, payload: .event([]), origin: .api)
        invocation.patience = InvocationPatience(limit: limit)
        return invocation
    }

    @Test("one that waits when its asker gives up leaves the queue and never runs; its record says so")
    func givenUp() async throws {
        let gate = Gate()
        let ran = Mutex<[String]>([])
        let ends = Ends()
        let world = try PlatformWorld(observer: ends) { invocation, _ in
            ran.withLock { $0.append(invocation.requestID) }
            await gate.wait()
            return .event([])
        }
        try await world.run { world async throws in
            try await world.makeFunction()
            let id = world.target.id
            try await world.platform.registry.change { registry, occasion in
                _ = try registry.putOnDemand(FunctionTarget(id), instanceCountMax: 1, occasion)
            }
            let first = Task { try await world.invoke(id: "first") }
            await gate.waitForArrival()
            let asked = Self.invocation(world, id: "second", limit: .seconds(2))
            let second = Task { try await world.platform.invoke(asked) }
            let waiting = InvocationPatience.Phase.waiting(instanceCount: 1, isStarting: false)
            #expect(try await eventually(world.time) { asked.patience?.phase == waiting })
            second.cancel()
            await #expect { _ = try await second.value } throws: {
                ($0 as? FunctionError)?.code == .clientClosedRequest
            }
            gate.open()
            _ = try await first.value
            #expect(ran.withLock { $0 } == ["first"])
            #expect(
                ends.errors["second"]
                    == "It was given up before it ran: the only instance of shop/list was busy for 2 s.")
        }
    }

    @Test("one whose time is over when an instance becomes free never runs, and the instance serves the next")
    func late() async throws {
        let gate = Gate()
        let world = try PlatformWorld { invocation, _ in
            if invocation.requestID == "first" { await gate.wait() }
            return .event(Array(invocation.requestID.utf8))
        }
        try await world.run { world async throws in
            try await world.makeFunction()
            let none = Self.invocation(world, id: "late", limit: .zero)
            await #expect { _ = try await world.platform.invoke(none) } throws: {
                ($0 as? FunctionError)?.code == .clientClosedRequest
            }
            #expect(try await world.invoke(id: "next").bytes == Array("next".utf8))
            #expect(world.runtime.startedCount == 1)
        }
    }

    @Test(
        "one that runs has the shorter of its function's time and what its asker has left",
        arguments: [(Duration.seconds(2), Duration.seconds(2)), (.seconds(9), .seconds(3))])
    func running(limit: Duration, expected: Duration) async throws {
        let runtime = ImpatientRuntime()
        let time = VirtualTime()
        let world = try PlatformWorld(time: time, runtime: runtime) { _, _ in .event([]) }
        try await world.run { world async throws in
            try await world.makeFunction()
            let asked = Self.invocation(world, id: "r1", limit: limit)
            let report = try await world.platform.invoke(asked)
            let isGivenUp = limit == expected
            #expect(runtime.timeouts == [expected])
            #expect(asked.patience?.phase == (isGivenUp ? .ended : .running))
            #expect(report.outcome.failure?.message.contains("given up") == isGivenUp)
            #expect(String(decoding: report.logTail, as: UTF8.self).contains("given up and ended") == isGivenUp)
        }
    }
}

/// Its functions never answer in time.
private final class ImpatientRuntime: FunctionRuntime, FunctionInstance {
    private let seen = Mutex<[Duration]>([])

    var timeouts: [Duration] { seen.withLock { $0 } }

    func start(
        _ specification: InstanceSpecification, output: @escaping @Sendable (OutputLine) -> Void,
        onEnd: @escaping @Sendable () -> Void
    ) async throws(InstanceStartFailure) -> StartedInstance {
        StartedInstance(instance: self, measurement: ColdStartMeasurement())
    }

    func invoke(_ invocation: Invocation, timeout: Duration) async -> InstanceAnswer {
        seen.withLock { $0.append(timeout) }
        return InstanceAnswer(
            outcome: .failure(
                FunctionFailure(.unhandled, errorType: FunctionFailure.timeoutType, message: "Function timed out.")),
            duration: timeout, memoryByteCountPeak: 0, isInstanceUsable: false)
    }

    func freeze() async {}

    func end(isGraceful: Bool) async {}
}
