import FunctionTypes
import Testing

@Suite("W3C trace context")
struct TraceParentTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let span = "b7ad6b7169203331"

    @Test("a valid text is read and written again")
    func valid() throws {
        let context = try #require(TraceParent("00-\(Self.trace)-\(Self.span)-01"))
        #expect((context.traceID, context.spanID, context.isSampled) == (Self.trace, Self.span, true))
        #expect("\(context)" == "00-\(Self.trace)-\(Self.span)-01")
    }

    @Test("flags that are not defined yet are ignored and not passed on", arguments: [("02", false), ("ff", true)])
    func flags(text: String, isSampled: Bool) throws {
        let context = try #require(TraceParent("00-\(Self.trace)-\(Self.span)-\(text)"))
        #expect(context.isSampled == isSampled)
        #expect("\(context)".hasSuffix(isSampled ? "-01" : "-00"))
    }

    @Test("a later version is read as far as it is known", arguments: ["", "-what-comes-later", "-"])
    func later(rest: String) throws {
        let context = try #require(TraceParent("cc-\(Self.trace)-\(Self.span)-01\(rest)"))
        #expect("\(context)" == "00-\(Self.trace)-\(Self.span)-01")
    }

    @Test(
        "what the specification calls invalid is no context",
        arguments: [
            "", "00", "ff-\(trace)-\(span)-01", "00-\(trace)-\(span)-01-more", "00-\(trace)-\(span)-01 ",
            "cc-\(trace)-\(span)-01.more", "00-\(trace.uppercased())-\(span)-01", "00-\(trace)-\(span)-0",
            "00-\(String(repeating: "0", count: 32))-\(span)-01", "00-\(trace)-\(String(repeating: "0", count: 16))-01",
            "00-\(trace)-\(span)-zz", "0-\(trace)-\(span)-001", "00_\(trace)_\(span)_01", "00-\(trace)\(span)--01",
            "00-\(trace.dropLast())é-\(span)-01", "cc-\(trace)-\(span)-01-" + String(repeating: "x", count: 600),
        ])
    func invalid(text: String) {
        #expect(TraceParent(text) == nil)
    }

    @Test("any bytes are refused or give a context that is read again as the same", arguments: 0..<200)
    func anything(seed: Int) {
        var state = UInt64(seed) &* 6_364_136_223_846_793_005 &+ 1
        var bytes = Array("00-\(Self.trace)-\(Self.span)-01".utf8)
        for _ in 0..<(seed % 4) {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            bytes[Int(state >> 33) % bytes.count] = UInt8(truncatingIfNeeded: state >> 20)
        }
        guard let context = TraceParent(String(decoding: bytes, as: UTF8.self)) else { return }
        #expect(TraceParent("\(context)") == context, "seed \(seed)")
    }

    @Test("steps of a trace follow from words, and stay in the trace")
    func steps() throws {
        let context = try #require(TraceParent("00-\(Self.trace)-\(Self.span)-00"))
        let child = context.child(["invocation", "r1"])
        #expect(child.traceID == Self.trace && child.spanID != Self.span && !child.isSampled)
        #expect(child == context.child(["invocation", "r1"]))
        #expect(child != context.child(["invocationr", "1"]))
        #expect(TraceParent("\(TraceParent(beginning: ["r1"]))") == TraceParent(beginning: ["r1"]))
        #expect(TraceParent(beginning: ["r1"]).traceID != TraceParent(beginning: ["r2"]).traceID)
    }
}
