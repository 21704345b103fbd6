/// The keys that a document's reader asks for, with what it takes for each: where reference pages come from.
///
/// The calls that read a document fill it, so that pages cannot say anything else than what is read. Keys below a map are
/// asked for only where that map stands in the document. Not safe to share.
package final class SettingKeys {
    package struct Key: Hashable, Sendable {
        /// From the top of the document, joined by dots.
        package let path: String
        /// What stands there: `a text`, `1 to 600 seconds`.
        package let value: String
        package let isRequired: Bool
        /// What holds where the key is left out; nil where nothing does.
        package let standard: String?
        /// Why the key is taken and does nothing; nil where it does something.
        package let withoutEffect: String?
    }

    /// What is said of a key whose reader looks at the value itself.
    package static let anyValue = "any value"

    /// In the order in which they were asked for.
    package private(set) var keys: [Key] = []
    private var known: Set<String> = []

    package init() {}

    /// The first mention of a path counts: it is the one that says most.
    package func note(
        _ path: String, _ value: String, isRequired: Bool = false, standard: String? = nil,
        withoutEffect: String? = nil
    ) {
        guard known.insert(path).inserted else { return }
        keys.append(
            Key(
                path: path, value: value, isRequired: isRequired, standard: standard, withoutEffect: withoutEffect))
    }

    /// `1 to 600 seconds`, as every reader words it.
    package static func text(_ range: ClosedRange<Int>, _ unit: String) -> String {
        "\(range.lowerBound) to \(range.upperBound)" + (unit.isEmpty ? "" : " \(unit)")
    }
}
