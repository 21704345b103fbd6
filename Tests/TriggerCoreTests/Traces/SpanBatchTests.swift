import FabricTypes
import FunctionTypes
import Testing
import TriggerCore

@Suite("Spans as collectors take them")
struct SpanBatchTests {
    private let context = TraceParent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")

    private func span(_ organization: String = "Org1MSP") throws -> TraceSpan {
        var span = TraceSpan(
            "rule", .server, at: try #require(context), parentSpanID: "00f067aa0ba902b7", organization: organization,
            start: Timestamp(milliseconds: 1_700_000_000_123), duration: .microseconds(1_500))
        span.add("faas.name", "rules/rule")
        span.add("duet.attempt", 2)
        span.add("faas.coldstart", false)
        span.add("left.out", "")
        return span
    }

    private func batch(_ spans: [TraceSpan]) -> SpanBatch {
        SpanBatch(
            spans, from: SpanBatch.Resource(serviceName: "duet", serviceVersion: "1", node: "n", network: "net"))
    }

    @Test("JSON has ids as digits, 64-bit numbers as texts, and each organisation as a resource")
    func json() throws {
        var failed = try span("Org2MSP")
        failed.fail("too late")
        failed.link(try #require(context))
        let resources = try #require(batch([failed, try span()]).json["resourceSpans"]?.arrayValue)
        #expect(resources.count == 2)
        let first = try #require(resources[0]["scopeSpans"]?.arrayValue?.first?["spans"]?.arrayValue?.first)
        #expect(first["traceId"] == "0af7651916cd43dd8448eb211c80319c" && first["spanId"] == "b7ad6b7169203331")
        #expect(first["parentSpanId"] == "00f067aa0ba902b7" && first["kind"] == 2)
        #expect(
            first["startTimeUnixNano"] == "1700000000123000000" && first["endTimeUnixNano"] == "1700000000124500000")
        #expect(
            first["attributes"] == [
                ["key": "faas.name", "value": ["stringValue": "rules/rule"]],
                ["key": "duet.attempt", "value": ["intValue": "2"]],
                ["key": "faas.coldstart", "value": ["boolValue": false]],
            ])
        #expect(first["status"] == nil && first["links"] == nil)
        let second = try #require(resources[1]["scopeSpans"]?.arrayValue?.first?["spans"]?.arrayValue?.first)
        #expect(second["status"] == ["code": 2, "message": "too late"])
        #expect(second["links"]?.arrayValue?.count == 1)
        #expect(resources[1]["resource"]?.jsonText.contains("Org2MSP") == true)
    }

    @Test("protobuf has the same in its fields")
    func protobuf() throws {
        // ExportTraceServiceRequest > ResourceSpans > ScopeSpans > Span
        let bytes = batch([try span()]).protobuf
        var span = Bytes(bytes)
        for number in [1, 2, 2] { span = try #require(try Self.fields(span)[number]?.last) }
        let fields = try Self.fields(span)
        #expect(
            fields[1] == [
                Bytes([0x0A, 0xF7, 0x65, 0x19, 0x16, 0xCD, 0x43, 0xDD, 0x84, 0x48, 0xEB, 0x21, 0x1C, 0x80, 0x31, 0x9C])
            ])
        #expect(fields[2] == [Bytes([0xB7, 0xAD, 0x6B, 0x71, 0x69, 0x20, 0x33, 0x31])])
        #expect(fields[4]?.first?.count == 8)
        #expect(fields[5] == [Bytes("rule")])
        #expect(fields[9]?.count == 3)
        #expect(fields[15] == nil)
    }

    /// Contents of fields with a length, by number.
    private static func fields(_ bytes: Bytes) throws -> [Int: [Bytes]] {
        var fields: [Int: [Bytes]] = [:]
        var reader = try WireReader(bytes)
        while let field = try reader.next() {
            if case .bytes(let content) = field.value { fields[field.number, default: []].append(content) }
        }
        return fields
    }

    @Test("long texts are cut, links are bounded, and a clock before 1970 counts as 1970")
    func bounds() throws {
        var span = try span()
        span.add("long", String(repeating: "é", count: 10_000))
        for _ in 0..<100 { span.link(try #require(context)) }
        span.start = Timestamp(milliseconds: -5)
        #expect(span.startNanoseconds == 0 && span.endNanoseconds == 1_500_000)
        #expect(span.links.count == TraceSpan.linkCountMax)
        guard case .text(let text)? = span.attributes.last?.value else {
            Issue.record("no text")
            return
        }
        #expect(text.utf8.count <= TraceSpan.textByteCountMax + 2)
    }
}
