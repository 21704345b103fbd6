/// Why it cannot be told now what becomes of an answer. The answer is stored or was not begun: settle it again later.
package struct AnswerError: Error, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// Peers or orderers cannot be reached, or a transaction has no outcome yet.
        case undecided
        /// The service has no identity to sign with.
        case noIdentity
        case overloaded
    }

    package let code: Code
    /// A whole sentence.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
