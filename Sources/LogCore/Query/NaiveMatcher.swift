/// Says whether an entry matches a search, in the most obvious way: cut every text into words, compare every word.
///
/// The meaning of the query language, and the oracle that ``CompiledSearch`` and the stores are tested against. Slow.
package struct NaiveMatcher {
    let expression: SearchExpression
    let index: LogIndex

    package init(_ expression: SearchExpression, index: LogIndex) {
        self.expression = expression
        self.index = index
    }

    package func matches(_ entry: LogEntry) -> Bool {
        matches(entry, expression)
    }

    private func matches(_ entry: LogEntry, _ expression: SearchExpression) -> Bool {
        switch expression {
        case .all: true
        case .and(let parts): parts.allSatisfy { matches(entry, $0) }
        case .or(let parts): parts.contains { matches(entry, $0) }
        case .not(let part): !matches(entry, part)
        case .exists(let field): value(of: field, in: entry) != nil
        case .equals(let field, let text): value(of: field, in: entry)?.utf8.elementsEqual(text.utf8) ?? false
        case .number(let field, let range):
            value(of: field, in: entry).flatMap(NumberText.value(of:)).map(range.contains) ?? false
        case .term(.field(let field), let pattern):
            value(of: field, in: entry).map { fieldMatches($0, rule: index.rule(forField: field), pattern) } ?? false
        case .term(.fullText, let pattern):
            entry.searchableFields.contains { field in
                let name = Array(field.name.utf8)
                let rule = name.withUnsafeBufferPointer { index.fullTextRule(forFieldNamed: $0) }
                return rule.map { Self.textMatches(field.value, rule: $0, pattern) } ?? false
            }
        }
    }

    /// The first field of that name.
    private func value(of name: String, in entry: LogEntry) -> String? {
        entry.searchableFields.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }

    private func fieldMatches(_ value: String, rule: LogIndex.FieldRule, _ pattern: TermPattern) -> Bool {
        switch rule {
        case .text(let rule): return Self.textMatches(value, rule: rule, pattern)
        case .number:
            guard let wanted = pattern.plainBytes, let number = NumberText.value(of: value) else { return false }
            return wanted.withUnsafeBufferPointer { NumberText.value(of: $0) } == number
        }
    }

    /// The pattern's words appear one after the other among the text's words. A pattern without a word, such as the empty
    /// text, asks for exactly that text.
    static func textMatches(_ text: String, rule: TokenRule, _ pattern: TermPattern) -> Bool {
        let patternTokens = TokenPattern.tokens(of: pattern, rule: rule)
        if patternTokens.isEmpty { return Array(text.utf8) == pattern.plainBytes }
        let tokens = rule.tokens(of: Array(text.utf8)).map { rule.isCaseSensitive ? $0 : CaseFolding.fold($0) }
        guard tokens.count >= patternTokens.count else { return false }
        return (0...(tokens.count - patternTokens.count)).contains { start in
            patternTokens.indices.allSatisfy { patternTokens[$0].matchesRecursively(tokens[start + $0][...]) }
        }
    }
}
