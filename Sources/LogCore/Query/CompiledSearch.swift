/// A search ready to be asked of many entries: says what ``NaiveMatcher`` says, but without cutting texts into arrays.
///
/// Immutable; may be used from many threads at once.
package struct CompiledSearch: Sendable {
    private let root: SearchNode
    /// What the index on disk can tell beforehand.
    package let narrowing: IndexNarrowing
    package let matchesEverything: Bool

    package init(_ expression: SearchExpression, index: LogIndex) {
        root = Self.node(expression, index)
        narrowing = IndexNarrowing(expression, index: index)
        matchesEverything = expression == .all
    }

    package func matches(_ entry: LogEntryView) -> Bool {
        root.matches(entry)
    }

    private static func node(_ expression: SearchExpression, _ index: LogIndex) -> SearchNode {
        switch expression {
        case .all: AllNode()
        case .and(let parts): AndNode(parts.map { node($0, index) })
        case .or(let parts): OrNode(parts.map { node($0, index) })
        case .not(let part): NotNode(node(part, index))
        case .exists(let field): ExistsNode(FieldSelector(field))
        case .equals(let field, let text): EqualsNode(FieldSelector(field), Array(text.utf8))
        case .number(let field, let range): NumberNode(FieldSelector(field), range)
        case .term(.fullText, let pattern): FullTextNode(pattern, index)
        case .term(.field(let field), let pattern):
            switch index.rule(forField: field) {
            case .text(let rule): FieldNode(FieldSelector(field), TextMatcher(pattern, rule: rule))
            case .number: numberTerm(FieldSelector(field), pattern)
            }
        }
    }

    private static func numberTerm(_ field: FieldSelector, _ pattern: TermPattern) -> SearchNode {
        guard let text = pattern.plainBytes, let value = text.withUnsafeBufferPointer({ NumberText.value(of: $0) })
        else {
            return OrNode([])
        }
        let bound = NumberRange.Bound(value: value, isInclusive: true)
        return NumberNode(field, NumberRange(lower: bound, upper: bound))
    }
}

private class SearchNode: @unchecked Sendable {
    // Unchecked because classes that are inherited from cannot be checked: every subclass has only `let` members of
    // sendable types.
    func matches(_ entry: LogEntryView) -> Bool { true }
}

private final class AllNode: SearchNode, @unchecked Sendable {}

private final class AndNode: SearchNode, @unchecked Sendable {
    private let parts: [SearchNode]
    init(_ parts: [SearchNode]) { self.parts = parts }
    override func matches(_ entry: LogEntryView) -> Bool {
        for part in parts where !part.matches(entry) { return false }
        return true
    }
}

private final class OrNode: SearchNode, @unchecked Sendable {
    private let parts: [SearchNode]
    init(_ parts: [SearchNode]) { self.parts = parts }
    override func matches(_ entry: LogEntryView) -> Bool {
        for part in parts where part.matches(entry) { return true }
        return false
    }
}

private final class NotNode: SearchNode, @unchecked Sendable {
    private let part: SearchNode
    init(_ part: SearchNode) { self.part = part }
    override func matches(_ entry: LogEntryView) -> Bool { !part.matches(entry) }
}

private final class ExistsNode: SearchNode, @unchecked Sendable {
    private let field: FieldSelector
    init(_ field: FieldSelector) { self.field = field }
    override func matches(_ entry: LogEntryView) -> Bool { entry.value(of: field) != nil }
}

private final class EqualsNode: SearchNode, @unchecked Sendable {
    private let field: FieldSelector
    private let text: [UInt8]
    init(_ field: FieldSelector, _ text: [UInt8]) {
        self.field = field
        self.text = text
    }
    override func matches(_ entry: LogEntryView) -> Bool {
        entry.value(of: field).map(text.elementsEqual) ?? false
    }
}

private final class NumberNode: SearchNode, @unchecked Sendable {
    private let field: FieldSelector
    private let range: NumberRange
    init(_ field: FieldSelector, _ range: NumberRange) {
        self.field = field
        self.range = range
    }
    override func matches(_ entry: LogEntryView) -> Bool {
        guard let value = entry.value(of: field), let number = NumberText.value(of: value) else { return false }
        return range.contains(number)
    }
}

private final class FieldNode: SearchNode, @unchecked Sendable {
    private let field: FieldSelector
    private let matcher: TextMatcher
    init(_ field: FieldSelector, _ matcher: TextMatcher) {
        self.field = field
        self.matcher = matcher
    }
    override func matches(_ entry: LogEntryView) -> Bool {
        entry.value(of: field).map(matcher.matches) ?? false
    }
}

private final class FullTextNode: SearchNode, @unchecked Sendable {
    private let index: LogIndex
    private let matchers: [TokenRule: TextMatcher]
    /// The one matcher of an index that treats all fields alike.
    private let onlyMatcher: TextMatcher?

    init(_ pattern: TermPattern, _ index: LogIndex) {
        self.index = index
        matchers = Dictionary(
            index.fullTextRules.map { ($0, TextMatcher(pattern, rule: $0)) }, uniquingKeysWith: { first, _ in first })
        onlyMatcher = index.treatsFieldsAlike ? index.lineRule.flatMap { [matchers] in matchers[$0] } : nil
    }

    override func matches(_ entry: LogEntryView) -> Bool {
        if let onlyMatcher {
            return entry.containsField { _, _, value in onlyMatcher.matches(value) }
        }
        return entry.containsField { place, name, value in
            let rule: TokenRule? =
                switch place {
                case .field: index.fullTextRule(forFieldNamed: name)
                case .topic: Self.rule(Array(ReservedField.topic.utf8), index)
                case .source: Self.rule(Array(ReservedField.source.utf8), index)
                case .tag: Self.rule(Array(ReservedField.tagPrefix.utf8) + name, index)
                }
            return rule.flatMap { matchers[$0] }?.matches(value) ?? false
        }
    }

    private static func rule(_ name: [UInt8], _ index: LogIndex) -> TokenRule? {
        name.withUnsafeBufferPointer { index.fullTextRule(forFieldNamed: $0) }
    }
}
