/// One thing that is wrong with a template: where, what, and what to do.
package struct TemplateProblem: Hashable, Sendable, CustomStringConvertible {
    /// Counted from 1; 0 if the problem is with no line, such as a missing parameter.
    package var line: Int
    /// Keys from the top, joined by dots: `Resources.shop.list.Properties.Timeout`.
    package var key: String
    /// The value that stands there, shortened; nil if nothing does.
    package var value: String?
    /// What is wrong, without a full stop.
    package var reason: String
    /// What to write instead, as a whole sentence.
    package var remedy: String

    package static let valueCharacterCountMax = 80

    package init(line: Int, key: String, value: String? = nil, reason: String, remedy: String) {
        self.line = line
        self.key = key
        self.value = value.map { text in
            text.count > Self.valueCharacterCountMax ? text.prefix(Self.valueCharacterCountMax) + "…" : text
        }
        self.reason = reason
        self.remedy = remedy
    }

    package var description: String {
        let place = line > 0 ? "line \(line): " : ""
        let subject = key.isEmpty ? "The template" : key
        let standing = value.map { " is \"\($0)\"" } ?? ""
        return "\(place)\(subject)\(standing): \(reason). \(remedy)"
    }
}

/// A template was refused as a whole; nothing changed. Lists every problem that was found, by line.
package struct InvalidTemplate: Error, Sendable, CustomStringConvertible {
    package let problems: [TemplateProblem]

    package init(problems: [TemplateProblem]) {
        self.problems = problems.sorted { ($0.line, $0.key) < ($1.line, $1.key) }
    }

    package var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}
