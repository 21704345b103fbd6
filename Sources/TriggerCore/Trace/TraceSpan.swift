package import FunctionTypes

/// A piece of work with its place in a trace, as collectors take it.
///
/// Source: OpenTelemetry's trace API and its semantic conventions; what they have no name for bears ours, `duet.…`.
package struct TraceSpan: Hashable, Sendable {
    /// With OpenTelemetry's numbers.
    package enum Kind: Int, Hashable, Sendable {
        case `internal` = 1
        case server = 2
        case client = 3
        case producer = 4
        case consumer = 5
    }

    package enum Value: Hashable, Sendable {
        case text(String)
        case integer(Int64)
        case bool(Bool)
    }

    package struct Attribute: Hashable, Sendable {
        package var name: String
        package var value: Value
    }

    /// Bytes of a text that are sent; the rest is cut.
    package static let textByteCountMax = 4_096
    package static let linkCountMax = 32

    /// Its own place.
    package var context: TraceParent
    package var parentSpanID: String?
    package var name: String
    package var kind: Kind
    /// Whose work it is.
    package var organization: String
    package var start: Timestamp
    package var duration: Duration
    package private(set) var attributes: [Attribute] = []
    /// Other places that led to it: of a batch's further events.
    package private(set) var links: [TraceParent] = []
    /// Why it failed; nil where it did not.
    package private(set) var error: String?

    package init(
        _ name: String, _ kind: Kind, at context: TraceParent, parentSpanID: String?, organization: String,
        start: Timestamp, duration: Duration
    ) {
        self.context = context
        self.parentSpanID = parentSpanID
        self.name = Self.cut(name)
        self.kind = kind
        self.organization = organization
        self.start = start
        self.duration = duration
    }

    /// - Parameter value: nil and the empty text add nothing.
    package mutating func add(_ name: String, _ value: String?) {
        guard let value, !value.isEmpty else { return }
        attributes.append(Attribute(name: name, value: .text(Self.cut(value))))
    }

    package mutating func add(_ name: String, _ value: Int64?) {
        if let value { attributes.append(Attribute(name: name, value: .integer(value))) }
    }

    package mutating func add(_ name: String, _ value: Bool) {
        attributes.append(Attribute(name: name, value: .bool(value)))
    }

    package mutating func fail(_ reason: String) {
        error = Self.cut(reason)
    }

    package mutating func link(_ context: TraceParent) {
        if links.count < Self.linkCountMax { links.append(context) }
    }

    private static func cut(_ text: String) -> String {
        text.utf8.count <= textByteCountMax ? text : String(decoding: text.utf8.prefix(textByteCountMax), as: UTF8.self)
    }

    /// Nanoseconds since 1970; a clock before that counts as 1970.
    package var startNanoseconds: UInt64 {
        UInt64(max(0, start.milliseconds)).multipliedReportingOverflow(by: 1_000_000).partialValue
    }

    package var endNanoseconds: UInt64 {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = UInt64(max(0, seconds)).multipliedReportingOverflow(by: 1_000_000_000).partialValue
        return startNanoseconds &+ nanoseconds &+ UInt64(max(0, attoseconds)) / 1_000_000_000
    }
}

/// Takes spans towards a collector.
package protocol SpanSink: Sendable {
    /// Returns at once. What does not fit is dropped and counted; what is not sampled is not taken.
    func record(_ span: TraceSpan)
}
