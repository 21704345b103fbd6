/// The number of a published version: rises by one per service and is never used again.
package struct VersionID: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    package let number: UInt64

    package init(_ number: UInt64) {
        self.number = number
    }

    /// Reads decimal digits without a leading zero; nil for anything else.
    package init?(_ text: String) {
        guard text.utf8.allSatisfy(ServiceName.isDigit), let number = UInt64(text), String(number) == text else {
            return nil
        }
        self.number = number
    }

    package var description: String { String(number) }

    package static func < (left: VersionID, right: VersionID) -> Bool { left.number < right.number }

    package init(from decoder: any Decoder) throws {
        number = try decoder.singleValueContainer().decode(UInt64.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }
}

/// Which state of a service is meant: the unpublished one, a version, or an alias of versions.
package enum Qualifier: Hashable, Sendable, CustomStringConvertible {
    case latest
    case version(VersionID)
    case alias(AliasName)

    /// - Throws: ``InvalidResourceName`` if the text is neither `LATEST`, a version's number nor an alias.
    package init(validating text: String) throws(InvalidResourceName) {
        if text == "LATEST" || text.isEmpty {
            self = .latest
        } else if let version = VersionID(text) {
            self = .version(version)
        } else {
            self = .alias(try AliasName(validating: text))
        }
    }

    package var description: String {
        switch self {
        case .latest: "LATEST"
        case .version(let version): version.description
        case .alias(let alias): alias.rawValue
        }
    }
}

extension Qualifier: Codable {
    package init(from decoder: any Decoder) throws {
        try self.init(validating: decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
