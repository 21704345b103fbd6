/// Texts that are decimal numbers: an optional sign, digits, a fraction, an exponent. Compared as 64-bit floating point.
package enum NumberText {
    /// Longer texts are no numbers to us.
    static let byteCountMax = 64

    static func isNumberByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    static func value(of text: UnsafeBufferPointer<UInt8>) -> Double? {
        guard !text.isEmpty, text.count <= byteCountMax else { return nil }
        if text.count <= 15, let integer = digits(text) { return integer }
        // The standard library also reads names and hexadecimal forms; only the characters above get there.
        guard text.allSatisfy(isNumberByte), text.contains(where: { (0x30...0x39).contains($0) }) else { return nil }
        guard let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else { return nil }
        return value
    }

    package static func value(of text: String) -> Double? {
        var text = text
        return text.withUTF8 { value(of: $0) }
    }

    private static func digits(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        var sum = 0
        for byte in text {
            guard (0x30...0x39).contains(byte) else { return nil }
            sum = sum &* 10 &+ Int(byte &- 0x30)
        }
        return Double(sum)
    }
}
