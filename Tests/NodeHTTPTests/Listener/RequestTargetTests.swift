import Testing

@testable import NodeHTTP

@Suite("Request target")
struct RequestTargetTests {
    @Test("path and query are decoded and kept raw")
    func partsAreDecodedAndKept() {
        let target = RequestTarget("/logstores/a%2Fb/x%20y?query=a+b%26c&empty=&flag&query=2")

        #expect(target.rawPath == "/logstores/a%2Fb/x%20y")
        #expect(target.path == "/logstores/a/b/x y")
        #expect(target.pathSegments == ["logstores", "a/b", "x y"])
        #expect(target.query("query") == "a b&c")
        #expect(target.queryItems.map(\.name) == ["query", "empty", "flag", "query"])
        #expect(target.queryItems.map(\.hasValue) == [true, true, false, true])
        #expect(target.query("absent") == nil)
    }

    @Test(
        "broken escapes stay as they are",
        arguments: [("%", "/%"), ("/%2", "/%2"), ("/%zz", "/%zz"), ("/%41%", "/A%"), ("/%ff", "/\u{FFFD}")])
    func brokenEscapesStay(raw: String, decoded: String) {
        #expect(RequestTarget(raw).path == decoded)
    }

    @Test("a query of a million items is read up to the bound")
    func queryIsBounded() {
        let target = RequestTarget("/?" + String(repeating: "a=1&", count: 20_000))

        #expect(target.queryItems.count == RequestTarget.queryItemCountMax)
    }

    @Test("a prefix ends at a segment")
    func prefixEndsAtSegment() {
        #expect(RequestTarget("/api").isUnder("/api"))
        #expect(RequestTarget("/api/logs").isUnder("/api"))
        #expect(!RequestTarget("/apis").isUnder("/api"))
    }
}

@Suite("Request host")
struct RequestHostTests {
    @Test(
        "loopback names",
        arguments: [
            ("localhost", true), ("LOCALHOST:80", true), ("127.0.0.1:8080", true), ("127.9.9.9", true),
            ("[::1]:80", true),
            ("demo.localhost:8080", true), ("localhost.evil.example", false), ("127.0.0.1.evil.example", false),
            ("127.0.0.256", false), ("10.0.0.1", false), ("example", false),
        ])
    func loopbackNames(text: String, isLoopback: Bool) throws {
        #expect(try #require(RequestHost(text)).isLoopback == isLoopback)
    }

    @Test(
        "what is no host", arguments: ["", ":80", "a b", "a/b", "[::1", "[]:80", "a:b", "a:99999", "a:80:80", "[::1]x"])
    func refused(text: String) {
        #expect(RequestHost(text) == nil)
    }
}
