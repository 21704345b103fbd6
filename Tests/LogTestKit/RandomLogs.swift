package import GoldenLedger
package import LogCore

/// Entries and searches made from few words, so that they meet often.
package struct RandomLogs {
    package var random: SeededGenerator

    package init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    package static let words = [
        "error", "Error", "ERR", "timeout", "time", "out", "a", "ab", "abc", "x-y", "x", "y", "200", "200.0", "-5",
        "12",
        "größe", "GRÖSSE", "İstanbul", "中文", "日志a", "中", "naïve", "é", "e\u{301}", "", "\u{0}", "😀", "a.b", "K", "k",
        "ſ",
        "你好世界",
    ]
    package static let marks = [" ", ", ", "/", "-", ".", "_", ":", "=", "\n", "", "，", "\"", "(", "?"]
    package static let names = ["level", "status", "message", "中", "a.b", "__tag__:host", "Level"]

    package mutating func text() -> String {
        (0..<Int.random(in: 0...4, using: &random)).map { _ in
            Self.words.randomElement(using: &random)! + Self.marks.randomElement(using: &random)!
        }.joined()
    }

    package mutating func entry() -> LogEntry {
        var entry = LogEntry(
            time: LogTime(seconds: Int64.random(in: 0..<1_000, using: &random)), topic: text(), source: text(),
            fields: [])
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            entry.fields.append(LogField(Self.names.randomElement(using: &random)!, text()))
        }
        if Bool.random(using: &random) { entry.tags = [LogField("host", text())] }
        return entry
    }

    package mutating func index() -> LogIndex {
        let tokens = [[",", " ", "/", ":"], ["-", " ", "\n"], [], TokenRule.defaultSeparators.map { String($0) }]
        if Int.random(in: 0..<3, using: &random) == 0 { return .default }
        var definition = IndexDefinition()
        if Int.random(in: 0..<4, using: &random) > 0 {
            definition.line = .init(
                token: tokens.randomElement(using: &random)!, caseSensitive: Bool.random(using: &random),
                chn: Bool.random(using: &random))
            if Int.random(in: 0..<4, using: &random) == 0 { definition.line?.excludeKeys = ["message"] }
        }
        if Bool.random(using: &random) || definition.line == nil {
            definition.keys = [
                "level": .init(
                    type: .text, token: tokens.randomElement(using: &random)!,
                    caseSensitive: Bool.random(using: &random),
                    chn: Bool.random(using: &random)),
                "status": .init(type: Bool.random(using: &random) ? .long : .double),
            ]
        }
        guard let index = try? LogIndex(definition) else {
            preconditionFailure("the definitions above keep every rule")
        }
        return index
    }

    package mutating func expression(depth: Int = 3) -> SearchExpression {
        switch Int.random(in: 0..<(depth > 0 ? 11 : 6), using: &random) {
        case 0: return .exists(field: Self.names.randomElement(using: &random)!)
        case 1:
            return .number(field: ["status", "level"].randomElement(using: &random)!, numberRange())
        case 2, 3: return .term(.field(Self.names.randomElement(using: &random)!), pattern())
        case 4, 5: return .term(.fullText, pattern())
        case 6, 7: return .and([expression(depth: depth - 1), expression(depth: depth - 1)])
        case 10: return .equals(field: Self.names.randomElement(using: &random)!, text())
        case 8: return .or([expression(depth: depth - 1), expression(depth: depth - 1)])
        default: return .not(expression(depth: depth - 1))
        }
    }

    package mutating func numberRange() -> NumberRange {
        let bounds: [NumberRange.Bound?] = [
            nil, .init(value: 12, isInclusive: true), .init(value: 200, isInclusive: Bool.random(using: &random)),
        ]
        return NumberRange(lower: bounds.randomElement(using: &random)!, upper: bounds.randomElement(using: &random)!)
    }

    package mutating func pattern() -> TermPattern {
        var elements: [TermPattern.Element] = []
        let text = Int.random(in: 0..<4, using: &random) == 0 ? text() : Self.words.randomElement(using: &random)!
        for scalar in text.unicodeScalars {
            switch Int.random(in: 0..<14, using: &random) {
            case 0: elements.append(.anyOne)
            case 1: elements += [.anyRun]
            case 2: elements += Array(String(scalar).utf8).map { .byte($0) } + [.anyRun]
            default: elements += Array(String(scalar).utf8).map { .byte($0) }
            }
        }
        return TermPattern(elements: elements)
    }
}
