/// Shows a position in a text to a person.
enum TextMark {
    /// Characters shown before and behind the position.
    private static let characterCountMax = 60

    /// The line of `text` that holds the position, cut around it, and below it a line with `^` under the position.
    static func line(in text: String, utf8Offset: Int) -> String {
        let bytes = Array(text.utf8)
        let offset = min(max(utf8Offset, 0), bytes.count)
        let isLineEnd: (UInt8) -> Bool = { $0 == UInt8(ascii: "\n") }
        let begin = bytes[..<offset].lastIndex(where: isLineEnd).map { $0 + 1 } ?? 0
        let end = bytes[offset...].firstIndex(where: isLineEnd) ?? bytes.count
        let before = String(decoding: bytes[begin..<offset], as: UTF8.self).suffix(characterCountMax)
        let behind = String(decoding: bytes[offset..<end], as: UTF8.self).prefix(characterCountMax)
        // Characters of the terminal's kind, one cell each: tabs and controls would move the mark.
        let shown = (before + behind).map { $0.isASCII && ($0.asciiValue ?? 0) < 0x20 ? " " : $0 }
        return "  \(String(shown))\n  \(String(repeating: " ", count: before.count))^"
    }
}
