/// A piece of a list, as Function Compute pages its lists: by name, with the next name as the token.
package struct ResourcePage<Element: Sendable>: Sendable {
    package static var limitMax: Int { 100 }

    package var elements: [Element]
    /// The name at which the next page begins; nil at the end.
    package var nextToken: String?

    /// - Parameters:
    ///   - elements: sorted by name.
    ///   - startKey: the first name of the page, itself included; a token takes its place.
    package init(
        of elements: [Element], prefix: String? = nil, startKey: String? = nil, nextToken: String? = nil,
        limit: Int? = nil,
        name: (Element) -> String
    ) {
        let start = nextToken.flatMap { $0.isEmpty ? nil : $0 } ?? startKey ?? ""
        let found = elements.filter { element in
            let name = name(element)
            return name.utf8.starts(with: (prefix ?? "").utf8) && !name.utf8.lexicographicallyPrecedes(start.utf8)
        }
        let count = min(max(limit ?? Self.limitMax, 1), Self.limitMax)
        self.elements = Array(found.prefix(count))
        self.nextToken = found.count > count ? name(found[count]) : nil
    }
}
