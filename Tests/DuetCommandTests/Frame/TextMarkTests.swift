import Testing

@testable import DuetCommand

@Suite("Mark under a text")
struct TextMarkTests {
    @Test(
        "the mark stands under the position, in its own line, whatever the position",
        arguments: [
            ("a and", 5, "  a and\n       ^"), ("größe: (", 9, "  größe: (\n         ^"),
            ("one\ntwo", 5, "  two\n   ^"),
            ("a\tb", 2, "  a b\n    ^"), ("", 0, "  \n  ^"), ("ab", 99, "  ab\n    ^"), ("ab", -1, "  ab\n  ^"),
        ])
    func lines(text: String, offset: Int, expected: String) {
        #expect(TextMark.line(in: text, utf8Offset: offset) == expected)
    }

    @Test("a long line is cut around the position")
    func long() {
        let text = String(repeating: "a", count: 500) + "X" + String(repeating: "b", count: 500)
        let lines = TextMark.line(in: text, utf8Offset: 500).split(separator: "\n")
        #expect(lines[0].count == 2 + 60 + 60)
        #expect(Array(lines[0])[lines[1].count - 1] == "X")
    }
}
