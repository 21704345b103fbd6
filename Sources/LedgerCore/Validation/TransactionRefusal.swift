package import FabricTypes
internal import Membership

/// Why a transaction is not valid: the code that every peer comes to, and the reason in words.
package struct TransactionRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    package let code: ValidationCode
    /// A whole sentence, for people. Peers need not agree on it.
    package let reason: String

    package init(_ code: ValidationCode, _ reason: String) {
        self.code = code
        self.reason = reason.bounded
    }

    package var description: String { "\(code): \(reason)" }
}
