import GoldenLedger
import LogCore
import LogTestKit
import Testing

@Suite("Query parser")
struct QueryParserTests {
    @Test(
        "what a search means",
        arguments: [
            ("", .all), ("*", .all), ("  ", .all),
            ("error", .term(.fullText, "error")),
            ("error timeout", .and([.term(.fullText, "error"), .term(.fullText, "timeout")])),
            (
                "a AND b Or not c",
                .or([.and([.term(.fullText, "a"), .term(.fullText, "b")]), .not(.term(.fullText, "c"))])
            ),
            ("a not b", .and([.term(.fullText, "a"), .not(.term(.fullText, "b"))])),
            ("not (a or b)", .not(.or([.term(.fullText, "a"), .term(.fullText, "b")]))),
            ("\"a \\\" b\\\\ and\"", .term(.fullText, "a \" b\\ and")),
            ("level: error", .term(.field("level"), "error")),
            ("\"my field\":\"a b\"", .term(.field("my field"), "a b")),
            ("__topic__:web", .term(.field("__topic__"), "web")),
            ("__tag__:host: web1", .term(.field("__tag__:host"), "web1")),
            ("level:*", .exists(field: "level")),
            ("and: x", .term(.field("and"), "x")),
            (
                "status >= 500",
                .number(field: "status", NumberRange(lower: .init(value: 500, isInclusive: true), upper: nil))
            ),
            (
                "status<5e2",
                .number(field: "status", NumberRange(lower: nil, upper: .init(value: 500, isInclusive: false)))
            ),
            (
                "status = -1.5",
                .number(
                    field: "status",
                    NumberRange(
                        lower: .init(value: -1.5, isInclusive: true), upper: .init(value: -1.5, isInclusive: true)))
            ),
            (
                "s in (1 5]",
                .number(
                    field: "s",
                    NumberRange(lower: .init(value: 1, isInclusive: false), upper: .init(value: 5, isInclusive: true)))
            ),
            ("logged in", .and([.term(.fullText, "logged"), .term(.fullText, "in")])),
            ("a/b-c", .term(.fullText, "a/b-c")),
            ("wo\\*", .term(.fullText, "wo*")),
        ] as [(String, SearchExpression)])
    func meaning(text: String, expected: SearchExpression) throws {
        #expect(try QueryParser.parse(text).search == expected)
    }

    @Test("wildcards")
    func wildcards() throws {
        #expect(
            try QueryParser.parse("a*b?").search
                == .term(.fullText, TermPattern(elements: [.byte(97), .anyRun, .byte(98), .anyOne])))
    }

    @Test("the select is set apart with its position")
    func select() throws {
        let query = try QueryParser.parse("level: \"a|b\" |  select count(*) from log ")

        #expect(query.searchText == "level: \"a|b\"")
        #expect(query.select == LogQuery.Select(text: "select count(*) from log", utf8Offset: 16))
        #expect(try QueryParser.parse("| SELECT 1").search == .all)
    }

    @Test(
        "a wrong search is explained with its position",
        arguments: [
            ("a and", 5), ("and a", 0), ("a or or b", 5), ("(a", 0), ("a)", 1), ("\"abc", 0), ("level:", 6),
            ("level: and", -1), ("status >", 8), ("status > x", 9), ("*a", 0), ("?a", 0), ("l:*a", 2), ("a:b:c", 3),
            ("a | b", 4), ("a |", 3), ("s in [1 5", 9), ("s in [1", 7), ("a ü:* = x", 7), ("le*l: x", 0), ("not", 3),
            ("__tag__:a", 9), ("()", 1),
        ])
    func errors(text: String, offset: Int) {
        if offset < 0 {
            #expect(throws: Never.self) { try QueryParser.parse(text) }
            return
        }
        #expect {
            try QueryParser.parse(text)
        } throws: { error in
            (error as? QueryError)?.utf8Offset == offset
        }
    }

    @Test("length, conditions and depth are bounded")
    func bounds() {
        let hostile = [
            String(repeating: "a ", count: 40_000), String(repeating: "a ", count: 31),
            String(repeating: "(", count: 60_000), String(repeating: "not ", count: 10_000) + "a",
        ]
        for text in hostile {
            #expect(throws: QueryError.self) { try QueryParser.parse(text) }
        }
    }

    @Test(
        "however a search is written, it is read as meant and finds what the naive matcher finds",
        arguments: Seeds.sample(20))
    func agreesWithNaiveMatcher(seed: UInt64) throws {
        var logs = RandomLogs(seed: seed)
        var writer = QueryText(seed: seed)
        var matchCount = 0
        var readCount = 0
        while readCount < 60 {
            let expression = logs.expression()
            guard QueryText.isExpressible(expression) else { continue }
            readCount += 1
            let text = writer.text(expression)
            let query = try QueryParser.parse(text)
            #expect(query.search == expression && query.select == nil, "seed \(seed): \(text.debugDescription)")

            let index = logs.index()
            let naive = NaiveMatcher(expression, index: index)
            let search = CompiledSearch(query.search, index: index)
            for _ in 0..<10 {
                let entry = logs.entry()
                let expected = naive.matches(entry)
                matchCount += expected ? 1 : 0
                let isMatch = EncodedLogEntry(entry).bytes.withUnsafeBufferPointer {
                    search.matches(LogEntryView(bytes: $0))
                }
                #expect(isMatch == expected, "seed \(seed): \(text.debugDescription)\n\(entry)\n\(index)")
            }
        }
        #expect(matchCount > 20)
    }

    @Test("no bytes make the parser trap", arguments: Seeds.sample(3))
    func randomBytes(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "a", "\"", "(", ")", ":", "*", "?", "\\", " ", "and", "or", "not", "in", "[", "]", "|", "select", ">", "=",
            "1", "é", "中", "\u{0}", "__tag__", "-",
        ]
        for _ in 0..<3_000 {
            let text = (0..<Int.random(in: 0..<14, using: &random)).map { _ in pieces.randomElement(using: &random)! }
                .joined()
            do {
                _ = try QueryParser.parse(text)
            } catch {
                #expect((0...text.utf8.count).contains(error.utf8Offset), "seed \(seed): \(text.debugDescription)")
            }
        }
    }
}

extension TermPattern: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) {
        self.init(text: text)
    }
}
