import DuetContract
import Testing

@Suite("JSON of contracts")
struct JSONValueTests {
    @Test(
        "what is read is written again, member by member",
        arguments: [
            "{\"b\":1,\"a\":[true,false,null,-0.5e+10],\"b\":\"twice\"}", "[]", "{}", "\"é弹\u{1F6A2}\"",
            "12345678901234567890",
        ])
    func roundTrip(text: String) throws {
        #expect(try JSONValue(parsing: Bytes(text)).encoded() == Bytes(text))
    }

    @Test(
        "texts are escaped as Go does it",
        arguments: [
            ("<a&b>", "\"\\u003ca\\u0026b\\u003e\""), ("\u{2028}\u{2029}", "\"\\u2028\\u2029\""),
            ("\"\\/\n\r\t\u{8}\u{C}\u{1}\u{7F}", "\"\\\"\\\\/\\n\\r\\t\\b\\f\\u0001\u{7F}\""),
        ])
    func goEscaping(text: String, expected: String) {
        #expect(JSONValue.string(text).encoded(escaping: .go) == Bytes(expected))
    }

    @Test(
        "escapes are read",
        arguments: [
            ("\"\\u0041\\ud83d\\udea2\"", "A\u{1F6A2}"), ("\"\\ud83d\"", "\u{FFFD}"), ("\"\\ud83dx\"", "\u{FFFD}x"),
            ("\"\\ud83d\\u0041\"", "\u{FFFD}A"), ("\"\\/\\b\"", "/\u{8}"),
        ])
    func escapes(text: String, expected: String) throws {
        #expect(try JSONValue(parsing: Bytes(text)).text == expected)
    }

    @Test(
        "what is no JSON is refused",
        arguments: [
            "", " ", "{", "[1,]", "{\"a\"}", "{\"a\":1,}", "01", "1.", "-", "+1", "1e", "tru", "\"\n\"", "\"\\x\"",
            "\"\\u00g0\"",
            "1 2", "{\"a\":1} x", "nul", "'a'", "\"a", "\"\\u+123\"",
        ])
    func refused(text: String) {
        #expect(throws: ContractError.self) { try JSONValue(parsing: Bytes(text)) }
    }

    @Test("nesting is bounded")
    func nesting() throws {
        let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        _ = try JSONValue(parsing: Bytes(deep))
        let deeper = String(repeating: "[", count: 100_000)
        #expect(throws: ContractError.self) { try JSONValue(parsing: Bytes(deeper)) }
    }

    private struct Car: Codable {
        struct Owner: Codable {
            var name: String
            var since: Int?
        }

        var wheels: Int
        var brand: String
        var isElectric: Bool
        var owners: [Owner]
        var prices: [String: Double]
    }

    @Test("Codable types are written in the order of their members")
    func codable() throws {
        let car = Car(
            wheels: 4, brand: "<x>", isElectric: true,
            owners: [.init(name: "amy", since: nil), .init(name: "bob", since: 3)],
            prices: ["b": 2.5, "a": 10])
        let encoded = try JSONValue(encoding: car).encoded(escaping: .go)
        #expect(
            encoded
                == Bytes(
                    "{\"wheels\":4,\"brand\":\"\\u003cx\\u003e\",\"isElectric\":true,\"owners\":[{\"name\":\"amy\"},"
                        + "{\"name\":\"bob\",\"since\":3}],\"prices\":{\"a\":10,\"b\":2.5}}"))
        #expect(try JSONValue.decode(Car.self, from: encoded).owners.count == 2)
        #expect(throws: ContractError.self) { try JSONValue.decode(Car.self, from: Bytes("{\"wheels\":4}")) }
    }
}
