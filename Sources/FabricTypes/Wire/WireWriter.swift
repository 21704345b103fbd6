/// Builds one encoded protobuf message, deterministically.
package struct WireWriter {
    private var buffer: [UInt8] = []

    package init() {}

    package var bytes: Bytes { Bytes(buffer) }

    // Scalars at their default are left out, as proto3 does. `writeAlways` is for oneof members and array elements.

    package mutating func write(_ number: Int, _ value: Bytes) {
        if !value.isEmpty { writeAlways(number, value) }
    }

    package mutating func write(_ number: Int, _ value: String) {
        if !value.isEmpty { writeAlways(number, Bytes(value)) }
    }

    package mutating func write(_ number: Int, _ value: UInt64) {
        if value != 0 { writeAlways(number, value) }
    }

    package mutating func write(_ number: Int, _ value: Int64) {
        write(number, UInt64(bitPattern: value))
    }

    package mutating func write(_ number: Int, _ value: UInt32) {
        write(number, UInt64(value))
    }

    /// Negative numbers take ten bytes, as protobuf's `int32` does.
    package mutating func write(_ number: Int, _ value: Int32) {
        write(number, UInt64(bitPattern: Int64(value)))
    }

    package mutating func write(_ number: Int, _ value: Bool) {
        write(number, value ? 1 : 0 as UInt64)
    }

    package mutating func write(_ number: Int, fixed32 value: UInt32) {
        if value == 0 { return }
        tag(number, wireType: 5)
        for shift in [0, 8, 16, 24] as [UInt32] { buffer.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    package mutating func writeAlways(_ number: Int, _ value: Bytes) {
        tag(number, wireType: 2)
        varint(UInt64(value.count))
        value.withUnsafeBytes { buffer.append(contentsOf: $0) }
    }

    package mutating func writeAlways(_ number: Int, _ value: UInt64) {
        tag(number, wireType: 0)
        varint(value)
    }

    /// Writes an embedded message, also an empty one.
    package mutating func write(_ number: Int, message: some WireMessage) {
        writeAlways(number, message.encoded())
    }

    package mutating func write(_ number: Int, message: (some WireMessage)?) {
        if let message { write(number, message: message) }
    }

    package mutating func write(_ number: Int, messages: [some WireMessage]) {
        for message in messages { write(number, message: message) }
    }

    package mutating func write(_ number: Int, repeated values: [Bytes]) {
        for value in values { writeAlways(number, value) }
    }

    package mutating func write(_ number: Int, repeated values: [String]) {
        for value in values { writeAlways(number, Bytes(value)) }
    }

    /// Appends fields that are encoded already, such as unknown ones that were kept.
    package mutating func write(encoded fields: Bytes) {
        fields.withUnsafeBytes { buffer.append(contentsOf: $0) }
    }

    private mutating func tag(_ number: Int, wireType: UInt64) {
        varint(UInt64(number) << 3 | wireType)
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            buffer.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        buffer.append(UInt8(rest))
    }
}
