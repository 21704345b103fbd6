import FabricTypes
import FunctionTypes
import Testing

@testable import TriggerCore

@Suite("Patterns of events")
struct DocumentPatternTests {
    static let document = #"{"color":"blue","size":35,"owner":{"name":"Tom","tags":["a","b"]},"gone":null,"ok":true}"#

    @Test(
        "a pattern that holds",
        arguments: [
            #"{"color":["blue"]}"#, #"{"color":["red","blue"]}"#, #"{"color":[{"prefix":"bl"}]}"#,
            #"{"color":[{"suffix":"ue"}]}"#, #"{"color":[{"wildcard":"b*e"}]}"#,
            #"{"color":[{"equals-ignore-case":"BLUE"}]}"#, #"{"color":[{"anything-but":["red"]}]}"#,
            #"{"size":[{"numeric":[">",30,"<=",35]}]}"#, #"{"size":[35.0]}"#, #"{"owner":{"name":["Tom"]}}"#,
            #"{"owner":{"tags":["b"]}}"#, #"{"missing":[{"exists":false}]}"#, #"{"color":[{"exists":true}]}"#,
            #"{"gone":[null]}"#, #"{"ok":[true]}"#, #"{"$or":[{"color":["red"]},{"size":[35]}]}"#,
        ])
    func holds(pattern: String) throws {
        #expect(try DocumentPattern(parsing: JSONValue(parsing: pattern)).matches(JSONValue(parsing: Self.document)))
    }

    @Test(
        "a pattern that does not hold",
        arguments: [
            #"{"color":["Blue"]}"#, #"{"color":[{"anything-but":["blue"]}]}"#, #"{"size":["35"]}"#,
            #"{"size":[{"numeric":["<",35]}]}"#, #"{"missing":["x"]}"#, #"{"missing":[null]}"#, #"{"ok":[1]}"#,
            #"{"color":["blue"],"size":[36]}"#, #"{"owner":{"tags":["c"]}}"#,
            #"{"owner":{"tags":[{"anything-but":"a"}]}}"#,
            #"{"$or":[{"color":["red"]},{"size":[36]}]}"#,
        ])
    func doesNotHold(pattern: String) throws {
        #expect(try !DocumentPattern(parsing: JSONValue(parsing: pattern)).matches(JSONValue(parsing: Self.document)))
    }

    @Test(
        "a pattern that says nothing is refused where it stands",
        arguments: [
            ("{}", ""), (#"{"a":{"b":1}}"#, "a.b"), (#"{"a":[]}"#, "a"), (#"{"a":[{"prefix":1}]}"#, "a[0]"),
            (#"{"a":[{"like":"x"}]}"#, "a[0]"), (#"{"a":["x",{"numeric":[">"]}]}"#, "a[1]"), (#"{"$or":[{}]}"#, "$or"),
        ])
    func refused(pattern: String, path: String) throws {
        let json = try JSONValue(parsing: pattern)
        #expect { try DocumentPattern(parsing: json) } throws: { ($0 as? InvalidPattern)?.path == path }
    }

    @Test("deep and long patterns are refused")
    func bounds() throws {
        let deep = String(repeating: #"{"a":"#, count: 30) + "[1]" + String(repeating: "}", count: 30)
        let long = #"{"a":["# + Array(repeating: "1", count: 201).joined(separator: ",") + "]}"
        for pattern in [deep, long] {
            let json = try JSONValue(parsing: pattern)
            #expect(throws: InvalidPattern.self) { try DocumentPattern(parsing: json) }
        }
    }

    @Test(
        "a star in a name stands for any run of characters",
        arguments: [
            ("transfer*", "transfer", true), ("transfer*", "transferAll", true), ("transfer*", "xtransfer", false),
            ("*", "", true), ("a*b*c", "aXbYc", true), ("a*b*c", "abc", true), ("a*b*c", "acb", false),
            ("*a*a*", "a", false), ("ab*ba", "aba", false), ("plain", "plain", true), ("plain", "plain2", false),
        ])
    func names(pattern: String, name: String, isMatch: Bool) throws {
        #expect(try #require(NamePattern(pattern)).matches(name) == isMatch)
    }
}
