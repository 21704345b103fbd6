import HTTPTypes
import HummingbirdCore
import NIOCore
import Testing

@testable import NodeHTTP

@Suite("Serving pages")
struct SiteSurfaceTests {
    private let surface = SiteSurface(files: [
        .init(path: "/", mediaType: "text/html; charset=utf-8", content: Array("<p>hello</p>".utf8)),
        .init(
            path: "/app.js", mediaType: "text/javascript; charset=utf-8",
            content: Array(String(repeating: "let a = 1;\n", count: 500).utf8)),
    ])

    private func request(
        _ path: String, method: HTTPRequest.Method = .get, headers: HTTPFields = [:],
        standing: IncomingRequest.HostStanding = .loopback
    ) -> IncomingRequest {
        IncomingRequest(
            id: "test", method: method, target: RequestTarget(path), host: RequestHost("localhost"),
            hostStanding: standing, headers: headers, hostText: "localhost",
            peer: .init(address: "127.0.0.1", isLoopback: true), isSecure: false,
            body: RequestBody(buffer: ByteBuffer()))
    }

    @Test("a page comes with a policy that lets only the node's own files run, and nobody frame it")
    func policy() async throws {
        let response = try await surface.respond(to: request("/"))
        #expect(response.status == .ok)
        #expect(response.headers[.contentType] == "text/html; charset=utf-8")
        let policy = try #require(response.headers[.contentSecurityPolicy])
        #expect(policy.contains("default-src 'none'") && policy.contains("script-src 'self'"))
        #expect(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"))
        #expect(response.headers[.xContentTypeOptions] == "nosniff")
    }

    @Test("a browser that has the file is told so; another tag or file is sent again")
    func entityTags() async throws {
        let tag = try #require(try await surface.respond(to: request("/app.js")).headers[.eTag])
        for value in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
            let response = try await surface.respond(to: request("/app.js", headers: [.ifNoneMatch: value]))
            #expect(response.status == .notModified, "\(value)")
            #expect(response.headers[.eTag] == tag)
        }
        for path in ["/", "/app.js"] {
            let response = try await surface.respond(to: request(path, headers: [.ifNoneMatch: "\"other\""]))
            #expect(response.status == .ok)
        }
        #expect(try await surface.respond(to: request("/")).headers[.eTag] != tag)
    }

    @Test(
        "files are compressed for those who take it",
        arguments: [
            ("gzip", true), ("br, gzip;q=0.8", true), ("*", true), ("GZIP", true), ("identity", false),
            ("gzip;q=0", false), ("br, gzip; q=0", false), ("", false),
        ])
    func compression(accepted: String, isCompressed: Bool) async throws {
        let plain = try await surface.respond(to: request("/app.js"))
        let response = try await surface.respond(to: request("/app.js", headers: [.acceptEncoding: accepted]))
        #expect(response.headers[.contentEncoding] == (isCompressed ? "gzip" : nil))
        #expect(response.headers[.vary] == "accept-encoding")
        let (plainCount, count) = (try #require(plain.body.contentLength), try #require(response.body.contentLength))
        #expect(isCompressed ? count < plainCount / 10 : count == plainCount)
    }

    @Test("other methods are refused; other paths and deployed domains are others' business")
    func others() async throws {
        let response = try await surface.respond(to: request("/", method: .post))
        #expect(response.status == .methodNotAllowed)
        #expect(response.headers[.allow] == "GET, HEAD")
        #expect(surface.takes(request("/")) && surface.takes(request("/app.js")))
        #expect(!surface.takes(request("/other.js")) && !surface.takes(request("/api/keys")))
        #expect(!surface.takes(request("/", standing: .customDomain)))
    }
}
