package import FabricTypes

/// An encoding of JSON values whose bytewise order is the order of the values.
///
/// What an index stores. No encoding is a proper prefix of another, so that several can stand in a row.
package enum JSONIndexKey {
    private static let end: UInt8 = 0x00

    package static func encode(_ values: [JSONValue]) -> Bytes {
        var buffer: [UInt8] = []
        for value in values { append(value, to: &buffer) }
        return Bytes(buffer)
    }

    /// The first key behind all keys that begin with `prefix`; nil if there is none.
    package static func successor(ofPrefix prefix: Bytes) -> Bytes? {
        var bytes = prefix.array
        while let last = bytes.popLast() {
            if last < 0xFF { return Bytes(bytes + [last + 1]) }
        }
        return nil
    }

    private static func append(_ value: JSONValue, to buffer: inout [UInt8]) {
        switch value {
        case .null: buffer.append(0x10)
        case .boolean(let value): buffer.append(value ? 0x21 : 0x20)
        case .number(let number):
            buffer.append(0x30)
            append(number, to: &buffer)
        case .text(let text):
            buffer.append(0x40)
            append(text, to: &buffer)
        case .array(let elements):
            buffer.append(0x50)
            for element in elements { append(element, to: &buffer) }
            buffer.append(end)
        case .object(let object):
            buffer.append(0x60)
            for member in object.members {
                // A member begins with a byte above `end`, so that the shorter of two objects comes first.
                buffer.append(0x40)
                append(member.name, to: &buffer)
                append(member.value, to: &buffer)
            }
            buffer.append(end)
        }
    }

    /// Bytes with 0 escaped as `00 FF` and ended by `00 00`.
    private static func append(_ text: Bytes, to buffer: inout [UInt8]) {
        for byte in text {
            buffer.append(byte)
            if byte == 0 { buffer.append(0xFF) }
        }
        buffer.append(contentsOf: [0, 0])
    }

    /// Sign, exponent, digits; a negative number has the complement of its magnitude.
    private static func append(_ number: JSONNumber, to buffer: inout [UInt8]) {
        if number.sign == .zero {
            buffer.append(0x02)
            return
        }
        var magnitude: [UInt8] = []
        // The exponent lies within ± 10^9 plus the number of digits, which a document's size bounds far below 2^62.
        withUnsafeBytes(of: (UInt64(bitPattern: Int64(number.exponent)) ^ 1 << 63).bigEndian) {
            magnitude.append(contentsOf: $0)
        }
        magnitude.append(contentsOf: number.digits.map { $0 + 1 })
        magnitude.append(0)
        buffer.append(number.sign == .negative ? 0x01 : 0x03)
        buffer.append(contentsOf: number.sign == .negative ? magnitude.map { ~$0 } : magnitude)
    }
}
