import Foundation
import FunctionCore
import FunctionService
import FunctionStorage
import FunctionTypes
import Synchronization
import Testing

@Suite("Asynchronous invocation")
struct AsyncTests {
    @Test("an accepted invocation is run, and its record tells so")
    func succeeds() async throws {
        let seen = Mutex<[String]>([])
        let world = try PlatformWorld { invocation, _ in
            guard case .event(let bytes) = invocation.payload else { return failing() }
            seen.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
            return .event([])
        }
        try await world.run { world async throws in
            try await world.makeFunction()
            let id = try await world.enqueue("hello", id: "mine")
            #expect(id.rawValue == "mine")
            #expect(try await eventually(world.time) { try await world.status(id) == .succeeded })
            #expect(seen.withLock { $0 } == ["hello"])
            await #expect { _ = try await world.enqueue("again", id: "mine") } throws: {
                ($0 as? FunctionError)?.code == .asyncInvocationAlreadyExists
            }
        }
    }

    @Test("a failure is repeated with growing pauses, then kept as a dead letter that can be sent again")
    func deadLetter() async throws {
        let attempts = Mutex<[(Timestamp, Int)]>([])
        let isMended = Mutex(false)
        let time = VirtualTime()
        let world = try PlatformWorld(time: time) { invocation, _ in
            attempts.withLock { $0.append((time.now, invocation.retryCount)) }
            return isMended.withLock { $0 } ? .event([]) : failing("broken")
        }
        try await world.run { world async throws in
            try await world.makeFunction()
            let id = try await world.enqueue("data")
            #expect(try await eventually(world.time) { try await world.status(id) == .failed })
            let made = attempts.withLock { $0 }
            #expect(made.map(\.1) == [0, 1, 2, 3])
            let pauses = zip(made, made.dropFirst()).map { $1.0.milliseconds - $0.0.milliseconds }
            #expect(pauses.count == 3 && pauses[0] >= 750 && pauses[1] >= 1500 && pauses[2] >= 3000)

            let letters = try await world.platform.deadLetters(world.filter())
            let letter = try #require(letters.first)
            #expect(letter.payload == Array("data".utf8))
            #expect(letter.condition == "RetryAttemptsExhausted")
            #expect(letter.error == "broken")
            #expect(letter.codeDigest == "d")
            await #expect(throws: FunctionError.self) {
                _ = try await world.platform.deadLetter(letter.number, of: OrganizationName(unchecked: "Other"))
            }

            isMended.withLock { $0 = true }
            let again = try await world.platform.redrive(
                letter.number, of: PlatformWorld.organization, payload: Array("mended".utf8))
            #expect(try await eventually(world.time) { try await world.status(again) == .succeeded })
            #expect(try await world.platform.deadLetters(world.filter()).isEmpty)
            let payload = try await world.platform.asyncInvocation(
                AsyncInvocationKey(function: world.target.id, id: again)
            ).payload
            #expect(payload == Array("mended".utf8))
        }
    }

    @Test("outcomes go to their destinations, and then leave no dead letter")
    func destinations() async throws {
        let events = Mutex<[JSONValue]>([])
        let world = try PlatformWorld { invocation, specification in
            guard case .event(let bytes) = invocation.payload else { return failing() }
            if specification.function.id.function.rawValue == "sink" {
                events.withLock { $0.append((try? JSONValue(parsing: bytes)) ?? .null) }
                return .event([])
            }
            return bytes == Array("bad".utf8) ? failing("broken") : .event(Array("fine".utf8))
        }
        try await world.run { world async throws in
            try await world.makeFunction()
            let target = world.target
            try await world.platform.registry.change { registry, occasion in
                var sink = target.id
                sink = FunctionID(
                    organization: sink.organization, service: sink.service, function: FunctionName(unchecked: "sink"))
                var configuration = FunctionConfiguration(runtime: "nodejs20", handler: "index.handler")
                configuration.code = CodeReference(digest: "d", byteCount: 1, checksum: "7")
                _ = try registry.createFunction(sink, configuration, occasion)
                var async = AsyncConfiguration()
                async.onSuccess = "acs:fc:::services/shop/functions/sink"
                async.onFailure = "acs:fc:::services/shop/functions/sink"
                async.retryCountMax = 0
                _ = try registry.putAsyncConfiguration(target, async, occasion)
            }
            let good = try await world.enqueue("good")
            let bad = try await world.enqueue("bad")
            #expect(try await eventually(world.time) { events.withLock { $0.count } == 2 })
            let seen = events.withLock { $0 }
            let success = try #require(seen.first { $0["requestPayload"] == "good" })
            #expect(success["responsePayload"] == "fine")
            #expect(success["requestContext"]?["condition"] == "")
            let failure = try #require(seen.first { $0["requestPayload"] == "bad" })
            #expect(failure["requestContext"]?["condition"] == "RetryAttemptsExhausted")
            #expect(failure["responsePayload"]?["errorMessage"] == "broken")
            #expect(try await world.platform.deadLetters(world.filter()).isEmpty)
            #expect(try await world.status(good) == .succeeded)
            #expect(try await world.status(bad) == .failed)
        }
    }

    @Test("an invocation that waited too long is given up unseen")
    func expires() async throws {
        let count = Mutex(0)
        let time = VirtualTime()
        let stores = FunctionPlatform.Stores(
            registry: MemoryRegistryStore(), async: MemoryAsyncStore(), usage: MemoryUsageStore(), code: NoCodeStore())
        let accepting = try PlatformWorld(stores: stores, time: time) { _, _ in .event([]) }
        try await accepting.makeFunction()
        let target = accepting.target
        try await accepting.platform.registry.change { registry, occasion in
            var async = AsyncConfiguration()
            async.ageSecondsMax = 60
            _ = try registry.putAsyncConfiguration(target, async, occasion)
        }
        let id = try await accepting.enqueue("late")  // The platform does not run: it waits.
        await time.advance(by: .seconds(61), step: .seconds(1))
        let world = try PlatformWorld(stores: stores, time: time) { _, _ in
            count.withLock { $0 += 1 }
            return .event([])
        }
        try await world.run { world async throws in
            #expect(try await eventually(time) { try await world.status(id) == .expired })
            #expect(count.withLock { $0 } == 0)
            #expect(try await world.platform.deadLetters(world.filter()).map(\.condition) == ["EventAgeExceeded"])
        }
    }

    @Test("an invocation of a function that is gone becomes a dead letter that names the reason")
    func invalid() async throws {
        let world = try PlatformWorld { _, _ in .event([]) }
        try await world.makeFunction()
        let id = try await world.enqueue("x")
        let function = world.target.id
        try await world.platform.registry.change { registry, _ in try registry.deleteFunction(function) }
        try await world.run { world async throws in
            #expect(try await eventually(world.time) { try await world.status(id) == .invalid })
            #expect(try await world.platform.deadLetters(world.filter()).map(\.condition) == ["FunctionNotFound"])
        }
    }

    @Test("one that waits is stopped unseen, one that runs loses its instance")
    func stop() async throws {
        let gate = Gate()
        let count = Mutex(0)
        let world = try PlatformWorld { _, _ in
            count.withLock { $0 += 1 }
            await gate.wait()
            return failing("ended")
        }
        try await world.makeFunction()
        let waiting = try await world.enqueue("waits")
        try await world.platform.stopAsyncInvocation(AsyncInvocationKey(function: world.target.id, id: waiting))
        #expect(try await world.status(waiting) == .stopped)
        try await world.run { world async throws in
            let running = try await world.enqueue("runs")
            await gate.waitForArrival()
            #expect(try await world.status(running) == .running)
            try await world.platform.stopAsyncInvocation(AsyncInvocationKey(function: world.target.id, id: running))
            gate.open()
            #expect(try await eventually(world.time) { try await world.status(running) == .stopped })
            #expect(count.withLock { $0 } == 1)
            #expect(try await world.platform.deadLetters(world.filter()).isEmpty)
        }
    }

    @Test("one function's backlog does not hold up another")
    func fairness() async throws {
        let gate = Gate()
        let world = try PlatformWorld { _, specification in
            if specification.function.id.function.rawValue == "list" { await gate.wait() }
            return .event([])
        }
        try await world.run { world async throws in
            try await world.makeFunction()
            let target = world.target
            let other = FunctionTarget(
                FunctionID(
                    organization: target.id.organization, service: target.id.service,
                    function: FunctionName(unchecked: "quick")))
            try await world.platform.registry.change { registry, occasion in
                var configuration = FunctionConfiguration(runtime: "nodejs20", handler: "index.handler")
                configuration.code = CodeReference(digest: "d", byteCount: 1, checksum: "7")
                _ = try registry.createFunction(other.id, configuration, occasion)
            }
            for _ in 0..<200 { _ = try await world.enqueue("slow") }
            let id = try await world.platform.enqueue(other, payload: [], requestID: RequestID.make(), isStateful: true)
            #expect(
                try await eventually(world.time) {
                    try await world.platform.asyncInvocation(AsyncInvocationKey(function: other.id, id: id)).0.status
                        == .succeeded
                })
            gate.open()
        }
    }

    @Test("what was accepted before the node died is run after it, from the disk")
    func survives() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "duet-async-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "functions.sqlite").path()
        let gate = Gate()
        let time = VirtualTime()
        func makeStores() throws -> FunctionPlatform.Stores {
            let database = try FunctionDatabase(path: path)
            return FunctionPlatform.Stores(registry: database, async: database, usage: database, code: NoCodeStore())
        }
        var ids: [InvocationID] = []
        do {
            // This node dies with one invocation running and others waiting.
            let world = try PlatformWorld(stores: try makeStores(), time: time) { _, _ in
                await gate.wait()
                return .event([])
            }
            try await world.makeFunction()
            for index in 0..<20 { ids.append(try await world.enqueue("event \(index)")) }
            await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await world.platform.run() }
                await gate.waitForArrival()
                group.cancelAll()
                gate.open()
            }
        }
        let accepted = ids
        let seen = Mutex<Set<String>>([])
        let world = try PlatformWorld(stores: try makeStores(), time: time) { invocation, _ in
            guard case .event(let bytes) = invocation.payload else { return failing() }
            seen.withLock { _ = $0.insert(String(decoding: bytes, as: UTF8.self)) }
            return .event([])
        }
        try await world.run { world async throws in
            for id in accepted { #expect(try await eventually(time) { try await world.status(id) == .succeeded }) }
            #expect(seen.withLock { $0.count } == 20)
        }
    }
}
