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
        /// More rows would have to be looked at than one query may.
        case tooManyRows
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
