import HTTPTypes
import LogCore
import NIOCore
import Testing

@testable import NodeHTTP

@Suite("Signatures of the log service")
struct SLSSignatureTests {
    /// 2024-02-01T03:04:05Z, the time of the vectors.
    static let time = LogTime(seconds: 1_706_756_645)
    let hello = Array("hello".utf8)

    func verify(_ request: IncomingRequest, body: [UInt8] = [], at time: LogTime = time) throws -> AccessKey {
        let key = try #require(AccessKey(id: "testid", secret: "testsecret", organization: "Org1MSP", role: .user))
        return try SLSSignature(keys: InMemoryAccessKeys([key]), now: time).verify(request, body: body)
    }

    func headers(_ extra: [(String, String)]) throws -> HTTPFields {
        var fields = HTTPFields()
        for (name, value) in [("x-log-apiversion", "0.6.0")] + extra {
            fields.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value))
        }
        return fields
    }

    func query(signature: String = "uzkgjPHIejBg5A3u117s6e0Zng4=", from: Int = 1) throws -> IncomingRequest {
        makeRequest(
            .get, "/logstores/l1?type=histogram&from=\(from)&to=2&query=a+b&accurate=True", host: "p.example",
            headers: try headers([
                ("Date", "Thu, 01 Feb 2024 03:04:05 GMT"), ("Content-Type", "application/json"),
                ("x-log-bodyrawsize", "0"), ("x-log-signaturemethod", "hmac-sha1"),
                ("Authorization", "LOG testid:\(signature)"), ("x-log-date", "Thu, 01 Feb 2024 03:04:05 GMT"),
            ]))
    }

    @Test("version 1 accepts the vectors")
    func version1() throws {
        #expect(try verify(query()).id == "testid")
        let write = makeRequest(
            .post, "/logstores/l1/shards/lb", host: "p.example",
            headers: try headers([
                ("Date", "Thu, 01 Feb 2024 03:04:05 GMT"), ("Content-Type", "application/x-protobuf"),
                ("x-log-compresstype", "lz4"), ("x-log-bodyrawsize", "5"), ("x-log-signaturemethod", "hmac-sha1"),
                ("Content-MD5", "5D41402ABC4B2A76B9719D911017C592"),
                ("Authorization", "LOG testid:SzA3VeeZNaJxrmu961G/qshCXKY="),
            ]))
        #expect(try verify(write, body: hello).id == "testid")
        #expect(code { try verify(write, body: Array("hellO".utf8)) } == "InvalidContentMD5")
    }

    func version4Request(
        signature: String = "e2d308c27ac59880b364e0d157642efbf81974f2d6064a45b2fd75f6b6b59f50",
        host: String = "p.example"
    ) throws -> IncomingRequest {
        makeRequest(
            .post, "/logstores/l1/logs?a=b%20c&z=", host: host,
            headers: try headers([
                ("Content-Type", "application/json"), ("x-log-bodyrawsize", "5"), ("x-log-date", "20240201T030405Z"),
                (
                    "x-log-content-sha256", "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
                ),
                (
                    "Authorization",
                    "SLS4-HMAC-SHA256 Credential=testid/20240201/cn-hangzhou/sls/aliyun_v4_request,Signature=\(signature)"
                ),
            ]))
    }

    @Test("version 4 accepts the vector, and refuses another host or body")
    func version4() throws {
        #expect(try verify(version4Request(), body: hello).id == "testid")
        #expect(code { try verify(version4Request(host: "q.example"), body: hello) } == "SignatureNotMatch")
        #expect(code { try verify(version4Request(), body: []) } == "PostBodyInvalid")
    }

    @Test("what is changed, old, or signed by nobody is refused with the service's code")
    func refusals() throws {
        #expect(code { try verify(query(from: 9)) } == "SignatureNotMatch")
        #expect(code { try verify(query(signature: "AAAA")) } == "SignatureNotMatch")
        #expect(code { try verify(query(signature: "%%")) } == "InvalidAuthorization")
        #expect(code { try verify(query(), at: LogTime(seconds: Self.time.seconds + 901)) } == "RequestTimeExpired")
        let stranger = makeRequest(headers: try headers([("Authorization", "LOG nobody:AAAA")]))
        #expect(code { try verify(stranger) } == "Unauthorized")
        for text in [
            "", "LOG", "LOG x", "SLS4-HMAC-SHA256 ", "SLS4-HMAC-SHA256 Credential=testid,Signature=00", "Bearer x.y",
        ] {
            let request = makeRequest(headers: try headers([("Authorization", text)]))
            #expect(["Unauthorized", "InvalidAuthorization"].contains(code { try verify(request) }), "\(text)")
        }
    }

    private func code(_ body: () throws -> AccessKey) -> String? {
        do {
            _ = try body()
            return nil
        } catch {
            return (error as? SLSError)?.code.rawValue
        }
    }

    @Test("dates survive the header's form")
    func dates() {
        #expect(HTTPDate.format(Self.time) == "Thu, 01 Feb 2024 03:04:05 GMT")
        #expect(HTTPDate.parse("Thu, 01 Feb 2024 03:04:05 GMT") == Self.time)
        for text in ["", "Thu", "Thu, 01 Foo 2024 03:04:05 GMT", "Thu, 31 Feb 2024 03:04:05 GMT", "a b c d e GMT"] {
            #expect(HTTPDate.parse(text) == nil)
        }
    }
}
