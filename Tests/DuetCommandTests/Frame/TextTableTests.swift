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
