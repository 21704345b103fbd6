package import FabricTypes

/// Bytes that are no JSON document, or one beyond our bounds.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, as the end of a sentence.
    package let reason: String
    package let offset: Int

    package var description: String { "This is not valid JSON: \(reason) at byte \(offset)." }
}

/// Reads one JSON document (RFC 8259) as Go's `encoding/json` does: ill-formed UTF-8 and lone surrogates become U+FFFD.
package struct JSONParser {
    /// How deep arrays and objects may be nested. Deeper values are kept by the ledger like any bytes but match no query.
    package static let depthMax = 256

    private let bytes: Bytes
    private var position = 0

    private init(_ bytes: Bytes) {
        self.bytes = bytes
    }

    package static func parse(_ bytes: Bytes) throws(JSONError) -> JSONValue {
        var parser = JSONParser(bytes)
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.position == bytes.count else { throw parser.error("something follows the document") }
        return value
    }

    private func error(_ reason: String) -> JSONError {
        JSONError(reason: reason, offset: position)
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        guard depth < Self.depthMax else { throw error("it is nested deeper than \(Self.depthMax)") }
        skipSpace()
        switch current {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .text(try text())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case nil: throw error("it ends where a value should stand")
        default: return .number(try number())
        }
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for byte in word.utf8 where !take(byte) { throw error("\"\(word)\" is misspelled") }
        return value
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        position += 1
        var members: [JSONObject.Member] = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(JSONObject([])) }
        while true {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw error("a member's name in quotation marks is missing") }
            let name = try text()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw error("a colon is missing after a member's name") }
            members.append(.init(name: name, value: try value(depth: depth + 1)))
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(JSONObject(members)) }
            guard take(UInt8(ascii: ",")) else { throw error("a comma or \"}\" is missing") }
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        position += 1
        var elements: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array([]) }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            guard take(UInt8(ascii: ",")) else { throw error("a comma or \"]\" is missing") }
        }
    }

    private mutating func number() throws(JSONError) -> JSONNumber {
        let isNegative = take(UInt8(ascii: "-"))
        var digits: [UInt8] = []
        if take(UInt8(ascii: "0")) {
            digits.append(0)
        } else {
            try appendDigits(to: &digits)
        }
        let pointPosition = digits.count
        if take(UInt8(ascii: ".")) { try appendDigits(to: &digits) }
        var exponent = 0
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            let isBelowZero = take(UInt8(ascii: "-"))
            if !isBelowZero { _ = take(UInt8(ascii: "+")) }
            var exponentDigits: [UInt8] = []
            try appendDigits(to: &exponentDigits)
            for digit in exponentDigits {
                exponent = exponent * 10 + Int(digit)
                guard exponent <= JSONNumber.exponentMax else { throw error("an exponent is too large") }
            }
            if isBelowZero { exponent = -exponent }
        }
        return JSONNumber(isNegative: isNegative, digits: digits, pointPosition: pointPosition + exponent)
    }

    private mutating func appendDigits(to digits: inout [UInt8]) throws(JSONError) {
        let start = position
        while let byte = current, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
            digits.append(byte - UInt8(ascii: "0"))
            position += 1
        }
        guard position > start else { throw error("a value or digit should stand here") }
    }

    private mutating func text() throws(JSONError) -> Bytes {
        position += 1
        let start = position
        // Most texts hold neither escapes nor ill-formed UTF-8 and stay a slice of the document.
        while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        let plain = bytes[start..<position]
        if current == UInt8(ascii: "\""), plain.isUTF8 {
            position += 1
            return plain
        }
        position = start
        return try escapedText()
    }

    private mutating func escapedText() throws(JSONError) -> Bytes {
        var result: [UInt8] = []
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                let text = Bytes(result)
                return text.isUTF8 ? text : Bytes(text.lossyText)
            case UInt8(ascii: "\\"):
                position += 1
                try appendEscape(to: &result)
            case 0..<0x20:
                throw error("a control character stands in a text")
            default:
                result.append(byte)
                position += 1
            }
        }
        throw error("a text does not end")
    }

    private mutating func appendEscape(to result: inout [UInt8]) throws(JSONError) {
        guard let byte = current else { throw error("a text does not end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "u"): result.append(contentsOf: String(Character(try escapedScalar())).utf8)
        default: throw error("an escape is unknown")
        }
    }

    private mutating func escapedScalar() throws(JSONError) -> Unicode.Scalar {
        let replacement: Unicode.Scalar = "\u{FFFD}"
        let first = try hexadecimal()
        guard (0xD800..<0xDC00).contains(first) else { return Unicode.Scalar(first) ?? replacement }
        let afterFirst = position
        guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
            position = afterFirst
            return replacement
        }
        let second = try hexadecimal()
        guard (0xDC00..<0xE000).contains(second) else {
            position = afterFirst
            return replacement
        }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? replacement
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt32 {
        guard bytes.count - position >= 4, let digits = Bytes(hex: bytes[position..<(position + 4)].lossyText) else {
            throw error("four hexadecimal digits are missing")
        }
        position += 4
        return UInt32(digits[0]) << 8 | UInt32(digits[1])
    }
}
