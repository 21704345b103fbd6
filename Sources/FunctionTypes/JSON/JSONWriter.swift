extension JSONValue {
    /// The value as JSON without spaces, members sorted by name, so that equal values give equal bytes.
    package var jsonBytes: [UInt8] {
        var output: [UInt8] = []
        write(into: &output, indentation: nil)
        return output
    }

    package var jsonText: String {
        String(decoding: jsonBytes, as: UTF8.self)
    }

    /// The value as JSON for people: one member a line, indented by two spaces.
    package var prettyJSONText: String {
        var output: [UInt8] = []
        write(into: &output, indentation: 0)
        return String(decoding: output, as: UTF8.self)
    }

    private func write(into output: inout [UInt8], indentation: Int?) {
        switch self {
        case .null: output.append(contentsOf: "null".utf8)
        case .bool(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let value): output.append(contentsOf: String(value).utf8)
        case .number(let value): output.append(contentsOf: (value.isFinite ? "\(value)" : "null").utf8)
        case .string(let text): Self.write(text, into: &output)
        case .array(let values):
            Self.writeList(values, brackets: ("[", "]"), into: &output, indentation: indentation) {
                $0.write(into: &$1, indentation: $2)
            }
        case .object(let members):
            let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            Self.writeList(sorted, brackets: ("{", "}"), into: &output, indentation: indentation) {
                Self.write($0.key, into: &$1)
                $1.append(contentsOf: ($2 == nil ? ":" : ": ").utf8)
                $0.value.write(into: &$1, indentation: $2)
            }
        }
    }

    private static func writeList<Element>(
        _ elements: [Element], brackets: (String, String), into output: inout [UInt8], indentation: Int?,
        writeElement: (Element, inout [UInt8], Int?) -> Void
    ) {
        output.append(contentsOf: brackets.0.utf8)
        let inner = indentation.map { $0 + 2 }
        for (index, element) in elements.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            if let inner { startLine(into: &output, indentation: inner) }
            writeElement(element, &output, inner)
        }
        if let indentation, !elements.isEmpty { startLine(into: &output, indentation: indentation) }
        output.append(contentsOf: brackets.1.utf8)
    }

    private static func startLine(into output: inout [UInt8], indentation: Int) {
        output.append(UInt8(ascii: "\n"))
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indentation))
    }

    private static func write(_ text: String, into output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): output.append(contentsOf: "\\\"".utf8)
            case UInt8(ascii: "\\"): output.append(contentsOf: "\\\\".utf8)
            case 0x0A: output.append(contentsOf: "\\n".utf8)
            case 0x0D: output.append(contentsOf: "\\r".utf8)
            case 0x09: output.append(contentsOf: "\\t".utf8)
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                output.append(contentsOf: "\\u00\(digits.count == 1 ? "0" : "")\(digits)".utf8)
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}
