package import FabricTypes

/// What became of one transaction of a block.
package enum TransactionVerdict: Hashable, Sendable {
    case valid
    /// It breaks a rule that does not depend on what it had read.
    case refused(TransactionRefusal)
    /// Something it had read is no longer so.
    case conflict(ReadConflict)

    package var code: ValidationCode {
        switch self {
        case .valid: .valid
        case .refused(let refusal): refusal.code
        case .conflict(let conflict): conflict.code
        }
    }

    /// Why it is not valid, as a sentence; empty if it is.
    package var reason: String {
        switch self {
        case .valid: ""
        case .refused(let refusal): refusal.reason
        case .conflict(let conflict): conflict.description
        }
    }
}
