/// A place in a channel's chain of blocks, at which a stream starts or stops.
///
/// Source: Fabric's `orderer.SeekPosition`.
package struct SeekPosition: WireMessage {
    package static let messageName = "orderer.SeekPosition"

    package enum Kind: Hashable, Sendable {
        /// The last block there is.
        case newest
        case oldest
        case specified(SeekSpecified)
        /// The first block that is not there yet.
        case nextCommit
    }

    /// Nil where the message names none.
    package var kind: Kind?

    package init() {}

    package init(_ kind: Kind) {
        self.kind = kind
    }

    package static func block(_ number: BlockNumber) -> SeekPosition {
        SeekPosition(.specified(SeekSpecified(number: number)))
    }

    package static let newest = SeekPosition(.newest)
    package static let oldest = SeekPosition(.oldest)
    package static let nextCommit = SeekPosition(.nextCommit)
    /// The stop of a stream that does not end.
    package static let never = block(.max)

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch (field.number, field.value) {
        case (1, .bytes):
            try checkIsMessage(field)
            kind = .newest
        case (2, .bytes):
            try checkIsMessage(field)
            kind = .oldest
        case (3, .bytes):
            // A member that comes twice is merged, a different one replaces it.
            var specified = SeekSpecified()
            if case .specified(let earlier) = kind { specified = earlier }
            try field.merge(into: &specified)
            kind = .specified(specified)
        case (4, .bytes):
            try checkIsMessage(field)
            kind = .nextCommit
        default: break
        }
    }

    /// The other members are messages without fields: their bytes must decode all the same.
    private func checkIsMessage(_ field: WireField) throws(WireError) {
        var empty = EmptyMessage()
        try field.merge(into: &empty)
    }

    package func encode(to writer: inout WireWriter) {
        switch kind {
        case .newest: writer.writeAlways(1, Bytes())
        case .oldest: writer.writeAlways(2, Bytes())
        case .specified(let specified): writer.write(3, message: specified)
        case .nextCommit: writer.writeAlways(4, Bytes())
        case nil: break
        }
    }
}

/// Source: Fabric's `orderer.SeekSpecified`.
package struct SeekSpecified: WireMessage {
    package static let messageName = "orderer.SeekSpecified"

    package var number: BlockNumber = 0

    package init() {}

    package init(number: BlockNumber) {
        self.number = number
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 1 { field.read(&number) }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, number)
    }
}

private struct EmptyMessage: WireMessage {
    static let messageName = "message"

    mutating func merge(_ field: WireField) throws(WireError) {}

    func encode(to writer: inout WireWriter) {}
}
