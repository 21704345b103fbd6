internal import FabricTypes
internal import Foundation
internal import LedgerCore

/// Stands in for PCRE2, which the core must not know; the storage module's tests run the same table on PCRE2.
struct FoundationRegexEngine: RegexEngine {
    func compile(_ pattern: Bytes) throws(SelectorError) -> any RegexPattern {
        do {
            return Pattern(expression: try NSRegularExpression(pattern: pattern.lossyText))
        } catch {
            throw SelectorError(.invalidPattern, "\(error)")
        }
    }

    // Foundation documents NSRegularExpression as immutable and safe to use from several threads.
    private struct Pattern: RegexPattern, @unchecked Sendable {
        let expression: NSRegularExpression

        func occurs(in text: Bytes) -> Bool {
            let text = text.lossyText
            return expression.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
        }
    }
}
