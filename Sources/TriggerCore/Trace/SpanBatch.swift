internal import FabricTypes
package import FunctionTypes

/// Spans as OTLP's `ExportTraceServiceRequest`, in either encoding.
///
/// Source: opentelemetry-proto 1.x, `collector/trace/v1`, `trace/v1`, `resource/v1`, `common/v1`; OTLP 1.x for JSON, where ids
/// are hexadecimal and 64-bit numbers are texts.
package struct SpanBatch: Sendable {
    /// What is said of every span: whose process it comes from.
    package struct Resource: Hashable, Sendable {
        /// `service.name`.
        package var serviceName: String
        package var serviceVersion: String
        /// `service.instance.id`.
        package var node: String
        package var network: String?

        package init(serviceName: String, serviceVersion: String, node: String, network: String?) {
            self.serviceName = serviceName
            self.serviceVersion = serviceVersion
            self.node = node
            self.network = network
        }

        fileprivate func attributes(organization: String) -> [TraceSpan.Attribute] {
            let texts = [
                ("service.name", serviceName), ("service.version", serviceVersion), ("service.instance.id", node),
                ("duet.organization", organization), ("duet.network", network ?? ""),
            ]
            return texts.filter { !$0.1.isEmpty }.map { TraceSpan.Attribute(name: $0.0, value: .text($0.1)) }
        }
    }

    private let resource: Resource
    /// By organisation: each is a resource of its own.
    private let groups: [(organization: String, spans: [TraceSpan])]

    package init(_ spans: [TraceSpan], from resource: Resource) {
        self.resource = resource
        groups = Dictionary(grouping: spans, by: \.organization).sorted { $0.key < $1.key }
            .map { (organization: $0.key, spans: $0.value) }
    }

    private static let scopeName = "duet"

    // MARK: - JSON

    package var json: JSONValue {
        let resourceSpans = groups.map { group -> JSONValue in
            [
                "resource": [
                    "attributes": .array(resource.attributes(organization: group.organization).map(Self.json))
                ],
                "scopeSpans": [
                    ["scope": ["name": .string(Self.scopeName)], "spans": .array(group.spans.map(Self.json))]
                ],
            ]
        }
        return ["resourceSpans": .array(resourceSpans)]
    }

    private static func json(_ span: TraceSpan) -> JSONValue {
        var members: [String: JSONValue] = [
            "traceId": .string(span.context.traceID), "spanId": .string(span.context.spanID),
            "name": .string(span.name), "kind": .integer(Int64(span.kind.rawValue)),
            "startTimeUnixNano": .string("\(span.startNanoseconds)"),
            "endTimeUnixNano": .string("\(span.endNanoseconds)"), "flags": 1,
            "attributes": .array(span.attributes.map(json)),
        ]
        members["parentSpanId"] = .text(span.parentSpanID)
        if !span.links.isEmpty {
            members["links"] = .array(
                span.links.map { ["traceId": .string($0.traceID), "spanId": .string($0.spanID)] })
        }
        if let error = span.error { members["status"] = ["code": 2, "message": .string(error)] }
        return .object(members)
    }

    private static func json(_ attribute: TraceSpan.Attribute) -> JSONValue {
        let value: JSONValue =
            switch attribute.value {
            case .text(let text): ["stringValue": .string(text)]
            case .integer(let number): ["intValue": .string("\(number)")]
            case .bool(let flag): ["boolValue": .bool(flag)]
            }
        return ["key": .string(attribute.name), "value": value]
    }

    // MARK: - Protobuf

    package var protobuf: [UInt8] {
        var request = WireWriter()
        for group in groups {
            var owner = WireWriter()
            for attribute in resource.attributes(organization: group.organization) {
                owner.writeAlways(1, Self.encoded(attribute))
            }
            var scope = WireWriter()
            scope.write(1, Self.scopeName)
            var scopeSpans = WireWriter()
            scopeSpans.writeAlways(1, scope.bytes)
            for span in group.spans { scopeSpans.writeAlways(2, Self.encoded(span)) }
            var resourceSpans = WireWriter()
            resourceSpans.writeAlways(1, owner.bytes)
            resourceSpans.writeAlways(2, scopeSpans.bytes)
            request.writeAlways(1, resourceSpans.bytes)
        }
        return request.bytes.array
    }

    private static func encoded(_ span: TraceSpan) -> Bytes {
        var writer = WireWriter()
        writer.write(1, bytes(span.context.traceID))
        writer.write(2, bytes(span.context.spanID))
        writer.write(4, bytes(span.parentSpanID ?? ""))
        writer.write(5, span.name)
        writer.write(6, UInt64(span.kind.rawValue))
        writer.write(encoded: fixed64(7, span.startNanoseconds))
        writer.write(encoded: fixed64(8, span.endNanoseconds))
        for attribute in span.attributes { writer.writeAlways(9, encoded(attribute)) }
        for link in span.links {
            var place = WireWriter()
            place.write(1, bytes(link.traceID))
            place.write(2, bytes(link.spanID))
            writer.writeAlways(13, place.bytes)
        }
        if let error = span.error {
            var status = WireWriter()
            status.write(2, error)
            status.write(3, 2 as UInt64)
            writer.writeAlways(15, status.bytes)
        }
        writer.write(16, fixed32: 1)
        return writer.bytes
    }

    private static func encoded(_ attribute: TraceSpan.Attribute) -> Bytes {
        var value = WireWriter()
        switch attribute.value {
        case .text(let text): value.writeAlways(1, Bytes(text))
        case .bool(let flag): value.writeAlways(2, flag ? 1 : 0)
        case .integer(let number): value.writeAlways(3, UInt64(bitPattern: number))
        }
        var writer = WireWriter()
        writer.write(1, attribute.name)
        writer.writeAlways(2, value.bytes)
        return writer.bytes
    }

    /// Fabric's messages have no such field.
    private static func fixed64(_ number: UInt8, _ value: UInt64) -> Bytes {
        Bytes([number << 3 | 1] + (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) })
    }

    /// Of an id's digits, which are checked.
    private static func bytes(_ digits: String) -> Bytes {
        let values = digits.utf8.map { $0 > UInt8(ascii: "9") ? $0 - UInt8(ascii: "a") + 10 : $0 - UInt8(ascii: "0") }
        return Bytes(
            stride(from: 0, to: values.count - values.count % 2, by: 2).map { values[$0] << 4 | values[$0 + 1] })
    }
}
