/// A text that was checked against the rule for one kind of name. Holding a value is proof of the check.
package protocol ResourceName: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    /// How messages call this kind: `Function name`.
    static var kind: String { get }
    static var byteCountMax: Int { get }
    /// Whether `.` may stand in it. Default no.
    static var allowsDots: Bool { get }
    var rawValue: String { get }
    init(unchecked text: String)
    /// The rule beyond length and alphabet; the text's characters were checked already.
    static func brokenRule(in text: String) -> String?
}

extension ResourceName {
    package static var byteCountMax: Int { 128 }

    package static func brokenRule(in text: String) -> String? {
        guard let first = text.utf8.first, first == UInt8(ascii: "_") || isLetter(first) else {
            return "it must begin with a letter or \"_\""
        }
        return nil
    }

    /// - Throws: ``InvalidResourceName`` with the rule that was broken.
    package init(validating text: String) throws(InvalidResourceName) {
        func refuse(_ rule: String) -> InvalidResourceName {
            InvalidResourceName(kind: Self.kind, text: text, rule: rule)
        }
        guard !text.isEmpty else { throw refuse("it must not be empty") }
        guard text.utf8.count <= Self.byteCountMax else {
            throw refuse("it must have at most \(Self.byteCountMax) characters")
        }
        guard text.utf8.allSatisfy(Self.isAllowed) else {
            throw refuse("only letters, digits, \"_\" and \"-\"\(Self.allowsDots ? ", and \".\"," : "") are allowed")
        }
        if let rule = Self.brokenRule(in: text) { throw refuse(rule) }
        self.init(unchecked: text)
    }

    package static var allowsDots: Bool { false }

    package var description: String { rawValue }

    /// By bytes, as lists are paged.
    package static func < (left: Self, right: Self) -> Bool {
        left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
    }

    package static func isLetter(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") || byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
    }

    package static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
            || allowsDots && byte == UInt8(ascii: ".")
    }

    package init(from decoder: any Decoder) throws {
        try self.init(validating: decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
