/// A protobuf message that Duet reads and writes by hand.
///
/// Decoding accepts, refuses and merges exactly as generated code does: the last scalar wins, embedded messages merge,
/// a field of another wire type is unknown. Byte fields are slices of what was received. Encoding is deterministic:
/// fields ascend by number, defaults are left out, numbers take the fewest bytes.
package protocol WireMessage: Sendable, Hashable {
    /// The full protobuf name, for errors: `common.Envelope`.
    static var messageName: String { get }

    /// The empty message.
    init()

    /// Takes one field in; unknown numbers are ignored unless the message says that it keeps them.
    mutating func merge(_ field: WireField) throws(WireError)

    /// Writes all fields in ascending order.
    func encode(to writer: inout WireWriter)
}

extension WireMessage {
    package init(decoding bytes: Bytes) throws(WireError) {
        self.init()
        try merge(bytes, depth: 0)
    }

    package func encoded() -> Bytes {
        var writer = WireWriter()
        encode(to: &writer)
        return writer.bytes
    }

    package mutating func merge(_ bytes: Bytes, depth: Int) throws(WireError) {
        var number = 0
        do throws(WireError) {
            try WireReader.check(bytes, depth: depth)
            var position = 0
            while position < bytes.count {
                number = 0
                let scanned = try WireReader.scan(bytes, at: position, depth: depth)
                number = scanned.number
                try merge(WireField(scanned, message: bytes, depth: depth))
                position = scanned.end
            }
        } catch {
            throw number == 0 ? error.within(Self.messageName) : error.within("\(Self.messageName)#\(number)")
        }
    }
}
