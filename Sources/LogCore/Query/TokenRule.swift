/// How a text is cut into the tokens that words are compared with.
///
/// Tokens are the runs between separator characters. Separators are ASCII and neither letters nor digits, so that every
/// rule's separators are also separators of the index on disk (see ``IndexTokens``), which is how the rules can change
/// without writing the index again.
package struct TokenRule: Hashable, Sendable {
    /// The separators of a full-text index that does not name its own.
    package static let defaultSeparators: [Character] = [
        ",", " ", "'", "\"", ";", "=", "(", ")", "[", "]", "{", "}", "?", "@", "&", "<", ">", "/", ":", "\n", "\t",
        "\r",
    ]

    /// Bit per ASCII character.
    private let separatorsLow: UInt64
    private let separatorsHigh: UInt64
    package let isCaseSensitive: Bool
    /// Whether each Han character is a token of its own (`chn`).
    package let splitsHan: Bool

    package static let `default` = TokenRule()

    private init() {
        var low: UInt64 = 0
        var high: UInt64 = 0
        for character in Self.defaultSeparators {
            Self.insert(character.asciiValue ?? 0, low: &low, high: &high)
        }
        (separatorsLow, separatorsHigh, isCaseSensitive, splitsHan) = (low, high, false, false)
    }

    /// - Throws: ``InvalidTokenRule`` naming the first text that is not one ASCII character other than a letter or digit.
    package init(separators: [String], isCaseSensitive: Bool, splitsHan: Bool) throws(InvalidTokenRule) {
        var low: UInt64 = 0
        var high: UInt64 = 0
        for separator in separators {
            let bytes = Array(separator.utf8)
            guard bytes.count == 1, bytes[0] < 0x80, !ASCII.isAlphanumeric(bytes[0]) else {
                throw InvalidTokenRule(separator: separator)
            }
            Self.insert(bytes[0], low: &low, high: &high)
        }
        self.separatorsLow = low
        self.separatorsHigh = high
        self.isCaseSensitive = isCaseSensitive
        self.splitsHan = splitsHan
    }

    package func isSeparator(_ byte: UInt8) -> Bool {
        if byte < 64 { return separatorsLow >> UInt64(byte) & 1 == 1 }
        return byte < 128 && separatorsHigh >> UInt64(byte - 64) & 1 == 1
    }

    /// The next token at or after `position`, which moves behind it; nil at the end. Positions count UTF-8 bytes.
    func nextToken(in text: UnsafeBufferPointer<UInt8>, from position: inout Int) -> Range<Int>? {
        while position < text.count, isSeparator(text[position]) { position += 1 }
        guard position < text.count else { return nil }
        let start = position
        if splitsHan, let end = Han.character(in: text, at: position) {
            position = end
            return start..<end
        }
        while position < text.count, !isSeparator(text[position]) {
            if splitsHan, text[position] >= 0xE0, Han.character(in: text, at: position) != nil { break }
            position += 1
        }
        return start..<position
    }

    /// The tokens of a text as arrays of bytes, not folded.
    func tokens(of bytes: [UInt8]) -> [[UInt8]] {
        bytes.withUnsafeBufferPointer { text in
            var position = 0
            var tokens: [[UInt8]] = []
            while let range = nextToken(in: text, from: &position) {
                tokens.append(Array(text[range]))
            }
            return tokens
        }
    }

    private static func insert(_ byte: UInt8, low: inout UInt64, high: inout UInt64) {
        if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte - 64) }
    }
}

/// A separator that an index cannot have.
package struct InvalidTokenRule: Error, Hashable, Sendable, CustomStringConvertible {
    package let separator: String

    package var description: String {
        "The token character \"\(separator.prefix(20))\" is not valid: it must be one ASCII character that is neither a letter "
            + "nor a digit."
    }
}

/// Tests on ASCII bytes.
enum ASCII {
    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
}

/// Recognises Han characters in UTF-8: the unified ideographs, their extensions and the compatibility forms.
enum Han {
    /// The position behind the Han character that begins at `position`, or nil when there is none.
    static func character(in text: UnsafeBufferPointer<UInt8>, at position: Int) -> Int? {
        let lead = text[position]
        if lead < 0xE3 { return nil }
        if lead < 0xF0 {
            guard position + 2 < text.count else { return nil }
            let scalar =
                UInt32(lead & 0x0F) << 12 | UInt32(text[position + 1] & 0x3F) << 6 | UInt32(text[position + 2] & 0x3F)
            return contains(scalar) ? position + 3 : nil
        }
        guard position + 3 < text.count else { return nil }
        let scalar =
            UInt32(lead & 0x07) << 18 | UInt32(text[position + 1] & 0x3F) << 12
            | UInt32(text[position + 2] & 0x3F) << 6 | UInt32(text[position + 3] & 0x3F)
        return contains(scalar) ? position + 4 : nil
    }

    static func contains(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF: true
        default: false
        }
    }
}
