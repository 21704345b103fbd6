package import FabricTypes

/// Everything that committing one block stores.
package struct BlockCommit: Sendable {
    package var number: BlockNumber
    package var headerHash: Digest
    /// The encoded `common.Block` with transactions filter and commit hash filled in.
    package var block: Bytes
    /// One per envelope.
    package var codes: [ValidationCode]
    /// One per envelope, whatever its code: the id that it uses up (``FabricTypes/ChannelHeader/usedTransactionID(signatureHeader:)``);
    /// empty where there is none. The first envelope ever to carry an id owns it.
    package var transactionIDs: [Bytes]
    /// What the block changes. Private values are those this peer was handed.
    package var updates: StateUpdates
    /// The public writes of valid endorser transactions, ascending by transaction.
    package var history: [HistoryRow]
    /// What this peer got of the private write sets of the block's transactions, also of invalid ones.
    package var privateSets: [PrivateWriteSet]
    /// What it should have got and did not.
    package var missingPrivateSets: [MissingPrivateSet]
    /// For collections whose data is short-lived: the block with whose commit what is in ``privateSets`` and
    /// ``missingPrivateSets`` of them is to be erased.
    package var privateSetExpiries: [CollectionID: BlockNumber]
    /// Nil for block 0, which has none.
    package var commitHash: Digest?

    package init(
        number: BlockNumber, headerHash: Digest, block: Bytes, codes: [ValidationCode], transactionIDs: [Bytes],
        updates: StateUpdates, history: [HistoryRow], privateSets: [PrivateWriteSet] = [],
        missingPrivateSets: [MissingPrivateSet] = [], privateSetExpiries: [CollectionID: BlockNumber] = [:],
        commitHash: Digest?
    ) {
        self.number = number
        self.headerHash = headerHash
        self.block = block
        self.codes = codes
        self.transactionIDs = transactionIDs
        self.updates = updates
        self.history = history
        self.privateSets = privateSets
        self.missingPrivateSets = missingPrivateSets
        self.privateSetExpiries = privateSetExpiries
        self.commitHash = commitHash
    }
}

/// One write of a key that history remembers.
package struct HistoryRow: Hashable, Sendable {
    package let namespace: Bytes
    package let key: Bytes
    package let version: Version

    package init(namespace: Bytes, key: Bytes, version: Version) {
        self.namespace = namespace
        self.key = key
        self.version = version
    }
}

/// The private writes that came with one transaction.
package struct PrivateWriteSet: Hashable, Sendable {
    package let transactionIndex: Int
    package let set: TxPvtReadWriteSet

    package init(transactionIndex: Int, set: TxPvtReadWriteSet) {
        self.transactionIndex = transactionIndex
        self.set = set
    }
}

/// Private writes of one transaction to one collection that this peer may hold but does not have.
package struct MissingPrivateSet: Hashable, Sendable {
    package let transactionIndex: Int
    package let collection: CollectionID

    package init(transactionIndex: Int, collection: CollectionID) {
        self.transactionIndex = transactionIndex
        self.collection = collection
    }
}
