/// A text that breaks the rule for the name it should be.
package struct InvalidResourceName: Error, Hashable, Sendable, CustomStringConvertible {
    /// What the text should have named: `Function name`.
    package let kind: String
    package let text: String
    /// The rule that was broken, as the end of a sentence.
    package let rule: String

    package var description: String {
        "\(kind) \"\(text.prefix(160))\" is not valid: \(rule)."
    }
}
