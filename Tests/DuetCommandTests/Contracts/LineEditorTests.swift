import Testing

@testable import DuetCommand

@Suite("A line that is typed")
struct LineEditorTests {
    private func keys(_ text: String) -> [LineEditor.Key] { text.map { .text($0) } }

    private func typed(
        _ keys: [LineEditor.Key], into editor: inout LineEditor, names: [String] = []
    ) -> LineEditor.Outcome {
        var outcome = LineEditor.Outcome.editing
        for key in keys {
            outcome = editor.take(key) { before in
                let last = before.split(separator: " ", omittingEmptySubsequences: false).last ?? ""
                return names.filter { $0.hasPrefix(last) }
            }
        }
        return outcome
    }

    @Test("characters go where the cursor is, and are taken out there")
    func editing() {
        var editor = LineEditor()
        #expect(typed(keys("abd") + [.left, .text("c"), .end, .text("é")], into: &editor) == .editing)
        #expect(editor.text == "abcdé")
        _ = typed([.start, .delete, .end, .backspace], into: &editor)
        #expect(editor.text == "bcd")
        _ = typed([.left, .deleteToEnd, .left, .deleteToStart], into: &editor)
        #expect(editor.text == "c")
        _ = typed([.start, .backspace, .left, .end, .delete, .right], into: &editor)
        #expect(editor.text == "c")
        #expect(typed(keys(" two words ") + [.deleteWord, .enter], into: &editor) == .line("c two "))
        #expect(editor.text.isEmpty)
    }

    @Test("earlier lines come back, and the new one is not lost meanwhile")
    func history() {
        var editor = LineEditor(history: ["one"])
        _ = typed(keys("two") + [.enter] + keys("dra"), into: &editor)
        _ = typed([.up], into: &editor)
        #expect(editor.text == "two")
        _ = typed([.up, .up], into: &editor)
        #expect(editor.text == "one")
        _ = typed([.down, .down, .down], into: &editor)
        #expect(editor.text == "dra")
    }

    @Test("a tab completes one word whole, and several as far as they agree")
    func completion() {
        var editor = LineEditor()
        let names = ["invoke", "putPrivate", "put"]
        _ = typed(keys("in") + [.tab] + keys("p") + [.tab], into: &editor, names: names)
        #expect(editor.text == "invoke put")
        #expect(typed([.tab], into: &editor, names: names) == .candidates(["putPrivate", "put"]))
        #expect(typed(keys("x") + [.tab], into: &editor, names: names) == .editing)
        #expect(editor.text == "invoke putx")
    }

    @Test("only an empty line ends the input; giving up empties it")
    func ends() {
        var editor = LineEditor()
        #expect(typed(keys("ab") + [.start, .endOfInput], into: &editor) == .editing)
        #expect(editor.text == "b")
        #expect(typed([.interrupt], into: &editor) == .interrupted)
        #expect(typed([.endOfInput], into: &editor) == .ended)
    }

    @Test("keys are read from what a terminal sends, however it is cut")
    func keyReader() {
        var reader = KeyReader()
        let bytes = Array("a\u{1B}[A\u{1B}[3~\u{1B}OHé弹\t\r\u{7F}\u{1B}[99;99~b".utf8) + [0xFF, 0xC3, 0x41]
        #expect(
            bytes.compactMap { reader.take($0) } == [
                .text("a"), .up, .delete, .start, .text("é"), .text("弹"), .tab, .enter, .backspace, .text("b"),
                .text("A"),
            ])
    }

    @Test("no input makes the reader and the editor fail", arguments: 0..<50 as Range<UInt64>)
    func anyInput(seed: UInt64) {
        var state = seed &* 6_364_136_223_846_793_005 &+ 1
        var reader = KeyReader()
        var editor = LineEditor(history: ["x", "yy"])
        for _ in 0..<2_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            guard let key = reader.take(UInt8(truncatingIfNeeded: state >> 33)) else { continue }
            _ = editor.take(key) { _ in ["word"] }
            #expect((0...editor.characters.count).contains(editor.cursor), "seed \(seed)")
        }
    }
}
