package import FabricTypes

/// The standard alphabet with padding, read as strictly and as leniently as Go's `base64.StdEncoding`, with blanks
/// skipped as `encoding/pem` does. Source: RFC 4648, section 4.
package enum Base64 {
    /// The digits, without line ends.
    package static func encode(_ bytes: Bytes) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var word: UInt32 = 0
            for index in 0..<3 {
                word = word << 8 | (index < group.count ? UInt32(group[index]) : 0)
            }
            for index in 0..<4 {
                let isPadding = index > group.count
                let digit = Int(word >> UInt32(18 - 6 * index) & 0x3F)
                text.append(isPadding ? UInt8(ascii: "=") : alphabet[digit])
            }
        }
        return text
    }

    /// Skips blanks and line ends; nil for any other character, or a last group that is not filled up with `=`.
    package static func decode(_ text: Bytes) -> Bytes? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(text.count / 4 * 3)
        var word: UInt32 = 0
        var digitCount = 0
        var paddingCount = 0
        for character in text {
            switch character {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
                continue
            case UInt8(ascii: "="):
                guard digitCount >= 2, digitCount + paddingCount < 4 else { return nil }
                paddingCount += 1
            default:
                guard paddingCount == 0, values[Int(character)] < 64 else { return nil }
                word = word << 6 | UInt32(values[Int(character)])
                digitCount += 1
                if digitCount == 4 {
                    for shift in [16, 8, 0] { decoded.append(UInt8(truncatingIfNeeded: word >> UInt32(shift))) }
                    (word, digitCount) = (0, 0)
                }
            }
        }
        guard digitCount == 0 && paddingCount == 0 || digitCount + paddingCount == 4 else { return nil }
        // Left-over bits of the last digit are ignored, as Go does.
        if digitCount == 2 { decoded.append(UInt8(truncatingIfNeeded: word >> 4)) }
        if digitCount == 3 {
            decoded.append(UInt8(truncatingIfNeeded: word >> 10))
            decoded.append(UInt8(truncatingIfNeeded: word >> 2))
        }
        return Bytes(decoded)
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The digit of each character, 64 for what is none.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 64, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()
}
