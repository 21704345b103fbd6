internal import LogCore

/// A `select` as the user wrote it, made ready for SQLite: the table may be left out, and whether rows are limited is known.
///
/// Looks only at words outside quotes and parentheses; what the words mean is SQLite's business.
struct SelectStatement {
    /// What SQLite is given.
    let sql: String
    /// Whether the statement has its own `limit`.
    let hasLimit: Bool
    /// Names in double quotes, such as `"__tag__:host"`.
    let quotedNames: [String]

    /// Where `FROM log` was put in, and how long it is.
    private let insertion: Range<Int>?

    private static let insertedText = " FROM log "
    private static let clauseWords: Set<String> = ["where", "group", "having", "order", "limit", "window"]

    init(_ text: String) {
        let bytes = Array(text.utf8)
        var words: [(word: String, offset: Int)] = []
        var quotedNames: [String] = []
        var depth = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"): depth -= 1
            case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"):
                let end = Self.endOfQuoted(bytes, from: index)
                if byte == UInt8(ascii: "\"") {
                    let name = bytes[(index + 1)..<max(end - 1, index + 1)]
                    quotedNames.append(String(decoding: name, as: UTF8.self))
                }
                index = end
                continue
            case UInt8(ascii: "-") where index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "-"):
                while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
                continue
            case _ where Self.isWordByte(byte):
                let start = index
                while index < bytes.count, Self.isWordByte(bytes[index]) { index += 1 }
                if depth == 0 {
                    words.append((String(decoding: bytes[start..<index], as: UTF8.self).lowercased(), start))
                }
                continue
            default: break
            }
            index += 1
        }
        self.quotedNames = quotedNames
        hasLimit = words.contains { $0.word == "limit" }
        if words.contains(where: { $0.word == "from" }) {
            sql = text
            insertion = nil
        } else {
            let end = bytes.lastIndex { ![0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ";")].contains($0) }.map { $0 + 1 } ?? 0
            let offset = words.first { Self.clauseWords.contains($0.word) }?.offset ?? end
            sql = String(decoding: bytes[..<offset] + Array(Self.insertedText.utf8) + bytes[offset...], as: UTF8.self)
            insertion = offset..<(offset + Self.insertedText.utf8.count)
        }
    }

    /// Whether a place in ``sql`` lies in what was put in: something was missing before it.
    func isInserted(_ offset: Int) -> Bool {
        insertion?.contains(offset) ?? false
    }

    /// The place in the user's text of a place in ``sql``.
    func originalOffset(of offset: Int) -> Int {
        guard let insertion, offset >= insertion.lowerBound else { return offset }
        return offset < insertion.upperBound ? insertion.lowerBound : offset - insertion.count
    }

    private static func endOfQuoted(_ bytes: [UInt8], from start: Int) -> Int {
        var index = start + 1
        while index < bytes.count {
            if bytes[index] == bytes[start] {
                // A doubled quote stands for itself.
                if index + 1 < bytes.count, bytes[index + 1] == bytes[start] { index += 1 } else { return index + 1 }
            }
            index += 1
        }
        return bytes.count
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }
}
