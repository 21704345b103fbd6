import GoldenLedger
import LogCore
import LogTestKit
import Testing

@Suite("Compiled search")
struct CompiledSearchTests {
    @Test("says what the naive matcher says", arguments: Seeds.sample(20))
    func agreesWithNaiveMatcher(seed: UInt64) {
        var logs = RandomLogs(seed: seed)
        var matchCount = 0
        for _ in 0..<60 {
            let index = logs.index()
            let expression = logs.expression()
            let naive = NaiveMatcher(expression, index: index)
            let compiled = CompiledSearch(expression, index: index)
            for _ in 0..<15 {
                let entry = logs.entry()
                let expected = naive.matches(entry)
                matchCount += expected ? 1 : 0
                #expect(
                    matches(compiled, entry) == expected, "seed \(seed)\n\(expression)\n\(entry)\n\(index)")
            }
        }
        #expect(matchCount > 50)
    }

    @Test("the index never loses a match", arguments: Seeds.sample(20))
    func narrowingIsSound(seed: UInt64) {
        var logs = RandomLogs(seed: seed)
        var narrowedCount = 0
        for _ in 0..<60 {
            let index = logs.index()
            let expression = logs.expression()
            let naive = NaiveMatcher(expression, index: index)
            let narrowing = CompiledSearch(expression, index: index).narrowing
            narrowedCount += narrowing == .everything ? 0 : 1
            for _ in 0..<15 {
                let entry = logs.entry()
                if naive.matches(entry) {
                    #expect(
                        satisfies(entry, narrowing), "seed \(seed)\n\(expression)\n\(narrowing)\n\(entry)\n\(index)")
                }
            }
        }
        #expect(narrowedCount > 10)
    }

    @Test(
        "words and phrases",
        arguments: [
            ("error", "an Error, again", true), ("error", "errors", false), ("err*", "errors", true),
            ("e?ror", "error", true), ("\"b c\"", "a b, c", true), ("\"b c\"", "b a c", false),
            ("a/b", "x/a/b/y", true),
            ("user@host", "mail user@host.example", false), ("user@host.*", "mail user@host.example", true),
            ("GRÖSSE", "größe", false), ("ÉTÉ", "été", true), ("中文", "中文", true), ("中", "中文", false),
            ("x-y", "x-y", true),
            ("x", "x-y", false), ("\"\"", "", true),
        ])
    func words(query: String, text: String, isMatch: Bool) throws {
        let search = CompiledSearch(try QueryParser.parse(query).search, index: .default)

        #expect(
            matches(search, LogEntry(time: LogTime(seconds: 1), topic: "t", source: "s", fields: [LogField("m", text)]))
                == isMatch)
    }

    @Test("Han characters are words of their own where the index says so")
    func han() throws {
        let index = try LogIndex(IndexDefinition(line: .init(token: [" "], chn: true)))
        let entry = LogEntry(time: LogTime(seconds: 1), fields: [LogField("m", "订单日志a已写入")])

        for (query, isMatch) in [("日志", true), ("日写", false), ("日*", true), ("a", true), ("志a", true)] {
            #expect(
                matches(CompiledSearch(try QueryParser.parse(query).search, index: index), entry) == isMatch, "\(query)"
            )
        }
    }

    @Test("hostile wildcards take no exponential time")
    func hostileWildcards() throws {
        let pattern = "a" + String(repeating: "*a", count: 200) + "b"
        let search = CompiledSearch(try QueryParser.parse(pattern).search, index: .default)

        #expect(
            !matches(
                search,
                LogEntry(time: LogTime(seconds: 1), fields: [LogField("m", String(repeating: "a", count: 5_000))])))
    }

    @Test("entries survive their encoding, and truncated bytes are no trap")
    func encoding() {
        var logs = RandomLogs(seed: 7)
        for _ in 0..<50 {
            let entry = logs.entry()
            let encoded = EncodedLogEntry(entry)
            #expect(encoded.entry(at: entry.time) == entry)
            for length in 0..<encoded.bytes.count {
                _ = EncodedLogEntry(bytes: Array(encoded.bytes[..<length])).entry(at: entry.time)
            }
        }
        _ = EncodedLogEntry(bytes: Array(repeating: 0xFF, count: 40)).entry(at: LogTime(seconds: 0))
    }

    private func matches(_ search: CompiledSearch, _ entry: LogEntry) -> Bool {
        EncodedLogEntry(entry).bytes.withUnsafeBufferPointer { search.matches(LogEntryView(bytes: $0)) }
    }

    /// What an indexer with SQLite's `ascii` tokenizer would answer.
    private func satisfies(_ entry: LogEntry, _ narrowing: IndexNarrowing) -> Bool {
        var text: [UInt8] = []
        for field in entry.searchableFields {
            Array(field.value.utf8).withUnsafeBufferPointer { IndexWords.appendIndexText(of: $0, to: &text) }
        }
        let isWordByte: (UInt8) -> Bool = { byte in
            byte >= 0x80 || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        }
        let words = text.split(whereSeparator: { !isWordByte($0) }).map { word in
            word.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        }
        func holds(_ narrowing: IndexNarrowing) -> Bool {
            switch narrowing {
            case .everything: true
            case .word(let word): words.contains(word)
            case .prefix(let prefix): words.contains { $0.starts(with: prefix) }
            case .and(let parts): parts.allSatisfy(holds)
            case .or(let parts): parts.contains(where: holds)
            }
        }
        return holds(narrowing)
    }
}
