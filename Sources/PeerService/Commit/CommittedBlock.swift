package import FabricTypes
package import LedgerCore

/// A block as the ledger holds it now, with what the peer thought of it.
package struct CommittedBlock: Sendable {
    package let number: BlockNumber
    /// The encoded `common.Block` with transactions filter and commit hash.
    package let bytes: Bytes
    /// One per envelope, as its channel header has it.
    package let transactionIDs: [Bytes]
    /// One per envelope.
    package let verdicts: [TransactionVerdict]
    package let isConfigBlock: Bool
    /// The names of chaincodes whose definitions the block changed.
    package let changedDefinitions: Set<Bytes>

    package var codes: [ValidationCode] { verdicts.map(\.code) }
}
