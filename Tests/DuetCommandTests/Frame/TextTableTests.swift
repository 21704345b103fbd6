import Testing

@testable import DuetCommand

@Suite("Tables and progress bars")
struct TextTableTests {
    @Test("columns are as wide as their widest field, and lines end without blanks")
    func alignment() {
        var table = TextTable([.init("name"), .init("blocks", .right), .init("note")])
        table.append(["trade", "110", "größer"])
        table.append(["a-long-name", "7", ""])

        #expect(
            table.rendered() == """
                NAME         BLOCKS  NOTE
                trade           110  größer
                a-long-name       7

                """)
    }

    @Test("texts can neither command the terminal nor break out of their row")
    func controls() {
        var table = TextTable([.init("name"), .init("note")])
        table.append([.init("a\u{1B}[2J\u{9B}1m"), .init("b\nc\r\n\u{202E}d\u{2028}é 👩‍👧")])

        #expect(
            table.rendered() == #"""
                NAME                NOTE
                a\u{1b}[2J\u{9b}1m  b\u{a}c\u{d}\u{a}\u{202e}d\u{2028}é 👩‍👧

                """#)
    }

    @Test("a bar is as full as the work is done, whatever the counts are", arguments: [-1, 0, 55, 110, 500])
    func bar(doneCount: Int) {
        let line = ProgressBar.line(
            title: "Auditing", doneCount: doneCount, totalCount: 110, unit: "blocks", elapsed: .seconds(3),
            columnCount: 200)
        let filledCount = line.count { $0 == "█" }

        #expect(filledCount == [-1: 0, 0: 0, 55: 12, 110: 24, 500: 24][doneCount])
        #expect(filledCount + line.count { $0 == "░" } == 24)
        #expect(line.hasSuffix("\(doneCount)/110 blocks  3 s"))
    }

    @Test("nothing to do is done, and a narrow terminal gets a narrow line")
    func edges() {
        let line = ProgressBar.line(
            title: "Auditing", doneCount: 0, totalCount: 0, unit: "blocks", elapsed: .zero, columnCount: 20)
        #expect(line.count == 19)
        #expect(
            ProgressBar.line(title: "x", doneCount: 0, totalCount: 0, unit: "y", elapsed: .zero, columnCount: 0) == "")
    }
}
