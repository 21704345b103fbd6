import FunctionCore
import FunctionService
import FunctionTypes
import LogCore
import Synchronization
import Testing

@Suite("Invoking")
struct InvocationTests {
    @Test("a call is answered, measured, logged and metered")
    func invoke() async throws {
        let world = try PlatformWorld { invocation, _ in
            guard case .event(let bytes) = invocation.payload else { return failing() }
            return .event(bytes.reversed())
        }
        try await world.run { world async throws in
            try await world.makeFunction()
            let first = try await world.invoke("abc", id: "r1")
            #expect(first.outcome == .event(Array("cba".utf8)))
            #expect(first.measurement.coldStart != nil)
            #expect(first.codeChecksum == "7")
            #expect(
                String(decoding: first.logTail, as: UTF8.self)
                    == "load code for handler:index.handler\nFC Invoke Start RequestId: r1\nFC Invoke End RequestId: r1\n"
            )
            let second = try await world.invoke("x")
            #expect(second.measurement.coldStart == nil)
            #expect(world.runtime.startedCount == 1)
            let logstore = LogstoreID(
                project: try ProjectName(validating: "logs"), logstore: try LogstoreName(validating: "functions"))
            let entries = world.sink.entries(in: logstore)
            let lines = entries.map { entry in
                Dictionary(entry.fields.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
            }
            let own = lines.filter { $0["requestId"] == "r1" }
            #expect(own.compactMap { $0["message"] }.count == 3)
            #expect(own.allSatisfy { $0["functionName"] == "list" && $0["serviceName"] == "shop" })
            #expect(own.contains { $0["operation"] == "InvokeFunction" && $0["isColdStart"] == "true" })
            let usage = try await world.platform.usage(of: PlatformWorld.organization, month: nil)
            #expect(usage.map(\.invocationCount) == [2])
            #expect(usage.map(\.coldStartCount) == [1])
            #expect(usage.map(\.byteCountIn) == [4])
        }
    }

    @Test("every line says what set the call off; where no metrics are asked for, the last one has time and memory")
    func origin() async throws {
        let world = try PlatformWorld { _, _ in failing() }
        try await world.run { world async throws in
            try await world.makeFunction(requestMetrics: false)
            _ = try await world.platform.invoke(
                Invocation(
                    requestID: "r1", target: world.target, payload: .event([]),
                    origin: .trigger(TriggerName(unchecked: "sales")),
                    logFields: ["channel": "trade", "blockNumber": "7", "txId": "ab"]))
            let logstore = LogstoreID(
                project: try ProjectName(validating: "logs"), logstore: try LogstoreName(validating: "functions"))
            let lines = world.sink.entries(in: logstore).map { entry in
                Dictionary(entry.fields.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
            }
            #expect(lines.count >= 3)
            for line in lines {
                #expect(line["organization"] == "Org1MSP" && line["requestId"] == "r1" && line["trigger"] == "sales")
                #expect(line["channel"] == "trade" && line["blockNumber"] == "7" && line["txId"] == "ab")
            }
            let end = try #require(lines.last { $0["message"] == "FC Invoke End RequestId: r1" })
            #expect(end["durationMs"] != nil && end["memoryUsageMB"] != nil)
            #expect(end["errorType"] == "FunctionUnhandledError" || end["errorType"] == "FunctionHandledError")
            #expect(!lines.contains { $0["operation"] != nil })
        }
    }

    @Test("an entry with metrics says what set the call off, too")
    func originOfMetrics() async throws {
        let world = try PlatformWorld { _, _ in .event([]) }
        try await world.run { world async throws in
            try await world.makeFunction()
            _ = try await world.platform.invoke(
                Invocation(
                    requestID: "r1", target: world.target, payload: .event([]), origin: .api,
                    logFields: ["trigger": "http", "channel": "trade"]))
            let logstore = LogstoreID(
                project: try ProjectName(validating: "logs"), logstore: try LogstoreName(validating: "functions"))
            let metrics = try #require(
                world.sink.entries(in: logstore).last { $0.fields.contains { $0.name == "operation" } })
            #expect(metrics.fields.contains(LogField("channel", "trade")))
            #expect(metrics.fields.contains(LogField("trigger", "http")))
            #expect(
                !world.sink.entries(in: logstore).contains { entry in
                    entry.fields.contains { $0.name == "durationMs" }
                        && entry.fields.contains { $0.name == "message" }
                })
        }
    }

    @Test("what does not exist is an error of its own")
    func notFound() async throws {
        let world = try PlatformWorld { _, _ in .event([]) }
        try await world.run { world async throws in
            await #expect { _ = try await world.invoke() } throws: { ($0 as? FunctionError)?.code == .serviceNotFound }
        }
    }

    @Test("a call that no instance could take ends in the log like any other", arguments: [true, false])
    func startFailureIsLogged(requestMetrics: Bool) async throws {
        let failure = FunctionFailure(.unhandledInitialization, errorType: "SyntaxError", message: "no")
        let world = try PlatformWorld(startFailure: { _ in .function(failure) }) { _, _ in .event([]) }
        try await world.run { world async throws in
            try await world.makeFunction(requestMetrics: requestMetrics)
            _ = try await world.platform.invoke(
                Invocation(requestID: "r1", target: world.target, payload: .event([]), origin: .api))
            let logstore = LogstoreID(
                project: try ProjectName(validating: "logs"), logstore: try LogstoreName(validating: "functions"))
            let own = world.sink.entries(in: logstore).map { entry in
                Dictionary(entry.fields.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
            }.filter { $0["requestId"] == "r1" }
            #expect(own.contains { $0["message"]?.contains("SyntaxError: no") == true })
            let measured = own.filter { $0["durationMs"] != nil }
            #expect(measured.count == 1, "each call is counted once")
            #expect(measured.first?["errorType"] == "FunctionUnhandledError")
            #expect((measured.first?["operation"] != nil) == requestMetrics)
        }
    }

    @Test("a function that cannot be started fails its caller; a missing interpreter is an error")
    func startFailures() async throws {
        let failure = FunctionFailure(.unhandledInitialization, errorType: "SyntaxError", message: "no")
        let broken = try PlatformWorld(startFailure: { _ in .function(failure) }) { _, _ in .event([]) }
        try await broken.run { world async throws in
            try await world.makeFunction()
            #expect(try await world.invoke().outcome == .failure(failure))
            #expect(try await world.invoke().outcome == .failure(failure))
        }
        let missing = try PlatformWorld(startFailure: { _ in .platform(FunctionError(.functionNotStarted, "no node")) })
        {
            _, _ in .event([])
        }
        try await missing.run { world async throws in
            try await world.makeFunction()
            await #expect { _ = try await world.invoke() } throws: {
                ($0 as? FunctionError)?.code == .functionNotStarted
            }
        }
    }

    @Test("after an update the next call sees the new state, and the old instance goes")
    func redeploy() async throws {
        let world = try PlatformWorld { _, specification in
            .event(Array("\(specification.function.configuration.timeoutSeconds)".utf8))
        }
        try await world.run { world async throws in
            try await world.makeFunction()
            #expect(try await world.invoke().outcome == .event(Array("3".utf8)))
            let id = world.target.id
            try await world.platform.registry.change { registry, occasion in
                _ = try registry.updateFunction(id, occasion) { $0.timeoutSeconds = 9 }
            }
            #expect(try await world.invoke().outcome == .event(Array("9".utf8)))
            #expect(try await eventually(world.time) { world.runtime.runningCount == 1 })
        }
    }

    @Test("an idle function scales to zero")
    func scaleToZero() async throws {
        let world = try PlatformWorld { _, _ in .event([]) }
        try await world.run { world async throws in
            try await world.makeFunction()
            _ = try await world.invoke()
            #expect(world.runtime.runningCount == 1)
            await world.time.advance(by: .seconds(200), step: .seconds(1))
            #expect(try await eventually(world.time) { world.runtime.runningCount == 0 })
        }
    }

    @Test("calls beyond the maximum wait for a free instance; a caller that goes away is not run")
    func waiting() async throws {
        let gate = Gate()
        let world = try PlatformWorld { invocation, _ in
            await gate.wait()
            return .event(Array(invocation.requestID.utf8))
        }
        try await world.run { world async throws in
            try await world.makeFunction()
            let id = world.target.id
            try await world.platform.registry.change { registry, occasion in
                _ = try registry.putOnDemand(FunctionTarget(id), instanceCountMax: 1, occasion)
            }
            try await withThrowingTaskGroup(of: String.self) { group in
                group.addTask { String(decoding: try await world.invoke(id: "a").bytes, as: UTF8.self) }
                await gate.waitForArrival()
                let gone = Task { try await world.invoke(id: "b") }
                group.addTask { String(decoding: try await world.invoke(id: "c").bytes, as: UTF8.self) }
                gone.cancel()
                await #expect { _ = try await gone.value } throws: {
                    ($0 as? FunctionError)?.code == .clientClosedRequest
                }
                gate.open()
                var answers: Set<String> = []
                for try await answer in group { answers.insert(answer) }
                #expect(answers == ["a", "c"])
            }
            #expect(world.runtime.startedCount == 1)
        }
    }

    @Test("instances kept warm are there before the first call")
    func provisioned() async throws {
        let world = try PlatformWorld { _, _ in .event([]) }
        try await world.run { world async throws in
            try await world.makeFunction()
            let id = world.target.id
            try await world.platform.registry.change { registry, occasion in
                _ = try registry.putProvisioned(FunctionTarget(id), count: 2, occasion)
            }
            #expect(try await eventually(world.time) { world.runtime.runningCount == 2 })
        }
    }
}

extension InvocationReport {
    var bytes: [UInt8] {
        if case .event(let bytes) = outcome { bytes } else { [] }
    }
}

/// Holds whoever waits until it is opened.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var arrivals = 0
        var arrivalWaiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func wait() async {
        await withCheckedContinuation { continuation in
            let (isOpen, arrived) = state.withLock { state in
                state.arrivals += 1
                if !state.isOpen { state.waiting.append(continuation) }
                defer { state.arrivalWaiters = [] }
                return (state.isOpen, state.arrivalWaiters)
            }
            for waiter in arrived { waiter.resume() }
            if isOpen { continuation.resume() }
        }
    }

    func waitForArrival() async {
        await withCheckedContinuation { continuation in
            let hasArrived = state.withLock { state in
                if state.arrivals == 0 { state.arrivalWaiters.append(continuation) }
                return state.arrivals > 0
            }
            if hasArrived { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
