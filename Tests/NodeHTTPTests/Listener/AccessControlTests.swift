import HTTPTypes
import HummingbirdCore
import NIOCore
import Testing

@testable import NodeHTTP

@Suite("Access control")
struct AccessControlTests {
    let access = AccessControl(
        keys: InMemoryAccessKeys([AccessKey(id: "key1", secret: "s.e-cret", organization: "Org2", role: .user)!]),
        anonymousOrganization: "Org1")

    @Test("a bearer key acts for its organisation with its role")
    func bearer() throws {
        let caller = try access.caller(of: makeRequest(headers: [.authorization: "Bearer key1.s.e-cret"]))

        #expect(caller == Caller(credential: .accessKey(id: "key1"), organization: "Org2", role: .user))
    }

    @Test(
        "a wrong credential is never treated as none",
        arguments: ["Bearer key1.wrong", "Bearer key1", "Bearer key1.", "Bearer nobody.s.e-cret", "Basic a2V5MQ==", ""])
    func wrongCredential(authorization: String) {
        #expect { try access.caller(of: makeRequest(headers: [.authorization: authorization])) } throws: {
            ($0 as? AccessRefusal)?.code == .credentialWrong
        }
    }

    @Test("without a credential loopback acts as the default organisation's admin")
    func anonymous() throws {
        #expect(try access.caller(of: makeRequest()).role == .admin)
        #expect(try access.caller(of: makeRequest(headers: [.origin: "http://localhost:8080"])).organization == "Org1")
    }

    @Test("no anonymous call from elsewhere, through a proxy, or from a stranger's page")
    func anonymousIsRefused() {
        let requests = [
            makeRequest(peerIsLoopback: false),
            makeRequest(host: "duet.example"),
            makeRequest(headers: [.origin: "http://evil.example"]),
            makeRequest(headers: [.origin: "null"]),
            makeRequest(headers: [HTTPField.Name("sec-fetch-site")!: "cross-site"]),
            makeRequest(headers: [HTTPField.Name("x-forwarded-for")!: "10.1.1.1"]),
        ]
        for request in requests {
            #expect(access.anonymousCaller(of: request) == nil)
        }
        #expect(AccessControl(keys: access.keys, anonymousOrganization: nil).anonymousCaller(of: makeRequest()) == nil)
    }

    @Test("a secret does not print itself")
    func secretIsHidden() throws {
        let key = try #require(access.keys.accessKey(id: "key1"))

        #expect(!"\(key)".contains("cret-") && !"\(key)".contains("s.e-cret"))
        #expect(!String(reflecting: key).contains("s.e-cret"))
    }
}

/// A request that was never on a wire.
func makeRequest(
    _ method: HTTPRequest.Method = .get, _ target: String = "/", host: String = "localhost:8080",
    headers: HTTPFields = [:], body: ByteBuffer = ByteBuffer(), peerIsLoopback: Bool = true,
    hostRule: HostRule = HostRule()
) -> IncomingRequest {
    IncomingRequest(
        id: "test", method: method, target: RequestTarget(target), host: RequestHost(host),
        hostStanding: hostRule.standing(of: RequestHost(host)), headers: headers, hostText: host,
        peer: .init(address: peerIsLoopback ? "127.0.0.1" : "10.0.0.9", isLoopback: peerIsLoopback), isSecure: false,
        body: RequestBody(buffer: body))
}
