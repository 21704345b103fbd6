/// One message of a deliver stream: a block, or the status that ends a request.
///
/// Source: Fabric's `orderer.DeliverResponse`. `protos.DeliverResponse` of peers is the same on the wire as far as these
/// two go.
package struct DeliverResponse: WireMessage {
    package static let messageName = "orderer.DeliverResponse"

    package enum Content: Hashable, Sendable {
        case status(StatusCode)
        /// The encoded ``Block``.
        case block(Bytes)
    }

    /// Nil where the message holds neither.
    package var content: Content? {
        mergedBlock.map { .block(Bytes($0)) } ?? single
    }

    private var single: Content?
    // An array of its own, so that hostile bytes which repeat the block cost no more than their length.
    private var mergedBlock: [UInt8]?

    package init() {}

    package init(_ content: Content) {
        single = content
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch (field.number, field.value) {
        case (1, .varint):
            var number: Int32 = 0
            field.read(&number)
            single = .status(StatusCode(rawValue: number))
            mergedBlock = nil
        case (2, .bytes(let bytes)):
            // Kept as bytes, but bytes that are no block are refused here, as elsewhere.
            var checked = Block()
            try field.merge(into: &checked)
            append(bytes)
        default: break
        }
    }

    /// A member that comes twice is merged, and encoded messages that follow each other decode as their merger.
    private mutating func append(_ block: Bytes) {
        if case .block(let first) = single, mergedBlock == nil { mergedBlock = first.array }
        single = .block(block)
        if mergedBlock != nil { block.withUnsafeBytes { mergedBlock?.append(contentsOf: $0) } }
    }

    package func encode(to writer: inout WireWriter) {
        switch content {
        // As a oneof member, status 0 is written too.
        case .status(let status): writer.writeAlways(1, UInt64(bitPattern: Int64(status.rawValue)))
        case .block(let bytes): writer.writeAlways(2, bytes)
        case nil: break
        }
    }
}

extension DeliverResponse: Hashable {
    package static func == (left: DeliverResponse, right: DeliverResponse) -> Bool {
        left.content == right.content
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(content)
    }
}
