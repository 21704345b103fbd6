import HTTPTypes
import HummingbirdCore
import Synchronization
import Testing

@testable import NodeHTTP

@Suite("Logins of browsers")
struct SessionTests {
    /// A time that the test moves, in seconds since 1970.
    private final class TestTime: Sendable {
        private let seconds = Mutex<Int64>(1_700_000_000)

        var now: Int64 { seconds.withLock { $0 } }

        func pass(_ count: Int64) { seconds.withLock { $0 += count } }
    }

    private let time = TestTime()
    private let keys = InMemoryAccessKeys([
        AccessKey(id: "key1", secret: "s.e-cret", organization: "Org2", role: .user)!,
        AccessKey(id: "key2", secret: "other", organization: "Org3", role: .admin)!,
    ])
    private let access: AccessControl
    private let surface: APISurface

    init() {
        access = AccessControl(keys: keys, anonymousOrganization: nil, now: { [time] in time.now })
        surface = APISurface(access: access, groups: [SessionAPI(access: access).group])
    }

    /// The cookie of a login, as `name=value`.
    private func logIn(_ secret: String = "key1.s.e-cret") async throws -> String {
        let response = try await surface.respond(
            to: makeRequest(.post, "/api/session", headers: [.authorization: "Bearer \(secret)"]))
        #expect(response.status == .ok)
        let cookie = try #require(response.headers[.setCookie])
        #expect(cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Strict") && cookie.contains("; Path=/"))
        #expect(!cookie.contains("e-cret"))
        return String(cookie.prefix { $0 != ";" })
    }

    private func caller(_ cookie: String, _ headers: HTTPFields = [:]) throws -> Caller {
        var headers = headers
        headers[.cookie] = cookie
        return try access.caller(of: makeRequest(headers: headers))
    }

    @Test("after a login the cookie stands for the key")
    func cookieStandsForKey() async throws {
        let cookie = try await logIn()
        let expected = Caller(credential: .accessKey(id: "key1"), organization: "Org2", role: .user)
        #expect(try caller(cookie) == expected)
        #expect(try caller("theme=dark; \(cookie); a=b") == expected)
        #expect(try caller(cookie, [.origin: "http://localhost:8080"]) == expected)
    }

    @Test("no login without a key, and none with a wrong one")
    func refusedLogins() async throws {
        for headers in [[:], [.authorization: "Bearer key1.wrong"]] as [HTTPFields] {
            let response = try await surface.respond(to: makeRequest(.post, "/api/session", headers: headers))
            #expect(response.status == .unauthorized)
            #expect(response.headers[.setCookie] == nil)
        }
        let anonymous = AccessControl(keys: keys, anonymousOrganization: "Org1")
        let open = APISurface(access: anonymous, groups: [SessionAPI(access: anonymous).group])
        #expect(try await open.respond(to: makeRequest(.post, "/api/session")).status == .badRequest)
    }

    @Test("a cookie ends with its time and with its key")
    func ends() async throws {
        let cookie = try await logIn()
        time.pass(SessionToken.secondCountMax - 1)
        #expect(try caller(cookie).role == .user)
        time.pass(1)
        #expect(throws: AccessRefusal.self) { try caller(cookie) }

        let other = try await logIn("key2.other")
        #expect(try caller(other).role == .admin)
        _ = try await keys.removeAccessKey(id: "key2", of: "Org3")
        #expect(throws: AccessRefusal.self) { try caller(other) }
    }

    @Test("a cookie that was changed in any place is nobody's")
    func forged() async throws {
        let cookie = try await logIn()
        let parts = cookie.drop { $0 != "=" }.dropFirst().split(separator: ".").map(String.init)
        let forgeries = [
            "key2.\(parts[1]).\(parts[2])", "key1.\((Int64(parts[1]) ?? 0) + 1).\(parts[2])", "key1.\(parts[1]).",
            "key1.\(parts[1])", "key1.\(parts[1]).\(parts[2])0", "key1.9999999999999999999.\(parts[2])", "", "..",
            "key1.\(parts[1]).\(String(parts[2].reversed()))",
        ]
        for forgery in forgeries {
            #expect(throws: AccessRefusal.self, "\(forgery)") { try caller("\(SessionAPI.cookieName)=\(forgery)") }
        }
    }

    @Test("a stranger's page cannot use the cookie")
    func strangers() async throws {
        let cookie = try await logIn()
        let strange: [HTTPFields] = [
            [.origin: "http://evil.example"], [.origin: "null"], [HTTPField.Name("sec-fetch-site")!: "cross-site"],
            [HTTPField.Name("sec-fetch-site")!: "same-site"],
        ]
        for headers in strange {
            #expect(throws: AccessRefusal.self, "\(headers)") { try caller(cookie, headers) }
        }
    }

    @Test("behind a proxy with TLS the cookie stays behind TLS, and its pages are the node's own")
    func proxied() async throws {
        let response = try await surface.respond(
            to: makeRequest(
                .post, "/api/session",
                headers: [.authorization: "Bearer key1.s.e-cret", HTTPField.Name("x-forwarded-proto")!: "https"]))
        let cookie = try #require(response.headers[.setCookie])
        #expect(cookie.hasSuffix("; Secure"))
        #expect(try caller(String(cookie.prefix { $0 != ";" }), [.origin: "https://localhost:8080"]).role == .user)
    }

    @Test("a log-out makes the browser forget")
    func logOut() async throws {
        let cookie = try await logIn()
        let response = try await surface.respond(
            to: makeRequest(.delete, "/api/session", headers: [.cookie: cookie]))
        #expect(response.status == .noContent)
        #expect(response.headers[.setCookie]?.contains("Max-Age=0") == true)
    }
}
