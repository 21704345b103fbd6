import Foundation
import FunctionCore
import FunctionTypes
import Testing

@testable import NodeHTTP

@Suite("Function Compute's REST API")
struct FunctionSurfaceTests {
    private static let base = "/2016-08-15"

    @Test(
        "a service is created with 200, read with its tag, updated under it, refused under a stale one, deleted with 204"
    )
    func serviceLife() async throws {
        try await FunctionWorld.run { world in
            let created = try await world.call(
                "POST", "\(Self.base)/services", #"{"ServiceName": "shop", "description": "d", "vpcConfig": null}"#)
            #expect(created.status == 200 && created.json["serviceName"] == "shop")
            let tag = try #require(created.headers["etag"])
            let again = try await world.call("POST", "\(Self.base)/services", #"{"serviceName": "shop"}"#)
            #expect(again.status == 409 && again.json["ErrorCode"] == "ServiceAlreadyExists")
            let read = try await world.call("GET", "\(Self.base)/services/shop")
            #expect(read.headers["etag"] == tag && read.json["description"] == "d")
            #expect(read.headers["x-fc-request-id"]?.isEmpty == false)
            let updated = try await world.call(
                "PUT", "\(Self.base)/services/shop", #"{"description": "e"}"#, headers: ["If-Match": tag])
            #expect(updated.status == 200 && updated.headers["etag"] != tag)
            let stale = try await world.call(
                "PUT", "\(Self.base)/services/shop", #"{"description": "f"}"#, headers: ["If-Match": tag])
            #expect(stale.status == 412 && stale.json["ErrorCode"] == "PreconditionFailed")
            try await #expect(try await world.call("DELETE", "\(Self.base)/services/shop").status == 204)
            let gone = try await world.call("GET", "\(Self.base)/services/shop")
            #expect(gone.status == 404 && gone.json["ErrorCode"] == "ServiceNotFound")
        }
    }

    @Test("lists are sorted and paged; a token goes on where the page before ended")
    func paging() async throws {
        try await FunctionWorld.run { world in
            for name in ["c", "a", "b", "ab"] {
                _ = try await world.call("POST", "\(Self.base)/services", #"{"serviceName": "\#(name)"}"#)
            }
            let first = try await world.call("GET", "\(Self.base)/services?limit=2")
            #expect(Self.names(first) == ["a", "ab"])
            let token = try #require(first.json["nextToken"]?.stringValue)
            let second = try await world.call("GET", "\(Self.base)/services?limit=2&nextToken=\(token)")
            #expect(Self.names(second) == ["b", "c"] && second.json["nextToken"] == nil)
            try await #expect(try await Self.names(world.call("GET", "\(Self.base)/services?prefix=a")) == ["a", "ab"])
            try await #expect(
                try await Self.names(world.call("GET", "\(Self.base)/services?startKey=b")) == ["b", "c"])
            for wrong in ["0", "101", "x"] {
                try await #expect(try await world.call("GET", "\(Self.base)/services?limit=\(wrong)").status == 400)
            }
        }
    }

    private static func names(_ answer: FunctionWorld.Answer) -> [String] {
        answer.json["services"]?.arrayValue?.compactMap { $0["serviceName"]?.stringValue } ?? []
    }

    @Test("a failing function answers 200 with an error type; the tail of its log comes when it is asked for")
    func invocation() async throws {
        try await FunctionWorld.run { invocation, _ in
            guard case .event(let bytes) = invocation.payload else { return .event([]) }
            return bytes == Array("bad".utf8)
                ? .failure(FunctionFailure(.unhandled, errorType: "TypeError", message: "no")) : .event(bytes)
        } _: { world in
            try await world.makeFunction()
            let path = "\(Self.base)/services/shop/functions/list/invocations"
            let good = try await world.call("POST", path, "hello", headers: ["X-Fc-Log-Type": "Tail"])
            #expect(good.status == 200 && good.body == "hello" && good.headers["x-fc-error-type"] == nil)
            #expect(good.headers["x-fc-invocation-service-version"] == "LATEST")
            let log = Data(base64Encoded: good.headers["x-fc-log-result"] ?? "") ?? Data()
            #expect(String(decoding: log, as: UTF8.self).contains("FC Invoke End RequestId: "))
            let bad = try await world.call("POST", path, "bad")
            #expect(bad.status == 200 && bad.headers["x-fc-error-type"] == "UnhandledInvocationError")
            #expect(bad.json["errorType"] == "TypeError" && bad.headers["x-fc-log-result"] == nil)
        }
    }

    @Test("an asynchronous invocation is accepted with 202 and its id; the same id again is refused")
    func asynchronous() async throws {
        try await FunctionWorld.run { world in
            try await world.makeFunction()
            let path = "\(Self.base)/services/shop/functions/list"
            let headers = ["X-Fc-Invocation-Type": "Async", "X-Fc-Stateful-Async-Invocation-Id": "order-1"]
            let accepted = try await world.call("POST", "\(path)/invocations", "{}", headers: headers)
            #expect(accepted.status == 202 && accepted.body.isEmpty)
            #expect(accepted.headers["x-fc-stateful-async-invocation-id"] == "order-1")
            let again = try await world.call("POST", "\(path)/invocations", "{}", headers: headers)
            #expect(again.status == 409 && again.json["ErrorCode"] == "StatefulAsyncInvocationAlreadyExists")
            let record = try await world.call("GET", "\(path)/stateful-async-invocations/order-1")
            #expect(record.json["invocationId"] == "order-1")
            let big = String(repeating: "x", count: FunctionLimits.asyncPayloadByteCountMax + 1)
            let refused = try await world.call(
                "POST", "\(path)/invocations", big, headers: ["X-Fc-Invocation-Type": "Async"])
            #expect(refused.status == 400 && refused.json["ErrorCode"] == "EntityTooLarge")
        }
    }

    @Test("an HTTP trigger hands over path, query and headers, and its methods only")
    func proxy() async throws {
        try await FunctionWorld.run { invocation, _ in
            guard case .http(let request) = invocation.payload else { return .event([]) }
            let names = request.headers.map(\.name).sorted().joined(separator: ",")
            let text =
                "\(request.method) \(request.path) \(request.query) \(names) \(String(decoding: request.body, as: UTF8.self))"
            return .http(
                HTTPAnswer(
                    status: 201,
                    headers: [NamedValue("X-Own", "1"), NamedValue("x-fc-own", "2"), NamedValue("Server", "x")],
                    body: Array(text.utf8)))
        } _: { world in
            try await world.makeFunction()
            let missing = try await world.call("GET", "\(Self.base)/proxy/shop/list/")
            #expect(missing.status == 404 && missing.json["ErrorCode"] == "TriggerNotFound")
            try await world.makeHTTPTrigger()
            let answer = try await world.call(
                "POST", "\(Self.base)/proxy/shop/list/a%20b/c?x=1&x=2", "body",
                headers: ["X-Fc-Secret": "s", "X-Other": "o", "Keep-Alive": "5"])
            #expect(answer.status == 201)
            #expect(answer.body == "POST /a b/c x=1&x=2 content-length,host,x-other body")
            #expect(
                answer.headers["x-own"] == "1" && answer.headers["x-fc-own"] == nil && answer.headers["server"] == nil)
            try await #expect(try await world.call("GET", "\(Self.base)/proxy/shop/list").body.hasPrefix("GET / "))
            let other = try await world.call("DELETE", "\(Self.base)/proxy/shop/list/")
            #expect(other.status == 405 && other.headers["allow"] == "GET, POST")
            let event = try await world.call("POST", "\(Self.base)/services/shop/functions/list/invocations", "x")
            #expect(event.status == 400 && event.body.contains("/proxy/shop/list/"))
        }
    }

    @Test("under the node's own address a function's page is a stranger to the console, and never sees its login")
    func strangers() async throws {
        try await FunctionWorld.run { invocation, _ in
            guard case .http(let request) = invocation.payload else { return .event([]) }
            let cookies = request.headers.filter { $0.name == "cookie" }.map(\.value).joined(separator: "|")
            return .http(
                HTTPAnswer(
                    status: 200,
                    headers: [
                        NamedValue("Set-Cookie", "\(SessionAPI.cookieName)=mine"),
                        NamedValue("Content-Security-Policy", "default-src *"),
                    ],
                    body: Array(cookies.utf8)))
        } _: { world in
            try await world.makeFunction()
            try await world.makeHTTPTrigger()
            let session = "\(SessionAPI.cookieName)=key1.1.aa"
            for (sent, seen) in [(session, ""), ("a=1; \(session); b=2", "a=1; b=2"), ("a=1", "a=1")] {
                let answer = try await world.call("GET", "\(Self.base)/proxy/shop/list/", headers: ["Cookie": sent])
                #expect(answer.body == seen)
                #expect(answer.headers["set-cookie"] == nil)
                let policy = try #require(answer.headers["content-security-policy"])
                #expect(policy.contains("sandbox") && !policy.contains("allow-same-origin"))
            }
        }
    }

    @Test("headers over 8 KiB and targets over 4 KiB are refused before the function is asked")
    func sizes() async throws {
        try await FunctionWorld.run { _, _ in
            .http(HTTPAnswer(status: 200))
        } _: { world in
            try await world.makeFunction()
            try await world.makeHTTPTrigger()
            let long = String(repeating: "x", count: 5_000)
            let target = try await world.call("GET", "\(Self.base)/proxy/shop/list/?q=\(long)")
            #expect(target.status == 400 && target.json["ErrorCode"] == "InvalidArgument")
            let headers = try await world.call("GET", "\(Self.base)/proxy/shop/list/", headers: ["A": long, "B": long])
            #expect(headers.status == 400 && headers.json["ErrorCode"] == "InvalidArgument")
        }
    }

    @Test("a custom domain's routes lead to functions, which see the whole path; nothing else answers there")
    func customDomain() async throws {
        try await FunctionWorld.run { invocation, _ in
            guard case .http(let request) = invocation.payload else { return .event([]) }
            return .http(HTTPAnswer(status: 200, body: Array(request.path.utf8)))
        } _: { world in
            try await world.makeFunction()
            try await world.makeHTTPTrigger()
            try await #expect(try await world.call("GET", "/x/y", host: "shop.example.com").status == 421)
            let made = try await world.call(
                "POST", "\(Self.base)/custom-domains",
                #"{"domainName": "shop.example.com", "protocol": "HTTP", "routeConfig": {"routes": [{"path": "/x/*", "serviceName": "shop", "functionName": "list"}]}}"#
            )
            #expect(made.status == 200)
            let routed = try await world.call("GET", "/x/y", host: "shop.example.com")
            #expect(routed.status == 200 && routed.body == "/x/y")
            let unrouted = try await world.call("GET", "\(Self.base)/services", host: "shop.example.com")
            #expect(unrouted.status == 404 && unrouted.json["services"] == nil)
        }
    }

    @Test("with keys asked for, calls need a valid signature, in time, of a key with the right role")
    func signatures() async throws {
        try await FunctionWorld.run(needsKey: true) { world in
            let path = "\(Self.base)/services"
            func code(_ method: String, _ headers: [String: String]) async throws -> String? {
                let answer = try await world.call(method, path, method == "POST" ? "{}" : "", headers: headers)
                return answer.json["ErrorCode"]?.stringValue
            }
            try await #expect(try await code("GET", [:]) == "AccessDenied")
            try await #expect(try await code("GET", FunctionWorld.signed(FunctionWorld.key, "GET", path)) == nil)
            try await #expect(try await code("GET", FunctionWorld.signed(FunctionWorld.reader, "GET", path)) == nil)
            try await #expect(
                try await code("POST", FunctionWorld.signed(FunctionWorld.reader, "POST", path)) == "AccessDenied")
            try await #expect(
                try await code("GET", FunctionWorld.signed(FunctionWorld.key, "GET", path, secret: "wrong"))
                    == "SignatureNotMatch")
            try await #expect(
                try await code("POST", FunctionWorld.signed(FunctionWorld.key, "GET", path)) == "SignatureNotMatch")
            let old = FunctionWorld.signed(FunctionWorld.key, "GET", path, at: Date(timeIntervalSinceNow: -3_600))
            try await #expect(try await code("GET", old) == "AccessDenied")
            var undated = FunctionWorld.signed(FunctionWorld.key, "GET", path)
            undated["Date"] = nil
            try await #expect(try await code("GET", undated) == "MissingRequiredHeader")
            var strange = FunctionWorld.signed(FunctionWorld.key, "GET", path)
            strange["Authorization"] = "FC nobody:c2ln"
            try await #expect(try await code("GET", strange) == "InvalidAccessKeyID")
            let bearer = ["Authorization": "Bearer testid.testsecret"]
            try await #expect(try await code("GET", bearer) == nil)
        }
    }

    @Test("a trigger of type function takes signed calls only, even from this machine")
    func signedTrigger() async throws {
        try await FunctionWorld.run { _, _ in
            .http(HTTPAnswer(status: 200))
        } _: { world in
            try await world.makeFunction()
            try await world.makeHTTPTrigger(authType: "function")
            let path = "\(Self.base)/proxy/shop/list/?b=2&a=1"
            try await #expect(try await world.call("GET", path).status == 403)
            let signed = FunctionWorld.signed(FunctionWorld.key, "GET", path, signsQuery: true)
            try await #expect(try await world.call("GET", path, headers: signed).status == 200)
            let unsignedQuery = FunctionWorld.signed(FunctionWorld.key, "GET", path)
            try await #expect(try await world.call("GET", path, headers: unsignedQuery).status == 403)
        }
    }

    @Test(
        "bodies and paths that are none are refused with a code",
        arguments: [
            ("POST", "/services", "{", "InvalidArgument"), ("POST", "/services", "[]", "InvalidArgument"),
            ("POST", "/services", #"{"serviceName": "1x"}"#, "InvalidArgument"),
            ("POST", "/services", #"{"serviceName": 5}"#, "InvalidArgument"),
            ("GET", "/services/a%2Fb", "", "InvalidArgument"), ("GET", "/services/a.b.c", "", "InvalidArgument"),
            ("PATCH", "/services", "", "PathNotSupported"), ("GET", "/nothing", "", "PathNotSupported"),
            ("GET", "/proxy/shop", "", "PathNotSupported"), ("GET", "/services/shop/functions", "", "ServiceNotFound"),
            ("POST", "/services/shop/functions/f/invocations", "", "ServiceNotFound"),
        ])
    func refused(_ method: String, _ path: String, _ body: String, _ code: String) async throws {
        try await FunctionWorld.run { world in
            let answer = try await world.call(method, Self.base + path, body)
            #expect(answer.json["ErrorCode"]?.stringValue == code)
            #expect(answer.json["ErrorMessage"]?.stringValue?.isEmpty == false)
        }
    }
}
