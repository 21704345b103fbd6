import LogCore
import Testing

@Suite("Log names")
struct LogNamesTests {
    @Test(
        "names the log service knows", arguments: ["abc", "a-1", "test-log-project", String(repeating: "a", count: 63)])
    func valid(text: String) throws {
        #expect(try ProjectName(validating: text).rawValue == text)
        #expect(try LogstoreName(validating: text).rawValue == text)
    }

    @Test(
        "names that break the rule",
        arguments: ["", "ab", "Abc", "-ab", "ab-", "a b", "a.b", "äbc", "a\u{0}c", String(repeating: "a", count: 64)])
    func invalid(text: String) {
        #expect(throws: InvalidLogName.self) { try ProjectName(validating: text) }
        #expect(throws: InvalidLogName.self) { try LogstoreName(validating: text) }
    }

    @Test("only a logstore may have an underscore, and only inside")
    func underscore() throws {
        #expect(try LogstoreName(validating: "a_b").rawValue == "a_b")
        #expect(throws: InvalidLogName.self) { try ProjectName(validating: "a_b") }
        #expect(throws: InvalidLogName.self) { try LogstoreName(validating: "_ab") }
    }

    @Test("the message names kind, text and position")
    func message() {
        #expect {
            try ProjectName(validating: "traDe")
        } throws: {
            "\($0)"
                == "The project name \"traDe\" is not valid: the character at position 3 must be a lower-case letter or a digit."
        }
    }
}
