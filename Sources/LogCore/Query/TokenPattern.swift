/// One word of a term, with wildcards, folded if the rule compares without case.
struct TokenPattern: Hashable, Sendable {
    /// A piece between wildcards.
    enum Element: Hashable, Sendable {
        case bytes([UInt8])
        case anyOne
        case anyRun
    }

    let elements: [Element]

    /// The word if it has no wildcards.
    var plain: [UInt8]? {
        if elements.count == 1, case .bytes(let bytes) = elements[0] { return bytes }
        return nil
    }

    /// Cuts a term into words by the rule. Wildcards are part of words.
    static func tokens(of pattern: TermPattern, rule: TokenRule) -> [TokenPattern] {
        var tokens: [TokenPattern] = []
        var elements: [Element] = []
        var run: [UInt8] = []
        func endRun() {
            if !run.isEmpty { elements.append(.bytes(rule.isCaseSensitive ? run : CaseFolding.fold(run))) }
            run = []
        }
        func endToken() {
            endRun()
            if !elements.isEmpty { tokens.append(TokenPattern(elements: elements)) }
            elements = []
        }
        // A Han character is cut off as a word of its own only where its bytes stand together, hence runs of bytes first.
        var index = 0
        var isBehindHan = false
        while index < pattern.elements.count {
            let followsHan = isBehindHan
            isBehindHan = false
            switch pattern.elements[index] {
            case .anyOne:
                endRun()
                elements.append(.anyOne)
                index += 1
            case .anyRun:
                endRun()
                // Behind a Han character, which is a whole word, `*` asks for nothing more.
                if !(followsHan && elements.isEmpty) { elements.append(.anyRun) }
                index += 1
            case .byte:
                var literal: [UInt8] = []
                while index < pattern.elements.count, case .byte(let byte) = pattern.elements[index] {
                    literal.append(byte)
                    index += 1
                }
                literal.withUnsafeBufferPointer { text in
                    var position = 0
                    while position < text.count {
                        if rule.isSeparator(text[position]) {
                            endToken()
                            position += 1
                        } else if rule.splitsHan, let end = Han.character(in: text, at: position) {
                            endToken()
                            run = Array(text[position..<end])
                            endToken()
                            position = end
                            isBehindHan = position == text.count
                        } else {
                            run.append(text[position])
                            position += 1
                        }
                    }
                }
            }
        }
        endToken()
        return tokens
    }

    /// Whether the folded word fits: the definition, by recursion.
    func matchesRecursively(_ word: ArraySlice<UInt8>) -> Bool {
        Self.matches(elements[...], word)
    }

    private static func matches(_ elements: ArraySlice<Element>, _ word: ArraySlice<UInt8>) -> Bool {
        guard let first = elements.first else { return word.isEmpty }
        switch first {
        case .bytes(let bytes):
            return word.starts(with: bytes) && matches(elements.dropFirst(), word.dropFirst(bytes.count))
        case .anyOne:
            return !word.isEmpty && matches(elements.dropFirst(), dropCharacter(word))
        case .anyRun:
            return matches(elements.dropFirst(), word) || (!word.isEmpty && matches(elements, dropCharacter(word)))
        }
    }

    private static func dropCharacter(_ word: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        word.dropFirst().drop { $0 & 0xC0 == 0x80 }
    }
}
