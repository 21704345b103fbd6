/// Finds a term's words, one after the other, in a text.
struct TextMatcher: Sendable {
    private let rule: TokenRule
    private let words: [TokenPattern]
    /// Set when the term is a single word without wildcards.
    private let onlyWord: [UInt8]?
    /// What a term without a word asks for: exactly this text.
    private let wholeText: [UInt8]?

    init(_ pattern: TermPattern, rule: TokenRule) {
        self.rule = rule
        words = TokenPattern.tokens(of: pattern, rule: rule)
        onlyWord = words.count == 1 ? words[0].plain : nil
        wholeText = pattern.plainBytes
    }

    func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        if words.isEmpty { return wholeText?.elementsEqual(text) ?? false }
        var position = 0
        while let token = rule.nextToken(in: text, from: &position) {
            guard fits(token, in: text, words[0]) else { continue }
            if words.count == 1 { return true }
            var next = position
            var found = 1
            while found < words.count, let token = rule.nextToken(in: text, from: &next),
                fits(token, in: text, words[found])
            {
                found += 1
            }
            if found == words.count { return true }
        }
        return false
    }

    private func fits(_ token: Range<Int>, in text: UnsafeBufferPointer<UInt8>, _ word: TokenPattern) -> Bool {
        let bytes = UnsafeBufferPointer(rebasing: text[token])
        if let onlyWord { return equals(bytes, onlyWord) }
        if rule.isCaseSensitive { return word.matches(bytes) }
        // Folding may change a word's length, so patterns are compared with the folded word.
        var folded: [UInt8] = []
        CaseFolding.fold(bytes, into: &folded)
        return folded.withUnsafeBufferPointer { word.matches($0) }
    }

    /// Compares without an allocation as long as the text is ASCII.
    private func equals(_ token: UnsafeBufferPointer<UInt8>, _ word: [UInt8]) -> Bool {
        word.withUnsafeBufferPointer { word in
            let common = min(token.count, word.count)
            for index in 0..<common {
                let byte = token[index]
                if byte >= 0x80 && !rule.isCaseSensitive { return equalsFolded(token, word) }
                if (rule.isCaseSensitive ? byte : ASCII.lowercased(byte)) != word[index] { return false }
            }
            if token.count == word.count { return true }
            return !rule.isCaseSensitive && token.count > common && token[common...].contains { $0 >= 0x80 }
                && equalsFolded(token, word)
        }
    }

    private func equalsFolded(_ token: UnsafeBufferPointer<UInt8>, _ word: UnsafeBufferPointer<UInt8>) -> Bool {
        var folded: [UInt8] = []
        CaseFolding.fold(token, into: &folded)
        return folded.elementsEqual(word)
    }
}

extension TokenPattern {
    /// Whether the folded word fits. Takes at most length × length steps, however many wildcards there are.
    func matches(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
        var element = 0
        var position = 0
        /// Where to go on after the last `*`, should the rest not fit.
        var retry: (element: Int, position: Int)?
        while true {
            if element < elements.count {
                switch elements[element] {
                case .anyRun:
                    retry = (element + 1, position)
                    element += 1
                    continue
                case .anyOne where position < word.count:
                    position += Self.characterLength(word, at: position)
                    element += 1
                    continue
                case .bytes(let bytes) where word[position...].starts(with: bytes):
                    position += bytes.count
                    element += 1
                    continue
                default: break
                }
            } else if position == word.count {
                return true
            }
            guard let (nextElement, from) = retry, from < word.count else { return false }
            position = from + Self.characterLength(word, at: from)
            retry = (nextElement, position)
            element = nextElement
        }
    }

    private static func characterLength(_ word: UnsafeBufferPointer<UInt8>, at position: Int) -> Int {
        var end = position + 1
        while end < word.count, word[end] & 0xC0 == 0x80 { end += 1 }
        return end - position
    }
}
