import Testing

@testable import DuetCommand

@Suite("Verdicts of checks, for people")
struct CheckTextTests {
    @Test("a verdict that was none says so in words")
    func verdicts() {
        #expect(CheckText.verdict("failedRefused") == "failed, refused")
        #expect(CheckText.verdict("failedAllowed") == "failed, allowed")
        #expect(CheckText.verdict("refused") == "refused")
    }

    @Test("a message is no wider than its column")
    func messages() {
        #expect(CheckText.message("too many") == "too many")
        #expect(CheckText.message(String(repeating: "a", count: 1_000)) == String(repeating: "a", count: 59) + "…")
        #expect(CheckText.message(String(repeating: "\n", count: 60)).count == 60)
    }
}
