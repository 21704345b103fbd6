/// Why bytes are not JSON, and where.
package struct JSONSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    package let reason: String
    package let byteOffset: Int

    package var description: String { "The text is not JSON: \(reason) (at byte \(byteOffset))." }
}

extension JSONValue {
    /// Containers within containers beyond this are refused: nobody writes them, and each costs stack.
    package static let nestingMax = 100

    /// Reads RFC 8259 JSON in UTF-8. The last of several members of one name wins.
    ///
    /// - Throws: ``JSONSyntaxError``.
    package init(parsing bytes: [UInt8]) throws(JSONSyntaxError) {
        var parser = JSONParser(bytes: bytes)
        self = try parser.parseDocument()
    }

    package init(parsing text: String) throws(JSONSyntaxError) {
        try self.init(parsing: Array(text.utf8))
    }
}

private struct JSONParser {
    let bytes: [UInt8]
    var offset = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func parseDocument() throws(JSONSyntaxError) -> JSONValue {
        let value = try parseValue(nesting: 0)
        skipSpace()
        guard offset == bytes.count else { throw refuse("something follows the value") }
        return value
    }

    private func refuse(_ reason: String) -> JSONSyntaxError {
        JSONSyntaxError(reason: reason, byteOffset: offset)
    }

    private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        offset += 1
        return true
    }

    private mutating func take(word: StaticString) -> Bool {
        word.withUTF8Buffer { word in
            guard bytes.count - offset >= word.count, bytes[offset..<(offset + word.count)].elementsEqual(word) else {
                return false
            }
            offset += word.count
            return true
        }
    }

    private mutating func parseValue(nesting: Int) throws(JSONSyntaxError) -> JSONValue {
        guard nesting <= JSONValue.nestingMax else { throw refuse("it is nested deeper than \(JSONValue.nestingMax)") }
        skipSpace()
        switch current {
        case UInt8(ascii: "{"): return try parseObject(nesting: nesting)
        case UInt8(ascii: "["): return try parseArray(nesting: nesting)
        case UInt8(ascii: "\""): return .string(try parseString())
        case let byte? where byte == UInt8(ascii: "-") || isDigit(byte): return try parseNumber()
        case nil: throw refuse("it ends where a value should stand")
        default:
            if take(word: "true") { return .bool(true) }
            if take(word: "false") { return .bool(false) }
            if take(word: "null") { return .null }
            throw refuse("a value should stand here")
        }
    }

    private mutating func parseObject(nesting: Int) throws(JSONSyntaxError) -> JSONValue {
        offset += 1
        var members: [String: JSONValue] = [:]
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw refuse("a member's name in quotes should stand here") }
            let name = try parseString()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw refuse("\":\" is missing") }
            members[name] = try parseValue(nesting: nesting + 1)
            skipSpace()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "}")) else { throw refuse("\",\" or \"}\" is missing") }
            return .object(members)
        }
    }

    private mutating func parseArray(nesting: Int) throws(JSONSyntaxError) -> JSONValue {
        offset += 1
        var values: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(values) }
        while true {
            values.append(try parseValue(nesting: nesting + 1))
            skipSpace()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "]")) else { throw refuse("\",\" or \"]\" is missing") }
            return .array(values)
        }
    }

    private mutating func parseNumber() throws(JSONSyntaxError) -> JSONValue {
        let start = offset
        _ = take(UInt8(ascii: "-"))
        let firstDigit = offset
        skipDigits()
        guard offset > firstDigit else { throw refuse("a digit should stand here") }
        guard bytes[firstDigit] != UInt8(ascii: "0") || offset == firstDigit + 1 else {
            throw refuse("a number must not begin with 0")
        }
        var isWhole = true
        if take(UInt8(ascii: ".")) {
            isWhole = false
            let fraction = offset
            skipDigits()
            guard offset > fraction else { throw refuse("a digit should follow the point") }
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            isWhole = false
            offset += 1
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            let exponent = offset
            skipDigits()
            guard offset > exponent else { throw refuse("a digit should follow the exponent sign") }
        }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        if isWhole, let value = Int64(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { throw refuse("the number is too large") }
        return .number(value)
    }

    private mutating func skipDigits() {
        while let byte = current, isDigit(byte) { offset += 1 }
    }

    private func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    private mutating func parseString() throws(JSONSyntaxError) -> String {
        offset += 1
        var start = offset
        var text: [UInt8] = []
        while let byte = current {
            if byte == UInt8(ascii: "\"") {
                text.append(contentsOf: bytes[start..<offset])
                guard let string = String(validating: text, as: UTF8.self) else { throw refuse("a text is not UTF-8") }
                offset += 1
                return string
            }
            guard byte >= 0x20 else { throw refuse("a control character stands in a text") }
            offset += 1
            if byte == UInt8(ascii: "\\") {
                text.append(contentsOf: bytes[start..<(offset - 1)])
                try parseEscape(into: &text)
                start = offset
            }
        }
        throw refuse("a text is not closed")
    }

    private mutating func parseEscape(into text: inout [UInt8]) throws(JSONSyntaxError) {
        guard let byte = current else { throw refuse("a text is not closed") }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            let first = try parseHexDigits()
            var scalar = Unicode.Scalar(UInt32(first))
            if UTF16.isLeadSurrogate(first), take(word: "\\u") {
                let second = try parseHexDigits()
                guard UTF16.isTrailSurrogate(second) else { throw refuse("half of a surrogate pair is missing") }
                scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
            }
            // JavaScript writes lone surrogates as they are; they become the replacement character.
            text.append(contentsOf: String(Character(scalar ?? "\u{FFFD}")).utf8)
        default: throw refuse("\"\\\" is followed by an unknown letter")
        }
    }

    private mutating func parseHexDigits() throws(JSONSyntaxError) -> UInt16 {
        guard bytes.count - offset >= 4,
            let value = UInt16(String(decoding: bytes[offset..<(offset + 4)], as: UTF8.self), radix: 16),
            bytes[offset] != UInt8(ascii: "+"), bytes[offset] != UInt8(ascii: "-")
        else { throw refuse("four hexadecimal digits should stand here") }
        offset += 4
        return value
    }
}
