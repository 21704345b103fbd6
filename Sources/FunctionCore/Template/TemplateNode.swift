package import FunctionTypes

/// A part of a template with the line where it stands.
package struct TemplateNode: Sendable, Hashable {
    package enum Content: Sendable, Hashable {
        /// Text; `isPlain` if it was written without quotes, so that it may also mean a number or `true`.
        case scalar(String, isPlain: Bool)
        case sequence([TemplateNode])
        case mapping([Entry])
    }

    package struct Entry: Sendable, Hashable {
        package var key: String
        package var keyLine: Int
        package var value: TemplateNode
    }

    package var content: Content
    /// Counted from 1.
    package var line: Int
    /// A local tag such as `!Ref`, without the exclamation mark.
    package var tag: String?

    package init(_ content: Content, line: Int, tag: String? = nil) {
        self.content = content
        self.line = line
        self.tag = tag
    }

    package static func text(_ text: String, line: Int) -> TemplateNode {
        TemplateNode(.scalar(text, isPlain: false), line: line)
    }
}

extension TemplateNode {
    package var entries: [Entry]? {
        if case .mapping(let entries) = content { entries } else { nil }
    }

    package var elements: [TemplateNode]? {
        if case .sequence(let elements) = content { elements } else { nil }
    }

    package var isNull: Bool {
        if case .scalar(let text, isPlain: true) = content {
            ["", "~", "null", "Null", "NULL"].contains(text)
        } else {
            false
        }
    }

    /// The text of a scalar however it was written; nil for null and collections.
    package var text: String? {
        if case .scalar(let text, _) = content, !isNull { text } else { nil }
    }

    /// A whole number, also in quotes, as the original tools accept it.
    package var integer: Int? {
        text.flatMap { Int($0) }
    }

    package var number: Double? {
        guard let text, let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// `true` or `false`, also in quotes.
    package var boolean: Bool? {
        switch text?.lowercased() {
        case "true": true
        case "false": false
        default: nil
        }
    }

    package subscript(key: String) -> TemplateNode? {
        entries?.first { $0.key == key }?.value
    }

    /// What a message shows of the value.
    package var shown: String {
        switch content {
        case .scalar(let text, _): text
        case .sequence(let elements): "a list of \(elements.count)"
        case .mapping(let entries):
            "a map with \(entries.prefix(3).map(\.key).joined(separator: ", "))\(entries.count > 3 ? ", …" : "")"
        }
    }

    /// The value as JSON: plain scalars by what they look like, quoted ones as text.
    package var json: JSONValue {
        switch content {
        case .scalar(let text, let isPlain):
            guard isPlain else { return .string(text) }
            if isNull { return .null }
            if text == "true" || text == "True" || text == "TRUE" { return true }
            if text == "false" || text == "False" || text == "FALSE" { return false }
            if Self.looksNumeric(text) {
                if let value = Int64(text) { return .integer(value) }
                if let value = Double(text), value.isFinite { return .number(value) }
            }
            return .string(text)
        case .sequence(let elements):
            return .array(elements.map(\.json))
        case .mapping(let entries):
            return .object(Dictionary(entries.map { ($0.key, $0.value.json) }, uniquingKeysWith: { first, _ in first }))
        }
    }

    /// `Double("nan")` and `Double("infinity")` are numbers to Swift, words to YAML.
    private static func looksNumeric(_ text: String) -> Bool {
        text.utf8.allSatisfy { byte in
            byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") || "+-.eE".utf8.contains(byte)
        }
    }

    /// The JSON value as if it stood on `line`.
    package init(_ json: JSONValue, line: Int) {
        switch json {
        case .null: self.init(.scalar("null", isPlain: true), line: line)
        case .bool(let value): self.init(.scalar("\(value)", isPlain: true), line: line)
        case .integer(let value): self.init(.scalar("\(value)", isPlain: true), line: line)
        case .number(let value): self.init(.scalar("\(value)", isPlain: true), line: line)
        case .string(let text): self.init(.scalar(text, isPlain: false), line: line)
        case .array(let values): self.init(.sequence(values.map { TemplateNode($0, line: line) }), line: line)
        case .object(let members):
            let sorted = members.sorted { $0.key < $1.key }
            self.init(
                .mapping(sorted.map { Entry(key: $0.key, keyLine: line, value: TemplateNode($0.value, line: line)) }),
                line: line)
        }
    }
}
