internal import GoldenLedger
package import LogCore

/// Writes a search as a person might: with or without quotes, `and` spelled out or not, in any case, with spaces anywhere.
///
/// Only searches that ``isExpressible(_:)`` have a text.
package struct QueryText {
    private var random: SeededGenerator

    package init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    /// Whether the query language can say it: words do not begin with a wildcard, ranges have an end.
    package static func isExpressible(_ expression: SearchExpression) -> Bool {
        switch expression {
        case .all, .exists: true
        case .equals: false
        case .number(_, let range): range.lower != nil || range.upper != nil
        case .term(_, let pattern): pattern.plainBytes != nil || pattern.elements.first.map(isByte) == true
        case .and(let parts), .or(let parts): parts.allSatisfy { isExpressible($0) }
        case .not(let part): isExpressible(part)
        }
    }

    package mutating func text(_ expression: SearchExpression) -> String {
        spaces() + or(expression) + spaces()
    }

    private mutating func or(_ expression: SearchExpression) -> String {
        guard case .or(let parts) = expression else { return and(expression) }
        // An `or` within an `or` keeps its parentheses, as it has its own place in the tree.
        return parts.map { isComposite($0, or: true) ? parenthesised($0) : and($0) }.joined(
            separator: " " + keyword("or") + " ")
    }

    private mutating func and(_ expression: SearchExpression) -> String {
        guard case .and(let parts) = expression else { return not(expression) }
        let texts = parts.map { isComposite($0, or: true) || isComposite($0, or: false) ? parenthesised($0) : not($0) }
        return texts.dropFirst().reduce(texts[0]) { text, next in
            text + " " + (Bool.random(using: &random) ? keyword("and") + " " : "") + spaces() + next
        }
    }

    private mutating func not(_ expression: SearchExpression) -> String {
        guard case .not(let part) = expression else {
            return Int.random(in: 0..<6, using: &random) == 0 ? parenthesised(expression) : primary(expression)
        }
        return keyword("not") + " " + spaces() + not(part)
    }

    private mutating func primary(_ expression: SearchExpression) -> String {
        switch expression {
        case .all: return "*"
        case .exists(let field): return name(field) + spaces() + ":" + spaces() + "*"
        case .term(.fullText, let pattern): return term(pattern)
        case .term(.field(let field), let pattern):
            return name(field) + spaces() + ":" + spaces() + term(pattern)
        case .number(let field, let range): return name(field) + comparison(range)
        default: return parenthesised(expression)
        }
    }

    private mutating func comparison(_ range: NumberRange) -> String {
        switch (range.lower, range.upper) {
        case (let lower?, nil): return spaces() + (lower.isInclusive ? ">=" : ">") + spaces() + "\(lower.value)"
        case (nil, let upper?): return spaces() + (upper.isInclusive ? "<=" : "<") + spaces() + "\(upper.value)"
        case (let lower?, let upper?):
            if lower == upper, lower.isInclusive, Bool.random(using: &random) {
                return spaces() + "=" + spaces() + "\(lower.value)"
            }
            return " " + keyword("in") + " " + (lower.isInclusive ? "[" : "(") + spaces() + "\(lower.value) "
                + "\(upper.value)" + spaces() + (upper.isInclusive ? "]" : ")")
        case (nil, nil): preconditionFailure("not expressible")
        }
    }

    private mutating func name(_ field: String) -> String {
        if field.hasPrefix("__tag__:"), Bool.random(using: &random) {
            return "__tag__:" + spaces() + term(TermPattern(text: String(field.dropFirst("__tag__:".count))))
        }
        return term(TermPattern(text: field))
    }

    private mutating func term(_ pattern: TermPattern) -> String {
        if let plain = pattern.plainBytes, plain.isEmpty || Bool.random(using: &random) {
            let text = String(decoding: plain, as: UTF8.self)
            return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        }
        var bytes: [UInt8] = []
        for element in pattern.elements {
            switch element {
            case .anyRun: bytes.append(UInt8(ascii: "*"))
            case .anyOne: bytes.append(UInt8(ascii: "?"))
            case .byte(let byte):
                if Self.isSpecial(byte) { bytes.append(UInt8(ascii: "\\")) }
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func parenthesised(_ expression: SearchExpression) -> String {
        "(" + spaces() + or(expression) + spaces() + ")"
    }

    private mutating func keyword(_ word: String) -> String {
        Bool.random(using: &random) ? word : word.uppercased()
    }

    private mutating func spaces() -> String {
        String(repeating: " ", count: max(0, Int.random(in: -2...2, using: &random)))
    }

    private func isComposite(_ expression: SearchExpression, or: Bool) -> Bool {
        switch expression {
        case .or: or
        case .and: !or
        default: false
        }
    }

    private static func isByte(_ element: TermPattern.Element) -> Bool {
        if case .byte = element { true } else { false }
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        " \t\n\r()\":<>=|*?\\".utf8.contains(byte)
    }
}
