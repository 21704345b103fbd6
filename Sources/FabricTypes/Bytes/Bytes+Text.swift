extension Bytes {
    /// The bytes as lower-case hexadecimal digits.
    public var hex: String {
        String(unsafeUninitializedCapacity: count * 2) { digits in
            for (index, byte) in self.enumerated() {
                digits[index * 2] = Self.hexDigit(byte >> 4)
                digits[index * 2 + 1] = Self.hexDigit(byte & 15)
            }
            return count * 2
        }
    }

    /// Reads hexadecimal digits of either case; nil for an odd count or any other character.
    public init?(hex text: some StringProtocol) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count / 2)
        var high: UInt8?
        for character in text.utf8 {
            guard let digit = Self.hexValue(character) else { return nil }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        guard high == nil else { return nil }
        self.init(bytes)
    }

    /// The text, if the bytes are well-formed UTF-8. Nothing is repaired.
    public var utf8Text: String? {
        withUnsafeBytes { String(validating: $0, as: UTF8.self) }
    }

    /// The text with ill-formed parts replaced: for messages and logs only.
    public var lossyText: String {
        withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether the bytes are well-formed UTF-8, which protobuf demands of every `string` field.
    public var isUTF8: Bool {
        // ASCII is the common case and needs no decoder.
        isASCII || utf8Text != nil
    }

    private var isASCII: Bool {
        withUnsafeBuffer { buffer in
            let bytes = UnsafeRawBufferPointer(buffer)
            var index = 0
            while index + 8 <= bytes.count {
                if bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 != 0 {
                    return false
                }
                index += 8
            }
            return bytes[index...].allSatisfy { $0 < 0x80 }
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    private static func hexValue(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension Bytes: CustomStringConvertible {
    /// The hexadecimal digits, shortened beyond 64 bytes: for messages and logs.
    public var description: String {
        count <= 64 ? hex : "\(self[0..<64].hex)… (\(count) bytes)"
    }
}
