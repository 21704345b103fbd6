/// The search part of a query, as a tree.
package indirect enum SearchExpression: Hashable, Sendable {
    /// Every entry.
    case all
    /// Some text appears: as consecutive whole words, in one field or in any that the full-text search covers.
    case term(Scope, TermPattern)
    /// `field: *`: the entry has the field.
    case exists(field: String)
    /// The field's text is exactly this one. Not in the query language; the API's `topic` asks so.
    case equals(field: String, String)
    /// The field holds a number within the bounds.
    case number(field: String, NumberRange)
    case and([SearchExpression])
    case or([SearchExpression])
    case not(SearchExpression)

    package enum Scope: Hashable, Sendable {
        case fullText
        case field(String)
    }
}

/// What a term asks for, before it is cut into words.
package struct TermPattern: Hashable, Sendable {
    package enum Element: Hashable, Sendable {
        case byte(UInt8)
        /// `?`: any one character within a word.
        case anyOne
        /// `*`: any run of characters within a word.
        case anyRun
    }

    package let elements: [Element]

    package init(elements: [Element]) {
        self.elements = elements
    }

    /// A text without wildcards.
    package init(text: String) {
        elements = text.utf8.map { .byte($0) }
    }

    /// The pattern as text; nil if it has wildcards.
    package var plainBytes: [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(elements.count)
        for element in elements {
            guard case .byte(let byte) = element else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}

/// An interval of numbers, each end open, closed or absent.
package struct NumberRange: Hashable, Sendable {
    package struct Bound: Hashable, Sendable {
        package let value: Double
        package let isInclusive: Bool

        package init(value: Double, isInclusive: Bool) {
            self.value = value
            self.isInclusive = isInclusive
        }
    }

    package let lower: Bound?
    package let upper: Bound?

    package init(lower: Bound?, upper: Bound?) {
        self.lower = lower
        self.upper = upper
    }

    package func contains(_ number: Double) -> Bool {
        if let lower, lower.isInclusive ? number < lower.value : number <= lower.value { return false }
        if let upper, upper.isInclusive ? number > upper.value : number >= upper.value { return false }
        return true
    }
}

/// A whole query: what to search, and optionally a `select` over the matches.
package struct LogQuery: Hashable, Sendable {
    package struct Select: Hashable, Sendable {
        package let text: String
        /// Where it begins in the query, in UTF-8 bytes, so that errors can point into the query.
        package let utf8Offset: Int

        package init(text: String, utf8Offset: Int) {
            self.text = text
            self.utf8Offset = utf8Offset
        }
    }

    package var search: SearchExpression
    /// The search part as written, without surrounding spaces.
    package let searchText: String
    package let select: Select?

    package init(search: SearchExpression, searchText: String, select: Select? = nil) {
        self.search = search
        self.searchText = searchText
        self.select = select
    }
}

/// A query that is not understood, with the place.
package struct QueryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// In UTF-8 bytes from the query's beginning.
    package let utf8Offset: Int
    /// A whole sentence.
    package let message: String

    package init(utf8Offset: Int, message: String) {
        self.utf8Offset = utf8Offset
        self.message = message
    }

    package var description: String { "\(message) (position \(utf8Offset + 1))" }
}
