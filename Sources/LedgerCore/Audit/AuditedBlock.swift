package import FabricTypes

/// What an audit found a block to be.
package struct AuditedBlock: Hashable, Sendable {
    package let number: BlockNumber
    package let headerHash: Digest
    /// Of the transactions as they are.
    package let dataHash: Digest
    /// Nil for the genesis block, and where the block before is not known.
    package let commitHash: Digest?
    /// One per transaction.
    package let codes: [ValidationCode]
    /// Whether the codes are ours. Behind a block that is missing or damaged they are those that the block claims, since
    /// nobody can know the state they depend on; where it claims none, transactions stay ``ValidationCode/notValidated``.
    package let isRecomputed: Bool
    package let differences: [AuditDifference]
}
