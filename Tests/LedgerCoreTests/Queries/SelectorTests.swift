internal import FabricTypes
internal import LedgerCore
internal import LedgerStorage
internal import Testing

@Suite("Selectors")
struct SelectorTests {
    private static func lines(_ table: String) -> [[String]] {
        table.split(separator: "\n").map { line in
            line.split(separator: " ~ ").map { $0.trimmingCharacters }
        }
    }

    @Test("match the documents that CouchDB matches", arguments: lines(selectorCases))
    func selectorMatches(line: [String]) throws {
        try #require(line.count == 3)
        let query = try RichQuery(parsing: Bytes("{\"selector\":\(line[0])}"), engine: PCRE2Engine())
        let document = try #require(QueryDocument(key: Bytes("k"), value: Bytes(line[1])))
        #expect(try query.selector.matches(document.content) == (line[2] == "true"), "\(line)")
    }

    @Test("that are wrong are refused with a sentence that says what is wrong", arguments: lines(refusedQueries))
    func wrongQueryIsRefused(line: [String]) throws {
        try #require(line.count == 2)
        let error = #expect(throws: SelectorError.self) {
            _ = try RichQuery(parsing: Bytes(line[0]), engine: PCRE2Engine())
        }
        #expect(error?.message.contains(line[1]) == true, "\(line): \(error?.message ?? "")")
    }

    @Test("there are at least 200 cases")
    func tableIsLarge() {
        #expect(Self.lines(selectorCases).count >= 200)
    }

    @Test("survive being written out and read again", arguments: lines(selectorCases))
    func normalisedSelectorIsEquivalent(line: [String]) throws {
        let query = try RichQuery(parsing: Bytes("{\"selector\":\(line[0])}"), engine: PCRE2Engine())
        let written = "{\"selector\":\(query.selector.document.encoded.lossyText)}"
        let again = try RichQuery(parsing: Bytes(written), engine: PCRE2Engine())
        let document = try #require(QueryDocument(key: Bytes("k"), value: Bytes(line[1])))
        #expect(try again.selector.matches(document.content) == (line[2] == "true"), "\(written)")
    }

    @Test("nested without end are refused")
    func deepSelectorIsRefused() {
        let depth = 100
        let text = String(repeating: "{\"$not\":", count: depth) + "{}" + String(repeating: "}", count: depth)
        let error = #expect(throws: SelectorError.self) {
            _ = try RichQuery(parsing: Bytes("{\"selector\":\(text)}"), engine: PCRE2Engine())
        }
        #expect(error?.code == .nestedTooDeeply)
    }
}

extension Substring {
    fileprivate var trimmingCharacters: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
