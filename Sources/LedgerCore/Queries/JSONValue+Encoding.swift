package import FabricTypes

extension JSONValue {
    /// The document as Go's `encoding/json` writes a map: no spaces, members sorted, `<`, `>`, `&`, U+2028 and U+2029 escaped.
    ///
    /// Numbers come out in a plain decimal form where that is short, else with an exponent: the same number, not
    /// necessarily the same spelling.
    package var encoded: Bytes {
        var buffer: [UInt8] = []
        encode(to: &buffer)
        return Bytes(buffer)
    }

    private func encode(to buffer: inout [UInt8]) {
        switch self {
        case .null: buffer.append(contentsOf: "null".utf8)
        case .boolean(let value): buffer.append(contentsOf: (value ? "true" : "false").utf8)
        case .number(let number): number.encode(to: &buffer)
        case .text(let text): Self.encode(text, to: &buffer)
        case .array(let elements):
            buffer.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { buffer.append(UInt8(ascii: ",")) }
                element.encode(to: &buffer)
            }
            buffer.append(UInt8(ascii: "]"))
        case .object(let object):
            buffer.append(UInt8(ascii: "{"))
            for (index, member) in object.members.enumerated() {
                if index > 0 { buffer.append(UInt8(ascii: ",")) }
                Self.encode(member.name, to: &buffer)
                buffer.append(UInt8(ascii: ":"))
                member.value.encode(to: &buffer)
            }
            buffer.append(UInt8(ascii: "}"))
        }
    }

    private static func encode(_ text: Bytes, to buffer: inout [UInt8]) {
        buffer.append(UInt8(ascii: "\""))
        for scalar in text.lossyText.unicodeScalars {
            switch scalar {
            case "\"": buffer.append(contentsOf: #"\""#.utf8)
            case "\\": buffer.append(contentsOf: #"\\"#.utf8)
            case "\n": buffer.append(contentsOf: #"\n"#.utf8)
            case "\r": buffer.append(contentsOf: #"\r"#.utf8)
            case "\t": buffer.append(contentsOf: #"\t"#.utf8)
            case "\u{8}": buffer.append(contentsOf: #"\b"#.utf8)
            case "\u{C}": buffer.append(contentsOf: #"\f"#.utf8)
            case "<", ">", "&", "\u{2028}", "\u{2029}", "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                buffer.append(contentsOf: (#"\u"# + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
            default: buffer.append(contentsOf: String(scalar).utf8)
            }
        }
        buffer.append(UInt8(ascii: "\""))
    }
}

extension JSONNumber {
    /// How many digits a number may take in plain form before an exponent is used.
    private static let plainDigitCountMax = 40

    fileprivate func encode(to buffer: inout [UInt8]) {
        if sign == .zero {
            buffer.append(UInt8(ascii: "0"))
            return
        }
        if sign == .negative { buffer.append(UInt8(ascii: "-")) }
        func append(_ digits: some Sequence<UInt8>) {
            buffer.append(contentsOf: digits.map { $0 + UInt8(ascii: "0") })
        }
        if exponent >= digits.count, exponent <= Self.plainDigitCountMax {
            append(digits + [UInt8](repeating: 0, count: exponent - digits.count))
        } else if exponent > 0, exponent < digits.count {
            append(digits.prefix(exponent))
            buffer.append(UInt8(ascii: "."))
            append(digits.dropFirst(exponent))
        } else if exponent <= 0, exponent >= -6 {
            append([0])
            buffer.append(UInt8(ascii: "."))
            append([UInt8](repeating: 0, count: -exponent) + digits)
        } else {
            append(digits.prefix(1))
            if digits.count > 1 {
                buffer.append(UInt8(ascii: "."))
                append(digits.dropFirst())
            }
            buffer.append(contentsOf: "e\(exponent - 1)".utf8)
        }
    }
}
