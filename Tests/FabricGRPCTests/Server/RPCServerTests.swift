import FabricTypes
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import FabricGRPC

@Suite("gRPC server")
struct RPCServerTests {
    static let echo = RPCMethod.unary("test.Test", "Echo") { request, _ in request }

    @Test("a unary call carries any bytes there and back", arguments: [true, false], [0, 1, 70_000, 5 << 20])
    func unary(hasTLS: Bool, byteCount: Int) async throws {
        try await TestServer.run([Self.echo], hasTLS: hasTLS) { test in
            let message = Bytes((0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 31) })
            let answer = try await test.client.unary("test.Test", "Echo", message, deadline: nil)
            #expect(answer == message)
            #expect(test.server.arrivingByteCount == 0)
        }
    }

    @Test("a refusal arrives with its code, text and details")
    func refusal() async throws {
        let failure = RPCFailure(
            .aborted, "no – not »now«", details: [.init(typeName: "gateway.ErrorDetail", encoded: Bytes("detail"))])
        try await TestServer.run([.unary("test.Test", "Refuse") { _, _ in throw failure }]) { test in
            let error = await #expect(throws: RPCFailure.self) {
                try await test.client.unary("test.Test", "Refuse", Bytes(), deadline: nil)
            }
            #expect(error == failure)
        }
    }

    @Test("long texts and many details are cut so that the caller can take them")
    func longRefusal() async throws {
        let detail = RPCFailure.Detail(
            typeName: "gateway.ErrorDetail", encoded: Bytes(Array(repeating: 65, count: 3_000)))
        let failure = RPCFailure(
            .aborted, String(repeating: "é", count: 10_000), details: Array(repeating: detail, count: 9))
        try await TestServer.run([.unary("test.Test", "Refuse") { _, _ in throw failure }]) { test in
            let error = await #expect(throws: RPCFailure.self) {
                try await test.client.unary("test.Test", "Refuse", Bytes(), deadline: nil)
            }
            #expect(error?.code == .aborted)
            #expect(error?.message == String(repeating: "é", count: RPCFailure.messageByteCountMax / 6))
            #expect(error?.details == [detail, detail])
        }
    }

    @Test("an error of the node's own keeps its text to itself")
    func innerError() async throws {
        struct Inner: Error { let secret = "hush" }
        try await TestServer.run([.unary("test.Test", "Fail") { _, _ in throw Inner() }]) { test in
            let error = await #expect(throws: RPCFailure.self) {
                try await test.client.unary("test.Test", "Fail", Bytes(), deadline: nil)
            }
            #expect(error?.code == .internalError)
            #expect(error?.message.contains("hush") == false)
        }
    }

    @Test("an unknown method is unimplemented")
    func unknownMethod() async throws {
        try await TestServer.run([Self.echo]) { test in
            let error = await #expect(throws: RPCFailure.self) {
                try await test.client.unary("test.Test", "Other", Bytes(), deadline: nil)
            }
            #expect(error?.code == .unimplemented)
            #expect(error?.message == "unknown method Other for service test.Test")
        }
    }

    @Test("answers go on after the caller has stopped sending")
    func halfClose() async throws {
        let sum = RPCMethod.stream("test.Test", "Repeat") { call in
            let requests = call.requests.makeAsyncIterator()
            guard let first = try await requests.next() else { return }
            let end = try await requests.next()
            #expect(end == nil)
            for _ in 0..<100 { try await call.send(first) }
        }
        try await TestServer.run([sum]) { test in
            let count = try await test.client.stream("test.Test", "Repeat", deadline: nil) { call in
                try await call.send(Bytes("again"))
                await call.finish()
                var count = 0
                while let answer = try await call.next() {
                    #expect(answer == Bytes("again"))
                    count += 1
                }
                return count
            }
            #expect(count == 100)
        }
    }

    @Test("a handler is cancelled when the caller gives up")
    func callerLeaves() async throws {
        let (begun, cancelled) = (Occurrence(), Occurrence())
        let waiting = RPCMethod.unary("test.Test", "Wait") { _, _ in
            begun.happen()
            // Ends only with the task.
            await Occurrence().wait()
            cancelled.happen()
            throw CancellationError()
        }
        try await TestServer.run([waiting]) { test in
            let call = Task { try await test.client.unary("test.Test", "Wait", Bytes(), deadline: nil) }
            await begun.wait()
            call.cancel()
            await cancelled.wait()
            await #expect(throws: (any Error).self) { try await call.value }
        }
    }

    @Test("a handler is cancelled when its deadline passes, and knows the deadline before")
    func deadline() async throws {
        let begun = Mutex(false)
        let cancelled = Occurrence()
        let waiting = RPCMethod.unary("test.Test", "Wait") { _, context in
            #expect(context.deadline != nil)
            begun.withLock { $0 = true }
            // Ends only with the task.
            await Occurrence().wait()
            cancelled.happen()
            throw CancellationError()
        }
        try await TestServer.run([waiting]) { test in
            // On a busy machine the time can be over before the call has reached its handler.
            while !begun.withLock({ $0 }) {
                let error = await #expect(throws: RPCFailure.self) {
                    try await test.client.unary("test.Test", "Wait", Bytes(), deadline: .now + .milliseconds(200))
                }
                #expect(error?.code == .deadlineExceeded)
            }
            await cancelled.wait()
        }
    }

    @Test("calls above the limit are refused, and the place of an ended call is free again")
    func callLimit() async throws {
        let limit = CallLimit(name: "/test.Test", countMax: 1)
        let (begun, end) = (Occurrence(), Occurrence())
        let methods: [RPCMethod] = [
            .unary("test.Test", "Wait", limit: limit) { request, _ in
                begun.happen()
                await end.wait()
                return request
            },
            .unary("test.Test", "Echo", limit: limit) { request, _ in request },
        ]
        try await TestServer.run(methods) { test in
            async let first = test.client.unary("test.Test", "Wait", Bytes("x"), deadline: nil)
            await begun.wait()
            let error = await #expect(throws: RPCFailure.self) {
                try await test.client.unary("test.Test", "Echo", Bytes(), deadline: nil)
            }
            #expect(error?.code == .resourceExhausted)
            #expect(error?.message == "too many requests for /test.Test, exceeding concurrency limit (1)")
            end.happen()
            let answer = try await first
            #expect(answer == Bytes("x"))
            #expect(limit.runningCount == 0)
            _ = try await test.client.unary("test.Test", "Echo", Bytes(), deadline: nil)
        }
    }

    @Test("a call that has sent nothing makes room for another one", arguments: [true, false])
    func silentCall(isServiceLimit: Bool) async throws {
        var limits = RPCServerConfiguration.Limits()
        if !isServiceLimit { limits.callCountMax = 1 }
        let limit = CallLimit(name: "/test.Test", countMax: isServiceLimit ? 1 : 10)
        let silent = RPCMethod.stream("test.Test", "Listen", limit: limit) { call in
            for try await request in call.requests { try await call.send(request) }
        }
        let echo = RPCMethod.unary("test.Test", "Echo", limit: limit) { request, _ in request }
        try await TestServer.run([silent, echo], limits: limits) { test in
            let listening = Task {
                try await test.client.stream("test.Test", "Listen", deadline: nil) { try await $0.next() }
            }
            // Whichever call comes first: the silent one has to go.
            while limit.runningCount == 0 { await Task.yield() }
            let answer = try await test.client.unary("test.Test", "Echo", Bytes("y"), deadline: nil)
            #expect(answer == Bytes("y"))
            let error = await #expect(throws: RPCFailure.self) { try await listening.value }
            #expect(error?.code == .resourceExhausted)
            #expect(error?.message.contains("exceeding concurrency limit (1)") == true)
        }
        #expect(limit.runningCount == 0)
    }

    @Test("a call that has sent something keeps its place")
    func heardCall() async throws {
        let limit = CallLimit(name: "/test.Test", countMax: 1)
        let listen = RPCMethod.stream("test.Test", "Listen", limit: limit) { call in
            for try await request in call.requests { try await call.send(request) }
        }
        let echo = RPCMethod.unary("test.Test", "Echo", limit: limit) { request, _ in request }
        try await TestServer.run([listen, echo]) { test in
            try await test.client.stream("test.Test", "Listen", deadline: nil) { call in
                try await call.send(Bytes("a"))
                _ = try await call.next()
                let error = await #expect(throws: RPCFailure.self) {
                    try await test.client.unary("test.Test", "Echo", Bytes(), deadline: nil)
                }
                #expect(error?.code == .resourceExhausted)
                try await call.send(Bytes("b"))
                let answer = try await call.next()
                #expect(answer == Bytes("b"))
            }
        }
    }

    @Test("a method that takes short messages only refuses longer ones by their length")
    func shortMessages() async throws {
        let ask = RPCMethod.unary("test.Test", "Ask", requestByteCountMax: 1_000) { request, _ in request }
        try await TestServer.run([ask, Self.echo]) { test in
            for byteCount in [1_000, 1_001] {
                let message = Bytes(Array(repeating: 1, count: byteCount))
                let echoed = try await test.client.unary("test.Test", "Echo", message, deadline: nil)
                #expect(echoed == message)
                do {
                    let answer = try await test.client.unary("test.Test", "Ask", message, deadline: nil)
                    #expect(byteCount == 1_000 && answer == message)
                } catch let failure as RPCFailure {
                    #expect(byteCount == 1_001 && failure.code == .resourceExhausted, "\(failure)")
                }
            }
        }
    }

    @Test("a stream that has begun to answer is refused a long message as well, with the reason")
    func longMessageInStream() async throws {
        let listen = RPCMethod.stream("test.Test", "Listen", requestByteCountMax: 1_000) { call in
            for try await request in call.requests { try await call.send(request) }
        }
        try await TestServer.run([listen]) { test in
            let error = await #expect(throws: RPCFailure.self) {
                try await test.client.stream("test.Test", "Listen", deadline: nil) { call in
                    try await call.send(Bytes("short"))
                    #expect(try await call.next() == Bytes("short"))
                    try await call.send(Bytes(Array(repeating: 1, count: 1_001)))
                    _ = try await call.next()
                }
            }
            #expect(error?.code == .resourceExhausted)
            #expect(error?.message == "grpc: received message larger than max (1001 vs. 1000)")
        }
    }

    @Test("a large message counts until it is worked off")
    func heldMessage() async throws {
        var limits = RPCServerConfiguration.Limits()
        limits.arrivingByteCountMax = 150_000
        let (begun, end) = (Occurrence(), Occurrence())
        let wait = RPCMethod.unary("test.Test", "Wait") { _, _ in
            begun.happen()
            await end.wait()
            return Bytes()
        }
        try await TestServer.run([wait, Self.echo], limits: limits) { test in
            let message = Bytes(Array(repeating: 0, count: 100_000))
            async let first = test.client.unary("test.Test", "Wait", message, deadline: nil)
            await begun.wait()
            #expect(test.server.arrivingByteCount == 100_000)
            let error = await #expect(throws: RPCFailure.self) {
                try await test.client.unary("test.Test", "Echo", message, deadline: nil)
            }
            #expect(error?.code == .resourceExhausted)
            end.happen()
            _ = try await first
            let answer = try await test.client.unary("test.Test", "Echo", message, deadline: nil)
            #expect(answer == message)
        }
    }

    @Test("a message beyond the limit is refused by its length, with the reason")
    func tooLong() async throws {
        var limits = RPCServerConfiguration.Limits()
        limits.messageByteCountMax = 1 << 20
        try await TestServer.run([Self.echo], limits: limits) { test in
            let message = Bytes(Array(repeating: 0, count: (1 << 20) + 1))
            let error = await #expect(throws: RPCFailure.self) {
                try await test.client.unary("test.Test", "Echo", message, deadline: nil)
            }
            #expect(error?.code == .resourceExhausted)
            let answer = try await test.client.unary("test.Test", "Echo", Bytes("y"), deadline: nil)
            #expect(answer == Bytes("y"))
        }
    }

    @Test("large messages beyond what may arrive at once are refused, small ones go on")
    func arrivalBudget() async throws {
        var limits = RPCServerConfiguration.Limits()
        limits.arrivingByteCountMax = 100_000
        try await TestServer.run([Self.echo], limits: limits) { test in
            let message = Bytes(Array(repeating: 0, count: 1 << 20))
            let error = await #expect(throws: RPCFailure.self) {
                try await test.client.unary("test.Test", "Echo", message, deadline: nil)
            }
            #expect(error?.code == .resourceExhausted)
            #expect(test.server.arrivingByteCount == 0)
            let answer = try await test.client.unary("test.Test", "Echo", Bytes("y"), deadline: nil)
            #expect(answer == Bytes("y"))
        }
    }

    @Test("a server stops in its time, whoever is connected and says nothing", arguments: [true, false])
    func silentConnection(hasTLS: Bool) async throws {
        var limits = RPCServerConfiguration.Limits()
        limits.drainTimeMax = .milliseconds(100)
        limits.handshakeTimeMax = .seconds(3_600)
        try await TestServer.run([Self.echo], hasTLS: hasTLS, limits: limits) { test in
            let loops = MultiThreadedEventLoopGroup.singleton
            var silent: [any Channel] = []
            for begun in [[], [0x16, 3, 1, 2, 0, 1], Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)] as [[UInt8]] {
                let channel = try await ClientBootstrap(group: loops).connect(host: "127.0.0.1", port: test.target.port)
                    .get()
                try await channel.writeAndFlush(ByteBuffer(bytes: begun))
                silent.append(channel)
            }
            while test.server.connectionCount < silent.count { await Task.yield() }
            // `run` ends the server, which a hanging connection would keep from ending.
        }
    }

    @Test("no description gives a key away")
    func secrets() throws {
        let tls = RPCServerConfiguration.TLS(certificate: Bytes("certificate"), key: Bytes("hush"))
        let configuration = RPCServerConfiguration(port: 7051, tls: tls)
        let identity = RPCClient.Identity(certificate: Bytes("certificate"), key: Bytes("hush"))
        for text in ["\(tls)", "\(configuration)", String(reflecting: configuration), "\(identity)"] {
            #expect(!text.contains(Bytes("hush").hex) && !text.contains("hush"), "\(text)")
        }
        var dumped = ""
        dump(configuration, to: &dumped)
        dump(identity, to: &dumped)
        // The bytes of `hush` one by one, as a dump of an array shows them.
        #expect(!dumped.contains("\(UInt8(ascii: "h"))\n") && !dumped.contains(Bytes("hush").hex), "\(dumped)")
    }

    @Test("an address in use is named")
    func addressInUse() async throws {
        try await TestServer.run([Self.echo]) { test in
            let second = try RPCServer(
                configuration: RPCServerConfiguration(port: test.target.port, tls: nil), methods: [],
                logger: .init(label: "test"))
            let error = await #expect(throws: RPCServerError.self) { try await second.run() }
            #expect(error?.description.contains("127.0.0.1:\(test.target.port)") == true)
        }
    }
}
