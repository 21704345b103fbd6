package import FabricTypes
internal import Membership

/// Something in a ledger that is not as it claims or should be.
package struct AuditDifference: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        /// Blocks that are not there.
        case missing
        /// Bytes that should be a block and are not.
        case unreadable
        /// A block whose number is not that of its place.
        case number
        case previousHash
        case metadata
        case form
        case dataHash
        case signature
        /// The block that the block names as that of the configuration in force.
        case lastConfig
        /// A configuration that does not follow from the one before, or none at all.
        case configuration
        /// A chaincode that nobody here can judge.
        case plugin
        case transactionsFilter
        case commitHash
    }

    package let kind: Kind
    /// Nil where it cannot be told.
    package let blockNumber: BlockNumber?
    /// Where single transactions are concerned: their indexes, ascending.
    package let transactionIndexes: [Int]
    /// Whole sentences: what was found, what should be.
    package let message: String

    package init(_ kind: Kind, block blockNumber: BlockNumber?, transactions: [Int] = [], _ message: String) {
        self.kind = kind
        self.blockNumber = blockNumber
        self.transactionIndexes = transactions
        self.message = message.bounded
    }
}

extension AuditDifference {
    init(_ refusal: BlockRefusal, at position: BlockNumber) {
        let kind: Kind =
            switch refusal.code {
            case .number: .number
            case .previousHash: .previousHash
            case .metadata: .metadata
            case .form: .form
            case .dataHash: .dataHash
            case .signature: .signature
            }
        self.init(kind, block: position, refusal.message)
    }
}
