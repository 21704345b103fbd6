public import FabricTypes

extension JSONValue {
    /// How deeply arrays and objects may stand within each other.
    public static let depthMax = 128

    /// Reads one JSON value, by the rules of Go's `encoding/json`: nothing but white space around it, no extensions;
    /// members that occur twice are kept, ill-formed text becomes U+FFFD.
    ///
    /// - Throws: ``ContractError`` that names the position of the first fault.
    public init(parsing bytes: Bytes) throws(ContractError) {
        var parser = JSONTextParser(bytes)
        self = try parser.document()
    }
}

private struct JSONTextParser {
    private let bytes: Bytes
    private var position = 0

    init(_ bytes: Bytes) {
        self.bytes = bytes
    }

    mutating func document() throws(ContractError) -> JSONValue {
        let value = try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw fault("nothing may stand behind the value") }
        return value
    }

    private func fault(_ reason: String) -> ContractError {
        ContractError("The JSON text cannot be read at byte \(position): \(reason).")
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(ContractError) -> JSONValue {
        guard depth <= JSONValue.depthMax else { throw fault("values are nested too deeply") }
        skipSpace()
        switch current {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try text())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(ContractError) -> JSONValue {
        for byte in word.utf8 {
            guard take(byte) else { throw fault("\"\(word)\" is expected") }
        }
        return value
    }

    private mutating func object(depth: Int) throws(ContractError) -> JSONValue {
        position += 1
        var members: [JSONValue.Member] = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw fault("a member's name is expected") }
            let name = try text()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw fault("\":\" is expected") }
            members.append(JSONValue.Member(name, try value(depth: depth + 1)))
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw fault("\",\" or \"}\" is expected") }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(ContractError) -> JSONValue {
        position += 1
        var elements: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        repeat {
            elements.append(try value(depth: depth + 1))
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw fault("\",\" or \"]\" is expected") }
        return .array(elements)
    }

    private mutating func number() throws(ContractError) -> String {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        return bytes[start..<position].lossyText
    }

    private mutating func digits() throws(ContractError) {
        let start = position
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard position > start else { throw fault("a value is expected") }
    }

    private mutating func text() throws(ContractError) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                position += 1
                text += String(try escaped()).utf8
            case 0..<0x20:
                throw fault("a control character in a text has to be escaped")
            default:
                text.append(byte)
                position += 1
            }
        }
        throw fault("the text does not end")
    }

    private mutating func escaped() throws(ContractError) -> Unicode.Scalar {
        guard let byte = current else { throw fault("the text does not end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw fault("no such escape")
        }
    }

    private mutating func unicodeEscape() throws(ContractError) -> Unicode.Scalar {
        let replacement: Unicode.Scalar = "\u{FFFD}"
        let first = try codeUnit()
        guard (0xD800..<0xE000).contains(first) else { return Unicode.Scalar(first) ?? replacement }
        // Two halves make one character; a half alone none.
        guard first < 0xDC00, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { return replacement }
        let before = position
        position += 2
        let second = try codeUnit()
        guard (0xDC00..<0xE000).contains(second) else {
            position = before
            return replacement
        }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? replacement
    }

    private mutating func codeUnit() throws(ContractError) -> UInt32 {
        guard position + 4 <= bytes.count, let value = UInt32(bytes[position..<(position + 4)].lossyText, radix: 16),
            bytes[position] != UInt8(ascii: "+"), bytes[position] != UInt8(ascii: "-")
        else { throw fault("four hexadecimal digits are expected") }
        position += 4
        return value
    }
}
