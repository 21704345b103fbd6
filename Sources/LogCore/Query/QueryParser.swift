/// Reads `<search> [| select …]`.
///
/// ```
/// search := or          or   := and { "or" and }          and := not { ["and"] not }
/// not    := "not" not | primary                            primary := "(" or ")" | condition
/// condition := text | name ":" ( text | "*" ) | name ( ">" | ">=" | "<" | "<=" | "=" ) number
///            | name "in" ( "[" | "(" ) number number ( "]" | ")" )
/// text := word, with wildcards * and ? but not first, \ before a special character | "quoted", with \" and \\
/// ```
/// Key words are read in any case. The `select` is only separated here; the store checks it.
package struct QueryParser {
    /// UTF-8 bytes of a whole query.
    package static let byteCountMax = 64 * 1024
    /// Conditions of one search, the log service's own bound.
    package static let conditionCountMax = 30
    /// Parentheses and `not` within each other.
    package static let depthMax = 64

    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0
    private var conditionCount = 0

    /// - Throws: ``QueryError`` with the position of the first byte that does not fit.
    package static func parse(_ text: String) throws(QueryError) -> LogQuery {
        var parser = QueryParser(bytes: Array(text.utf8))
        return try parser.query()
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func query() throws(QueryError) -> LogQuery {
        guard bytes.count <= Self.byteCountMax else {
            throw QueryError(
                utf8Offset: Self.byteCountMax,
                message: "The query is \(bytes.count) bytes long; at most \(Self.byteCountMax) are read.")
        }
        skipSpaces()
        let start = position
        var search = SearchExpression.all
        if position < bytes.count, bytes[position] != UInt8(ascii: "|") {
            search = try or()
        }
        let searchText = trimmed(start..<position)
        if position == bytes.count { return LogQuery(search: search, searchText: searchText) }
        guard bytes[position] == UInt8(ascii: "|") else {
            throw error("\"\(character(at: position))\" cannot stand here: remove it, or put it in quotes.")
        }
        position += 1
        skipSpaces()
        let selectStart = position
        guard let first = peekWord()?.lowercased(), first == "select" || first == "with" else {
            throw error("After \"|\" a select statement must follow.")
        }
        let select = LogQuery.Select(text: trimmed(selectStart..<bytes.count), utf8Offset: selectStart)
        return LogQuery(search: search, searchText: searchText, select: select)
    }

    // MARK: Operators

    private mutating func or() throws(QueryError) -> SearchExpression {
        var parts = [try and()]
        while takeKeyword("or") { parts.append(try and()) }
        return parts.count == 1 ? parts[0] : .or(parts)
    }

    private mutating func and() throws(QueryError) -> SearchExpression {
        var parts = [try not()]
        while true {
            if takeKeyword("and") {
                parts.append(try not())
            } else if startsCondition {
                parts.append(try not())
            } else {
                return parts.count == 1 ? parts[0] : .and(parts)
            }
        }
    }

    private mutating func not() throws(QueryError) -> SearchExpression {
        guard takeKeyword("not") else { return try primary() }
        return .not(try nested { parser throws(QueryError) in try parser.not() })
    }

    private mutating func primary() throws(QueryError) -> SearchExpression {
        guard position < bytes.count else { throw error("The query ends where a condition must follow.") }
        if bytes[position] == UInt8(ascii: "(") {
            let open = position
            position += 1
            skipSpaces()
            let inner = try nested { parser throws(QueryError) in try parser.or() }
            guard position < bytes.count, bytes[position] == UInt8(ascii: ")") else {
                throw QueryError(utf8Offset: open, message: "This parenthesis is never closed.")
            }
            position += 1
            skipSpaces()
            return inner
        }
        if let keyword = peekKeyword() {
            throw error(
                "\"\(keyword)\" needs a condition on both sides; to search for the word itself, put it in quotes.")
        }
        return try condition()
    }

    private mutating func nested(
        _ body: (inout QueryParser) throws(QueryError) -> SearchExpression
    ) throws(QueryError) -> SearchExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMax else {
            throw error("Conditions are nested more than \(Self.depthMax) deep.")
        }
        return try body(&self)
    }

    // MARK: Conditions

    private mutating func condition() throws(QueryError) -> SearchExpression {
        conditionCount += 1
        guard conditionCount <= Self.conditionCountMax else {
            throw error("The search has more than \(Self.conditionCountMax) conditions.")
        }
        let start = position
        let first = try text()
        let afterFirst = position
        skipSpaces()
        if var name = first.plainBytes.map({ String(decoding: $0, as: UTF8.self) }) {
            if take(":") {
                if name == "__tag__" {
                    skipSpaces()
                    let tag = try text()
                    guard let tagName = tag.plainBytes else {
                        throw QueryError(utf8Offset: start, message: "A tag's name cannot have wildcards.")
                    }
                    name = ReservedField.tagPrefix + String(decoding: tagName, as: UTF8.self)
                    skipSpaces()
                    guard take(":") else {
                        throw error("After the tag's name \":\" and a text must follow.")
                    }
                }
                skipSpaces()
                return try fieldValue(name)
            }
            if let range = try comparison() { return .number(field: name, range) }
            if let range = try interval() { return .number(field: name, range) }
        } else if position < bytes.count, bytes[position] == UInt8(ascii: ":") {
            throw QueryError(utf8Offset: start, message: "A field's name cannot have wildcards; put it in quotes.")
        }
        if afterFirst - start == 1, bytes[start] == UInt8(ascii: "*") { return .all }
        if let element = first.elements.first, element == .anyRun || element == .anyOne {
            throw QueryError(utf8Offset: start, message: "A word cannot begin with a wildcard.")
        }
        return .term(.fullText, first)
    }

    private mutating func fieldValue(_ name: String) throws(QueryError) -> SearchExpression {
        guard position < bytes.count, startsText else {
            throw error("After \"\(name):\" a word, a quoted text or \"*\" must follow.")
        }
        let start = position
        let value = try text()
        let end = position
        skipSpaces()
        if end - start == 1, bytes[start] == UInt8(ascii: "*") { return .exists(field: name) }
        if let element = value.elements.first, element == .anyRun || element == .anyOne {
            throw QueryError(utf8Offset: start, message: "A word cannot begin with a wildcard.")
        }
        return .term(.field(name), value)
    }

    /// `> 1`, `>= 1`, `< 1`, `<= 1`, `= 1`.
    private mutating func comparison() throws(QueryError) -> NumberRange? {
        let isGreater = take(">")
        let isLess = !isGreater && take("<")
        let hasEquals = take("=")
        guard isGreater || isLess || hasEquals else { return nil }
        skipSpaces()
        let bound = NumberRange.Bound(value: try number(), isInclusive: hasEquals)
        skipSpaces()
        return NumberRange(lower: isLess ? nil : bound, upper: isGreater ? nil : bound)
    }

    /// `in [1 5]`, `in (1 5]` and so on. `in` that no bracket follows is an ordinary word.
    private mutating func interval() throws(QueryError) -> NumberRange? {
        let start = position
        guard peekWord()?.lowercased() == "in" else { return nil }
        position += 2
        skipSpaces()
        let isLowerInclusive = take("[")
        guard isLowerInclusive || take("(") else {
            position = start
            return nil
        }
        skipSpaces()
        let lower = try number()
        skipSpaces()
        let upper = try number()
        skipSpaces()
        let isUpperInclusive = take("]")
        guard isUpperInclusive || take(")") else { throw error("The interval must end with \"]\" or \")\".") }
        skipSpaces()
        return NumberRange(
            lower: .init(value: lower, isInclusive: isLowerInclusive),
            upper: .init(value: upper, isInclusive: isUpperInclusive))
    }

    private mutating func number() throws(QueryError) -> Double {
        let start = position
        while position < bytes.count, NumberText.isNumberByte(bytes[position]) { position += 1 }
        let text = bytes[start..<position]
        guard let value = text.withUnsafeBufferPointer({ NumberText.value(of: $0) }) else {
            position = start
            throw error("A number must follow here; to compare texts, write \"field: text\".")
        }
        return value
    }

    // MARK: Texts

    private mutating func text() throws(QueryError) -> TermPattern {
        guard position < bytes.count, startsText else {
            throw error(
                position < bytes.count
                    ? "\"\(character(at: position))\" cannot stand here; to search for it, put it in quotes."
                    : "The query ends where a text must follow.")
        }
        return bytes[position] == UInt8(ascii: "\"") ? try quoted() : word()
    }

    private mutating func quoted() throws(QueryError) -> TermPattern {
        let open = position
        position += 1
        var elements: [TermPattern.Element] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") { return TermPattern(elements: elements) }
            if byte == UInt8(ascii: "\\"), position < bytes.count,
                bytes[position] == UInt8(ascii: "\"") || bytes[position] == UInt8(ascii: "\\")
            {
                elements.append(.byte(bytes[position]))
                position += 1
            } else {
                elements.append(.byte(byte))
            }
        }
        throw QueryError(utf8Offset: open, message: "This quotation mark is never closed.")
    }

    private mutating func word() -> TermPattern {
        var elements: [TermPattern.Element] = []
        while position < bytes.count, !Self.endsWord(bytes[position]) {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "*"): elements.append(.anyRun)
            case UInt8(ascii: "?"): elements.append(.anyOne)
            case UInt8(ascii: "\\") where position < bytes.count:
                elements.append(.byte(bytes[position]))
                position += 1
            default: elements.append(.byte(byte))
            }
        }
        return TermPattern(elements: elements)
    }

    // MARK: Bytes

    private static func endsWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "("),
            UInt8(ascii: ")"), UInt8(ascii: "\""), UInt8(ascii: ":"), UInt8(ascii: "<"), UInt8(ascii: ">"),
            UInt8(ascii: "="), UInt8(ascii: "|"):
            true
        default: false
        }
    }

    private var startsText: Bool {
        bytes[position] == UInt8(ascii: "\"") || !Self.endsWord(bytes[position])
    }

    /// Whether a further condition follows without an operator before it.
    private var startsCondition: Bool {
        guard position < bytes.count else { return false }
        let keyword = peekKeyword()
        return (startsText || bytes[position] == UInt8(ascii: "(")) && (keyword == nil || keyword == "not")
    }

    private mutating func skipSpaces() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// The unquoted word that begins here, as written.
    private func peekWord() -> String? {
        var end = position
        while end < bytes.count, !Self.endsWord(bytes[end]) { end += 1 }
        return end == position ? nil : String(decoding: bytes[position..<end], as: UTF8.self)
    }

    /// `and`, `or` or `not` if one begins here; not before a `:` or a comparison, where it is a field's name.
    private func peekKeyword() -> String? {
        guard let word = peekWord()?.lowercased(), ["and", "or", "not"].contains(word) else { return nil }
        var next = position + word.utf8.count
        while next < bytes.count, bytes[next] == UInt8(ascii: " ") { next += 1 }
        return next < bytes.count && ":<>=".utf8.contains(bytes[next]) ? nil : word
    }

    private mutating func takeKeyword(_ keyword: String) -> Bool {
        guard peekKeyword() == keyword else { return false }
        position += keyword.utf8.count
        skipSpaces()
        return true
    }

    private func error(_ message: String) -> QueryError {
        QueryError(utf8Offset: position, message: message)
    }

    private func character(at position: Int) -> Character {
        String(decoding: bytes[position...].prefix(16), as: UTF8.self).first ?? "?"
    }

    private func trimmed(_ range: Range<Int>) -> String {
        var range = range
        while let last = range.last, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[last]) {
            range = range.lowerBound..<last
        }
        return String(decoding: bytes[range], as: UTF8.self)
    }
}
