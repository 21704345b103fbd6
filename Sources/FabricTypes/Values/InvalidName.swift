/// A text that breaks the rule for the name it should be.
public struct InvalidName: Error, Hashable, Sendable, CustomStringConvertible {
    /// What the text should have named: `Channel ID`.
    public let kind: String
    public let text: String
    /// Position of the first byte that breaks the rule.
    public let utf8Offset: Int
    /// The rule, as the end of a sentence.
    public let rule: String

    package init(kind: String, text: String, utf8Offset: Int, rule: String) {
        self.kind = kind
        self.text = text
        self.utf8Offset = utf8Offset
        self.rule = rule
    }

    public var description: String {
        "\(kind) \"\(text)\" is not valid: \(rule) (position \(utf8Offset + 1))."
    }
}
