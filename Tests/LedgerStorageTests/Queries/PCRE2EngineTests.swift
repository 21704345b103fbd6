internal import FabricTypes
internal import LedgerCore
internal import LedgerStorage
internal import Testing

@Suite("PCRE2 patterns")
struct PCRE2EngineTests {
    @Test(
        "that do not compile are refused with the reason and the place",
        arguments: ["(", "[a", "*", "(?<n>a)(?<n>b)", "\\C"])
    func wrongPattern(pattern: String) {
        let error = #expect(throws: SelectorError.self) { try PCRE2Engine().compile(Bytes(pattern)) }
        #expect(error?.code == .invalidPattern)
        #expect(error?.message.contains("at byte") == true)
    }

    @Test("that would search for ever end in an error")
    func catastrophicPattern() throws {
        let pattern = try PCRE2Engine().compile(Bytes("^(a+)+$"))
        let error = #expect(throws: SelectorError.self) {
            try pattern.occurs(in: Bytes(String(repeating: "a", count: 64) + "b"))
        }
        #expect(error?.code == .patternLimit)
    }

    @Test("longer than the bound are refused")
    func longPattern() {
        let pattern = Bytes(String(repeating: "a", count: PCRE2Engine.patternByteCountMax + 1))
        #expect(throws: SelectorError.self) { try PCRE2Engine().compile(pattern) }
    }

    @Test("see characters, not bytes")
    func charactersAreSeen() throws {
        #expect(try PCRE2Engine().compile(Bytes("^.$")).occurs(in: Bytes("😀")))
        #expect(try !PCRE2Engine().compile(Bytes("^.$")).occurs(in: Bytes("ab")))
    }
}
