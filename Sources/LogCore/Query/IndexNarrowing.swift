/// What the words on disk can say about a search: every match satisfies it, but not everything that satisfies it matches.
///
/// The index on disk is finer than any ``TokenRule``: letters and digits of ASCII (folded), and folded other characters
/// with every Han character apart, without regard to fields. So a rule's words are runs of these index words, and the
/// entries that have all index words of a term contain every match of it, whatever the rule. ``CompiledSearch`` decides.
package indirect enum IndexNarrowing: Hashable, Sendable {
    /// The index cannot help.
    case everything
    case word([UInt8])
    case prefix([UInt8])
    case and([IndexNarrowing])
    case or([IndexNarrowing])

    init(_ expression: SearchExpression, index: LogIndex) {
        switch expression {
        case .all, .exists, .number, .not: self = .everything
        case .equals(_, let text): self = Self.words(of: TermPattern(text: text))
        case .and(let parts):
            let useful = parts.map { IndexNarrowing($0, index: index) }.filter { $0 != .everything }
            self = useful.isEmpty ? .everything : useful.count == 1 ? useful[0] : .and(useful)
        case .or(let parts):
            let all = parts.map { IndexNarrowing($0, index: index) }
            self = all.contains(.everything) ? .everything : .or(all)
        case .term(let scope, let pattern):
            if case .field(let field) = scope, case .number = index.rule(forField: field) {
                self = .everything
            } else {
                self = Self.words(of: pattern)
            }
        }
    }

    private static func words(of pattern: TermPattern) -> IndexNarrowing {
        var found: [IndexNarrowing] = []
        var index = 0
        var isBehindWildcard = false
        while index < pattern.elements.count {
            guard case .byte = pattern.elements[index] else {
                isBehindWildcard = true
                index += 1
                continue
            }
            var literal: [UInt8] = []
            while index < pattern.elements.count, case .byte(let byte) = pattern.elements[index] {
                literal.append(byte)
                index += 1
            }
            let isBeforeWildcard = index < pattern.elements.count
            let text = IndexWords.words(of: literal)
            for word in text {
                // A word that touches a wildcard may be longer in the entry; behind one nothing of it is known.
                if word.touchesStart && isBehindWildcard && !word.isHan { continue }
                let isOpen = word.touchesEnd && isBeforeWildcard && !word.isHan
                found.append(isOpen ? .prefix(word.bytes) : .word(word.bytes))
            }
        }
        return found.isEmpty ? .everything : found.count == 1 ? found[0] : .and(found)
    }
}

/// Cuts texts into the words of the index on disk.
package enum IndexWords {
    struct Word: Hashable {
        var bytes: [UInt8]
        var touchesStart: Bool
        var touchesEnd: Bool
        var isHan: Bool
    }

    /// The text to hand to an indexer that takes ASCII letters and digits and all bytes from 0x80 as parts of words and
    /// folds ASCII itself (SQLite's `ascii` tokenizer): other characters folded, Han characters set apart by spaces.
    /// Appends to `output`, ending with a line feed.
    package static func appendIndexText(of value: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        if value.allSatisfy({ $0 < 0x80 }) {
            output.append(contentsOf: value)
        } else {
            var folded: [UInt8] = []
            CaseFolding.fold(value, into: &folded)
            folded.withUnsafeBufferPointer { text in
                var index = 0
                while index < text.count {
                    if let end = Han.character(in: text, at: index) {
                        output.append(UInt8(ascii: " "))
                        output.append(contentsOf: text[index..<end])
                        output.append(UInt8(ascii: " "))
                        index = end
                    } else {
                        output.append(text[index])
                        index += 1
                    }
                }
            }
        }
        output.append(UInt8(ascii: "\n"))
    }

    /// The index words of a text, in order.
    static func words(of text: [UInt8]) -> [Word] {
        let folded = CaseFolding.fold(text)
        return folded.withUnsafeBufferPointer { text in
            var words: [Word] = []
            var start = 0
            var index = 0
            func endWord(at end: Int) {
                guard end > start else { return }
                words.append(
                    Word(
                        bytes: Array(text[start..<end]), touchesStart: start == 0, touchesEnd: end == text.count,
                        isHan: false))
            }
            while index < text.count {
                if let end = Han.character(in: text, at: index) {
                    endWord(at: index)
                    words.append(
                        Word(
                            bytes: Array(text[index..<end]), touchesStart: index == 0, touchesEnd: end == text.count,
                            isHan: true))
                    index = end
                    start = end
                } else if text[index] < 0x80, !ASCII.isAlphanumeric(text[index]) {
                    endWord(at: index)
                    index += 1
                    start = index
                } else {
                    index += 1
                }
            }
            endWord(at: text.count)
            return words
        }
    }
}
