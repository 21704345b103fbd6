package import FabricTypes

/// Compiles the patterns of `$regex`. Implemented over PCRE2 by the storage module, with bounds on time and memory.
package protocol RegexEngine: Sendable {
    /// - Throws: ``SelectorError`` for a pattern that does not compile.
    func compile(_ pattern: Bytes) throws(SelectorError) -> any RegexPattern
}

package protocol RegexPattern: Sendable {
    /// Whether the pattern occurs anywhere in the text.
    ///
    /// - Throws: ``SelectorError`` when the match needs more steps than allowed: the same on every machine, since steps
    ///   are counted, not seconds.
    func occurs(in text: Bytes) throws(SelectorError) -> Bool
}

/// A query that cannot be understood or carried out. The same query fails the same way on every machine.
package struct SelectorError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// The query is no JSON object.
        case malformed
        case unknownOperator
        case unknownOption
        /// An operator or option has an argument of the wrong kind.
        case invalidArgument
        case invalidPattern
        /// A pattern needed more steps than allowed.
        case patternLimit
        /// `sort` names fields for which no index is declared.
        case noIndexForSort
        case invalidBookmark
        case nestedTooDeeply
    }

    package let code: Code
    /// A whole sentence that names the operator or option and its value.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
