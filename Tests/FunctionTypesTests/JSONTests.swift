import FunctionTypes
import Testing

@Suite("JSON")
struct JSONTests {
    @Test(
        "what is written reads back equal",
        arguments: [
            .null, true, -5, .integer(.max), .integer(.min), .number(0.1), .number(-1e300), "a\"\\\n\u{1}é🎈",
            [], [1, [2, []]], [:], ["b": ["a": .null], "a": 1],
        ] as [JSONValue])
    func readsBack(value: JSONValue) throws {
        #expect(try JSONValue(parsing: value.jsonBytes) == value)
        #expect(try JSONValue(parsing: value.prettyJSONText) == value)
    }

    @Test(
        "texts beyond the grammar are refused",
        arguments: [
            "", "01", "1.", ".5", "1e", "+1", "-", "tru", "nulll", "[1,]", "[1 2]", "{\"a\"}", "{\"a\":1,}", "{a:1}",
            "\"",
            "\"\\x\"", "\"\\u12G4\"", "\"\\ud800\\u0041\"", "\"\u{1}\"", "1 2", "1e999", "'a'", "\u{FEFF}1",
        ])
    func refuses(text: String) {
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: text) }
    }

    @Test("escapes become the characters they name")
    func escapes() throws {
        #expect(try JSONValue(parsing: #""\u00e9\ud83c\udf88\/\b\f""#) == "é🎈/\u{8}\u{c}")
        #expect(try JSONValue(parsing: #""\ud800""#) == "\u{FFFD}")
    }

    @Test("nesting is bounded")
    func nesting() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: deep) }
    }

    @Test("bytes that are not UTF-8 are refused")
    func invalidUTF8() {
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
    }

    @Test("members are found without regard to case, the exact name first, null as absent")
    func memberNames() {
        let value: JSONValue = ["CAPort": 1, "caPort": 2, "Code": .null]
        #expect(value["caPort"] == 2)
        #expect(value["CAPort"] == 1)
        #expect(value["code"] == nil)
        #expect(JSONValue.object(["DestinationConfig": 3])["destinationConfig"] == 3)
    }
}
