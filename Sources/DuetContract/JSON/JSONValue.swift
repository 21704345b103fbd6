public import FabricTypes

/// A JSON value that keeps what it was written with: the order of members, members that occur twice, the text of numbers.
///
/// What contracts store and answer is compared byte by byte between organisations, so its encoding must not depend on
/// anything: ``encoded(escaping:)`` writes members in the order they stand in.
public indirect enum JSONValue: Sendable {
    case null
    case bool(Bool)
    /// The digits as written.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([Member])

    public struct Member: Sendable {
        public var name: String
        public var value: JSONValue

        public init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    public static func integer(_ value: some BinaryInteger) -> JSONValue { .number(String(value)) }

    /// The value of an object's member, the last one where the name occurs twice; nil for anything else. Names are compared
    /// bytewise.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }

    /// The text of a string; nil for anything else.
    public var text: String? {
        if case .string(let text) = self { text } else { nil }
    }
}

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral
{
    /// Members in the order of the literal.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }

    public init(arrayLiteral elements: JSONValue...) {
        self = .array(elements)
    }

    public init(stringLiteral value: String) {
        self = .string(value)
    }

    public init(integerLiteral value: Int64) {
        self = .integer(value)
    }

    public init(booleanLiteral value: Bool) {
        self = .bool(value)
    }
}

// MARK: - Encoding

/// Which characters of a text are written as escapes besides those that must be.
public enum JSONEscaping: Sendable {
    /// Only quotation marks, backslashes and control characters.
    case minimal
    /// As Go's `encoding/json` does by default: also `<`, `>`, `&`, U+2028 and U+2029.
    case go
}

extension JSONValue {
    /// The value without white space. The same value gives the same bytes everywhere.
    public func encoded(escaping: JSONEscaping = .minimal) -> Bytes {
        var output: [UInt8] = []
        write(to: &output, escaping)
        return Bytes(output)
    }

    /// A text as a JSON string, quotation marks included.
    public static func quoted(_ text: String, escaping: JSONEscaping = .minimal) -> String {
        var output: [UInt8] = []
        write(text, to: &output, escaping)
        return String(decoding: output, as: UTF8.self)
    }

    private func write(to output: inout [UInt8], _ escaping: JSONEscaping) {
        switch self {
        case .null: output += "null".utf8
        case .bool(let value): output += (value ? "true" : "false").utf8
        case .number(let digits): output += digits.utf8
        case .string(let text): Self.write(text, to: &output, escaping)
        case .array(let elements):
            output.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                element.write(to: &output, escaping)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let members):
            output.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                Self.write(member.name, to: &output, escaping)
                output.append(UInt8(ascii: ":"))
                member.value.write(to: &output, escaping)
            }
            output.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ text: String, to output: inout [UInt8], _ escaping: JSONEscaping) {
        output.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\"".utf8
            case "\\": output += "\\\\".utf8
            case "\n": output += "\\n".utf8
            case "\r": output += "\\r".utf8
            case "\t": output += "\\t".utf8
            case "\u{08}": output += "\\b".utf8
            case "\u{0C}": output += "\\f".utf8
            case "<", ">", "&", "\u{2028}", "\u{2029}":
                if escaping == .go { escape(scalar, to: &output) } else { output += UTF8.encode(scalar) ?? .init() }
            default:
                if scalar.value < 0x20 { escape(scalar, to: &output) } else { output += UTF8.encode(scalar) ?? .init() }
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    private static func escape(_ scalar: Unicode.Scalar, to output: inout [UInt8]) {
        let digits = String(scalar.value, radix: 16)
        output += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
    }
}
