/// Takes a line apart into words as shells do: at blanks, but for quoted ones.
enum ShellWords {
    struct Unclosed: Error, CustomStringConvertible {
        let quote: Character

        var description: String { "A quotation mark (\(quote)) is not closed." }
    }

    /// Within single quotes everything stands for itself; within double quotes, and outside, a backslash before a quotation
    /// mark, a backslash or a blank does away with its meaning. Other backslashes stay, so that JSON needs no doubling.
    ///
    /// - Throws: ``Unclosed``.
    static func split(_ line: String) throws(Unclosed) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var rest = Array(line)[...]
        while let character = rest.popFirst() {
            switch character {
            case "'" where quote != "\"", "\"" where quote != "'":
                quote = quote == nil ? character : nil
                word = word ?? ""
            case "\\" where quote != "'":
                if let next = rest.first,
                    next == "\"" || next == "\\" || quote == nil && (next.isWhitespace || next == "'")
                {
                    rest.removeFirst()
                    word = (word ?? "") + String(next)
                } else {
                    word = (word ?? "") + "\\"
                }
            case _ where quote == nil && character.isWhitespace:
                if let word { words.append(word) }
                word = nil
            default:
                word = (word ?? "") + String(character)
            }
        }
        if let quote { throw Unclosed(quote: quote) }
        if let word { words.append(word) }
        return words
    }
}
