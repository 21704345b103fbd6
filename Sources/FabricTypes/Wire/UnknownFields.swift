/// The fields of a message that its view does not know, in the order in which they came.
///
/// Values stay as received; tags are written with the fewest bytes, as Go keeps them. Two messages are equal only if
/// these are.
package struct UnknownFields: Hashable, Sendable {
    private var buffer: [UInt8] = []

    package init() {}

    package var isEmpty: Bool { buffer.isEmpty }
    package var bytes: Bytes { Bytes(buffer) }

    package mutating func keep(_ field: WireField) {
        var tag = field.tag
        while tag >= 0x80 {
            buffer.append(UInt8(truncatingIfNeeded: tag) | 0x80)
            tag >>= 7
        }
        buffer.append(UInt8(truncatingIfNeeded: tag))
        field.bytes[field.tagByteCount...].withUnsafeBytes { buffer.append(contentsOf: $0) }
    }
}
