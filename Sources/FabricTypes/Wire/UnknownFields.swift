/// The fields of a message that its view does not know, as received and in their order.
///
/// Two messages are equal only if these are: that is how Go compares messages.
package struct UnknownFields: Hashable, Sendable {
    private var buffer: [UInt8] = []

    package init() {}

    package var isEmpty: Bool { buffer.isEmpty }
    package var bytes: Bytes { Bytes(buffer) }

    package mutating func keep(_ field: WireField) {
        field.bytes.withUnsafeBytes { buffer.append(contentsOf: $0) }
    }
}
