/// RFC 4648 base64 with padding.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, letter) in alphabet.enumerated() { values[Int(letter)] = UInt8(value) }
        return values
    }()

    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        var output: [UInt8] = []
        output.reserveCapacity((bytes.count + 2) / 3 * 4)
        var buffer: UInt32 = 0
        var count = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            count += 1
            if count == 3 {
                for shift in [18, 12, 6, 0] as [UInt32] { output.append(alphabet[Int(buffer >> shift & 63)]) }
                (buffer, count) = (0, 0)
            }
        }
        if count == 1 {
            output.append(alphabet[Int(buffer >> 2 & 63)])
            output.append(alphabet[Int(buffer << 4 & 63)])
            output.append(contentsOf: "==".utf8)
        } else if count == 2 {
            output.append(alphabet[Int(buffer >> 10 & 63)])
            output.append(alphabet[Int(buffer >> 4 & 63)])
            output.append(alphabet[Int(buffer << 2 & 63)])
            output.append(UInt8(ascii: "="))
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// The bytes; nil unless the text is base64 with all its padding. Line breaks are passed over, since encoders wrap.
    package static func decode(_ text: String) -> [UInt8]? {
        var output: [UInt8] = []
        output.reserveCapacity(text.utf8.count / 4 * 3)
        var buffer: UInt32 = 0
        var count = 0
        var paddingCount = 0
        for letter in text.utf8 {
            if letter == 0x0A || letter == 0x0D { continue }
            count += 1
            if letter == UInt8(ascii: "=") {
                paddingCount += 1
                buffer <<= 6
            } else {
                let value = values[Int(letter)]
                guard value != 0xFF, paddingCount == 0 else { return nil }
                buffer = buffer << 6 | UInt32(value)
            }
            if count % 4 == 0 {
                guard paddingCount <= 2 else { return nil }
                output.append(UInt8(truncatingIfNeeded: buffer >> 16))
                if paddingCount < 2 { output.append(UInt8(truncatingIfNeeded: buffer >> 8)) }
                if paddingCount < 1 { output.append(UInt8(truncatingIfNeeded: buffer)) }
                buffer = 0
            }
        }
        return count % 4 == 0 ? output : nil
    }
}
