internal import FunctionTypes

/// A table in Markdown.
struct MarkdownTable {
    private var lines: [String]

    init(_ columns: [String]) {
        lines = [Self.line(columns), "|" + String(repeating: "---|", count: columns.count)]
    }

    var isEmpty: Bool { lines.count == 2 }

    mutating func append(_ cells: [String]) {
        lines.append(Self.line(cells.map { $0.replacing("|", with: "\\|").replacing("\n", with: " ") }))
    }

    var text: String { lines.joined(separator: "\n") }

    private static func line(_ cells: [String]) -> String {
        "| " + cells.joined(separator: " | ") + " |"
    }

    /// What a key takes; blank where only its meaning can say so.
    static func value(of key: SettingKeys.Key) -> String {
        let value = key.value == SettingKeys.anyValue ? [] : [key.value]
        return (value + (key.isRequired ? ["required"] : [])).joined(separator: "; ")
    }

    static func code(_ text: String?) -> String {
        text.map { $0.isEmpty ? "" : "`\($0)`" } ?? ""
    }
}
