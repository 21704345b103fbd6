package import FabricTypes
package import LedgerCore
package import Logging
package import Membership

/// What all channels of a peer share. Peers of one process may share everything but the signer.
package struct PeerSettings: Sendable {
    /// Who the peer is.
    package var signer: SigningIdentity
    /// Remembers good signatures.
    package var signatures: SignatureTable
    /// Where independent pieces of validation run.
    package var loop: ParallelLoop
    /// Where reads of ledgers run.
    package var threads: StorageThreads
    /// Blocks worked out ahead.
    package var preparation: BlockPreparation
    /// How private data reaches the other peers of the process.
    package var exchange: PrivateDataExchange
    /// What every peer of the channels can store.
    package var writeRule: WriteRule
    /// Which indexes chaincodes declare.
    package var indexes: any IndexCatalog
    /// Blocks after which private data of transactions that never came is forgotten. Fabric's
    /// `transientstoreMaxBlockRetention`.
    package var transientBlockCountMax: UInt64
    /// Who decides which transactions count.
    package var judgement: Judgement
    /// The time of day, to note when blocks were committed; nil notes nothing.
    package var now: (@Sendable () -> Timestamp)?
    package var logger: Logger
    package let figures = PeerFigures()

    package enum Judgement: Hashable, Sendable {
        /// The peer validates every transaction.
        case own
        /// The codes that came with a block count: for a mirror of somebody else's ledger. That blocks belong together, are
        /// signed by orderers, and have the effects that their commit hash tells is still verified.
        case given
    }

    package init(
        signer: SigningIdentity, signatures: SignatureTable, loop: ParallelLoop = .serial,
        threads: StorageThreads = StorageThreads(label: "ledger-readers", countMax: 2),
        preparation: BlockPreparation = BlockPreparation(), exchange: PrivateDataExchange = PrivateDataExchange(),
        writeRule: WriteRule = .any, indexes: any IndexCatalog = NoIndexes(), transientBlockCountMax: UInt64 = 20_000,
        judgement: Judgement = .own, now: (@Sendable () -> Timestamp)? = nil,
        logger: Logger
    ) {
        self.signer = signer
        self.signatures = signatures
        self.loop = loop
        self.threads = threads
        self.preparation = preparation
        self.exchange = exchange
        self.writeRule = writeRule
        self.indexes = indexes
        self.transientBlockCountMax = transientBlockCountMax
        self.judgement = judgement
        self.now = now
        self.logger = logger
    }
}

/// Knows which query indexes a chaincode's installed package declares.
package protocol IndexCatalog: Sendable {
    /// - Returns: the indexes of the chaincode's namespace and of its collections; nil where no package is installed, so
    ///   that nothing is known and nothing changes.
    func indexes(of definition: ChaincodeDefinition, on channel: ChannelID) throws -> [QuerySpace: [QueryIndex]]?
}

/// Chaincodes without indexes.
package struct NoIndexes: IndexCatalog {
    package init() {}

    package func indexes(
        of definition: ChaincodeDefinition, on channel: ChannelID
    ) -> [QuerySpace: [QueryIndex]]? { nil }
}
