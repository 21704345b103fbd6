package import FabricTypes
internal import Membership

/// Why a transaction is not valid: the code that every peer comes to, and the reason in words.
package struct TransactionRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    package let code: ValidationCode
    /// A whole sentence, for people. Peers need not agree on it.
    package let reason: String
    /// For a policy that was not satisfied: the organisations whose endorsements would have helped, in the policy's order;
    /// more than are needed where the policy lets choose.
    package let missingOrganizations: [MSPID]

    package init(_ code: ValidationCode, _ reason: String, missingOrganizations: [MSPID] = []) {
        self.code = code
        self.reason = reason.bounded
        self.missingOrganizations = missingOrganizations
    }

    package var description: String { "\(code): \(reason)" }
}
