/// A request's target as it stands in the request line, taken apart without losing what was sent.
///
/// Signatures of Function Compute and of the log service cover the path and query exactly as received, so both the raw
/// and the decoded forms are kept. Absolute-form targets have already lost their scheme and authority (see
/// ``RequestLineHandler``).
package struct RequestTarget: Hashable, Sendable {
    /// One `name=value` of the query.
    package struct QueryItem: Hashable, Sendable {
        package let name: String
        /// Percent-decoded, `+` read as a space. Empty for a name without `=`.
        package let value: String
        package let hasValue: Bool
    }

    /// Number of query items read; later ones are ignored. Guards against a megabyte of `&`.
    package static let queryItemCountMax = 1_000

    package let rawPath: String
    package let rawQuery: String?
    /// Percent-decoded; begins with `/`. A wrong escape is kept as it stands, invalid UTF-8 becomes U+FFFD.
    package let path: String
    /// In the order sent; names may repeat.
    package let queryItems: [QueryItem]

    package init(_ target: String) {
        let bytes = target.utf8
        let fragment = bytes.firstIndex(of: UInt8(ascii: "#")) ?? bytes.endIndex
        let question = bytes[..<fragment].firstIndex(of: UInt8(ascii: "?"))
        let pathPart = target[..<(question ?? fragment)]
        self.rawPath = pathPart.utf8.first == UInt8(ascii: "/") ? String(pathPart) : "/" + pathPart
        self.path = PercentCoding.decode(rawPath.utf8, plusIsSpace: false)
        if let question {
            let query = target[bytes.index(after: question)..<fragment]
            self.rawQuery = String(query)
            self.queryItems = query.utf8.split(separator: UInt8(ascii: "&"))
                .prefix(Self.queryItemCountMax).map(Self.item)
        } else {
            self.rawQuery = nil
            self.queryItems = []
        }
    }

    /// The first value under `name`, or nil when the query does not have it.
    package func query(_ name: String) -> String? {
        queryItems.first { $0.name == name }?.value
    }

    /// The path's segments, each decoded for itself, so that `%2F` does not cut one in two. `/a//b/` gives `a`, ``, `b`, ``.
    package var pathSegments: [String] {
        rawPath.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { PercentCoding.decode($0, plusIsSpace: false) }
    }

    /// Whether the path is `prefix` or lies below it.
    package func isUnder(_ prefix: String) -> Bool {
        rawPath == prefix || rawPath.hasPrefix(prefix + "/")
    }

    private static func item(_ text: Substring.UTF8View) -> QueryItem {
        guard let equals = text.firstIndex(of: UInt8(ascii: "=")) else {
            return QueryItem(name: PercentCoding.decode(text, plusIsSpace: true), value: "", hasValue: false)
        }
        return QueryItem(
            name: PercentCoding.decode(text[..<equals], plusIsSpace: true),
            value: PercentCoding.decode(text[text.index(after: equals)...], plusIsSpace: true), hasValue: true)
    }
}
