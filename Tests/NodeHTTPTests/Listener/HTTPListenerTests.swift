import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle
import Testing

@testable import NodeHTTP

@Suite("HTTP listener")
struct HTTPListenerTests {
    @Test("the first surface that takes a request answers it, with the raw query and the body")
    func firstSurfaceAnswers() async throws {
        try await withListener { connection in
            let answer = try await connection.send(
                "POST /echo/x%2Fy?a=1%202 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello")

            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.contains("x-request-id: "))
            #expect(answer.hasSuffix("POST /echo/x%2Fy a=1%202 localhost hello"))
        }
    }

    @Test("an absolute-form target keeps its bytes and its authority is the host")
    func absoluteForm() async throws {
        try await withListener { connection in
            let answer = try await connection.send(
                "GET http://demo.localhost:99/echo/[a]?q=%7b|} HTTP/1.1\r\nHost: other\r\n\r\n")

            #expect(answer.hasSuffix("GET /echo/[a] q=%7b|} demo.localhost:99 "))
            let same = try await connection.send(
                "GET http://demo.localhost:99/echo/a HTTP/1.1\r\nHost: Demo.localhost\r\n\r\n")
            #expect(same.hasSuffix("GET /echo/a  Demo.localhost "))
        }
    }

    @Test("an unknown host is refused unless the surface checks signatures")
    func unknownHost() async throws {
        try await withListener { connection in
            let refused = try await connection.send("GET /echo/a HTTP/1.1\r\nHost: evil.example\r\n\r\n")
            #expect(refused.hasPrefix("HTTP/1.1 421 "))
            let missing = try await connection.send("GET /echo/a HTTP/1.1\r\n\r\n")
            #expect(missing.hasPrefix("HTTP/1.1 421 "))
            let signed = try await connection.send("GET /signed HTTP/1.1\r\nHost: evil.example\r\n\r\n")
            #expect(signed.hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test("a body over the surface's limit is refused before it is sent, and after when its length is not told")
    func bodyTooLarge() async throws {
        try await withListener { connection in
            let told = try await connection.send(
                "POST /echo/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2000\r\n\r\n")
            #expect(told.hasPrefix("HTTP/1.1 413 "))
        }
        try await withListener { connection in
            let chunk = "400\r\n" + String(repeating: "x", count: 1_024) + "\r\n"
            let chunked = try await connection.send(
                "POST /echo/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n\(chunk)\(chunk)0\r\n\r\n"
            )
            #expect(chunked.hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test("Expect: 100-continue is answered before the body")
    func expectContinue() async throws {
        try await withListener { connection in
            let first = try await connection.send(
                "POST /echo/a HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            #expect(first == "HTTP/1.1 100 Continue\r\n\r\n")
            let second = try await connection.send("hi")
            #expect(second.hasSuffix("POST /echo/a  localhost hi"))
        }
    }

    @Test("an unexpected error is answered without its text; nothing served is a 404; HEAD has no body")
    func otherAnswers() async throws {
        try await withListener { connection in
            let failed = try await connection.send("GET /fail HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(failed.hasPrefix("HTTP/1.1 500 ") && !failed.contains("inside"))
            let absent = try await connection.send("GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(absent.hasPrefix("HTTP/1.1 404 ") && absent.contains("\"/nothing\\\""))
            let head = try await connection.send("HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(head.hasPrefix("HTTP/1.1 200 ") && head.lowercased().contains("content-length: "))
            #expect(head.hasSuffix("\r\n\r\n"))
        }
    }

    @Test("/healthz answers as Fabric's operations service: OK, or the checks that failed")
    func health() async throws {
        try await withListener { connection in
            let answer = try await connection.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(answer.contains(#""status":"OK""#) && answer.contains(#""time":"2"#))
        }
        let problem = HealthProblem(component: "peer0.org1.example.com", reason: "Channel \"c\" stopped.")
        try await withListener(problems: [problem]) { connection in
            let answer = try await connection.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.contains(#""status":"Service Unavailable""#))
            #expect(
                answer.contains(
                    #""failed_checks":[{"component":"peer0.org1.example.com","reason":"Channel \"c\" stopped."}]"#))
        }
    }

    @Test("a request line that is none gets a 400")
    func garbage() async throws {
        try await withListener { connection in
            let answer = try await connection.send("\u{16}\u{3}garbage\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 400 "))
        }
    }

    @Test("a port that is taken is named")
    func portTaken() async throws {
        try await withListener { connection in
            let second = HTTPListener(
                configuration: .init(addresses: [.init(host: "127.0.0.1", port: connection.port)]), surfaces: [],
                logger: Logger(label: "test"))
            await #expect {
                try await second.run()
            } throws: { error in
                "\(error)".contains("127.0.0.1:\(connection.port)")
            }
        }
    }
}

/// Answers with what it was asked.
private struct EchoSurface: HTTPSurface {
    func takes(_ request: IncomingRequest) -> Bool {
        request.target.isUnder("/echo") || request.target.isUnder("/fail")
    }

    func respond(to request: IncomingRequest) async throws -> Response {
        struct Inside: Error {}
        if request.target.isUnder("/fail") { throw Inside() }
        let body = try await request.collectBody(upTo: 1_500)
        let text = "\(request.method) \(request.target.rawPath) \(request.target.rawQuery ?? "") \(request.hostText) "
        return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: text + String(buffer: body))))
    }
}

private struct SignedSurface: HTTPSurface {
    var answersUnknownHosts: Bool { true }
    func takes(_ request: IncomingRequest) -> Bool { request.target.rawPath == "/signed" }
    func respond(to request: IncomingRequest) async throws -> Response { Response(status: .ok) }
}

/// Runs a listener on a free port, and one raw connection to it.
private func withListener(
    problems: [HealthProblem] = [], _ body: @escaping @Sendable (RawConnection) async throws -> Void
) async throws {
    let (ports, continuation) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
    let listener = HTTPListener(
        configuration: .init(addresses: [.init(host: "127.0.0.1", port: 0)]),
        surfaces: [EchoSurface(), SignedSurface(), HealthSurface(problems: { problems })], logger: Logger(label: "test")
    ) { continuation.yield($0[0].port) }
    let services = ServiceGroup(services: [listener], logger: Logger(label: "test"))
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await services.run() }
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        let result = await Result { try await RawConnection.with(port: port, body) }
        await services.triggerGracefulShutdown()
        try await group.waitForAll()
        try result.get()
    }
}

extension Result where Failure == any Error {
    fileprivate init(catching body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
