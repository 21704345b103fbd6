/// A log project's name: 3 to 63 characters `[a-z0-9-]`, first and last a letter or digit, so that it can stand in a host
/// name. Unique per node.
///
/// Holding one is proof of the check.
package struct ProjectName: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(validating text: String) throws(InvalidLogName) {
        try LogNameRule.check(text, kind: .project) { $0 == UInt8(ascii: "-") }
        rawValue = text
    }

    package var description: String { rawValue }
}

/// A logstore's name: 3 to 63 characters `[a-z0-9_-]`, first and last a letter or digit. Unique per project.
package struct LogstoreName: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(validating text: String) throws(InvalidLogName) {
        try LogNameRule.check(text, kind: .logstore) { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        rawValue = text
    }

    package var description: String { rawValue }
}

/// A name that breaks its rule.
package struct InvalidLogName: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: String, Hashable, Sendable {
        case project
        case logstore
        case alarm
        case consumerGroup = "consumer group"
    }

    package let kind: Kind
    package let text: String
    /// What is wrong, continuing "… is not valid: ".
    package let reason: String

    package var description: String {
        let shown = text.utf8.count > 80 ? String(text.prefix(80)) + "…" : text
        return "The \(kind.rawValue) name \"\(shown)\" is not valid: \(reason)."
    }
}

/// The rule the names share.
enum LogNameRule {
    static func check(
        _ text: String, kind: InvalidLogName.Kind, isInnerMark: (UInt8) -> Bool
    ) throws(InvalidLogName) {
        guard (3...63).contains(text.utf8.count) else {
            throw InvalidLogName(kind: kind, text: text, reason: "it must have 3 to 63 characters")
        }
        for (offset, byte) in text.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): continue
            case _ where isInnerMark(byte) && offset > 0 && offset < text.utf8.count - 1: continue
            default:
                throw InvalidLogName(
                    kind: kind, text: text,
                    reason: "the character at position \(offset) must be a lower-case letter or a digit"
                        + (isInnerMark(byte) ? " there" : ""))
            }
        }
    }
}

/// One logstore of one project: where entries go.
package struct LogstoreID: Hashable, Sendable, Codable, CustomStringConvertible {
    package let project: ProjectName
    package let logstore: LogstoreName

    package init(project: ProjectName, logstore: LogstoreName) {
        self.project = project
        self.logstore = logstore
    }

    package var description: String { "\(project)/\(logstore)" }
}
