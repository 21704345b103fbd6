package import FabricTypes

/// Where an envelope stands in the ledger.
package struct TransactionPosition: Hashable, Sendable {
    package let blockNumber: BlockNumber
    package let transactionIndex: Int
    package let code: ValidationCode

    package init(blockNumber: BlockNumber, transactionIndex: Int, code: ValidationCode) {
        self.blockNumber = blockNumber
        self.transactionIndex = transactionIndex
        self.code = code
    }
}

/// The chain of a channel's committed blocks and the indexes over it.
///
/// Concurrency: any thread may call. Calls block. What a call returns is committed for good; a block becomes visible here no
/// later than its state does.
package protocol BlockStore: Sendable {
    /// Number of committed blocks: the last block's number plus one.
    var height: BlockNumber { get }

    /// An encoded `common.Block` as committed, with transactions filter and commit hash; nil at or beyond ``height``.
    func block(_ number: BlockNumber) throws -> Bytes?

    /// The number of the block with this header hash.
    func blockNumber(ofHeaderHash hash: Digest) throws -> BlockNumber?

    /// Where the envelope with a transaction id stands, the first one where several carry it, whatever its code.
    ///
    /// - Parameter id: the id as it stands in the channel header, which for bad envelopes may be any bytes; for those without
    ///   one, as configurations are, it is computed from the signature header. The empty id is never found.
    func position(ofTransaction id: Bytes) throws -> TransactionPosition?

    /// Whether an envelope with this id, valid or not, was committed, also where its block is not there any more.
    func isKnown(transaction id: Bytes) throws -> Bool

    /// The commit hash of the last block; nil before block 1.
    func lastCommitHash() throws -> Digest?
}

extension BlockStore {
    /// For stores that hold all blocks.
    package func isKnown(transaction id: Bytes) throws -> Bool {
        try position(ofTransaction: id) != nil
    }
}

/// One channel's ledger in one peer: blocks, state, history and private data, committed together.
///
/// Concurrency: one writer calls ``commit(_:)``; readers may be anywhere.
package protocol LedgerStore: BlockStore {
    /// The state after the last committed block, frozen.
    ///
    /// - Throws: where the store has no more snapshots to give at once, or cannot read.
    func snapshot() throws -> any LedgerSnapshot

    /// The same for the writer, one at a time: there is always one left for it.
    func commitSnapshot() throws -> any LedgerSnapshot

    /// The private write sets that this peer holds of a block's transactions, without what was purged or has expired since.
    func privateSets(ofBlock number: BlockNumber) throws -> [PrivateWriteSet]

    /// Commits the next block with all its effects, or none of it.
    ///
    /// Order and durability: the block is durable before anything derived from it becomes visible; when this returns, all of
    /// it is visible to new snapshots. Calls must come with ascending block numbers without a gap.
    ///
    /// - Throws: where the block could not be stored. A store that cannot tell what is on disk throws from then on.
    func commit(_ commit: BlockCommit) throws
}

extension LedgerStore {
    /// Right for stores that never run out.
    package func commitSnapshot() throws -> any LedgerSnapshot { try snapshot() }
}
