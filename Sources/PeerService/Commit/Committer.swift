internal import FabricTypes
internal import LedgerCore
internal import Membership

/// Carries one channel's ledger from block to block: verify, judge, gather private data, store.
///
/// Not safe to share: its channel calls it from one thread at a time. Every call blocks. After an error other than
/// ``LedgerCore/BlockRefusal`` the committer must not be used again. Source: Fabric's `gossip/privdata.coordinator` and
/// `kvledger`.
struct Committer: Sendable {
    let ledger: ChannelLedger
    let definitions: DefinitionCache
    let settings: PeerSettings
    let privateData: PrivateDataCollector
    /// In force after the last committed block.
    private(set) var configuration: ChannelConfiguration
    private var nextNumber: BlockNumber
    private var lastBlockHash: Digest
    /// The last block that set the configuration.
    private(set) var configBlockNumber: BlockNumber

    /// Takes up a channel where its ledger ends.
    ///
    /// - Throws: ``PeerError`` where the ledger has no blocks or none that can be read; the store's errors.
    init(
        continuing ledger: ChannelLedger, id: ChannelID, definitions: DefinitionCache, settings: PeerSettings,
        privateData: PrivateDataCollector
    ) throws {
        func unreadable(_ reason: String, _ cause: (any Error)? = nil) -> PeerError {
            PeerError(
                .channelStopped,
                "The ledger of channel \"\(id)\" cannot be continued: \(reason). Restore it from a copy, or remove it and join the channel again.",
                cause: cause)
        }
        let store = ledger.store
        let snapshot = try store.commitSnapshot()
        defer { snapshot.close() }
        guard snapshot.height > 0,
            let config = try snapshot.value(of: ChannelConfigState.key, in: ChannelConfigState.namespace)
        else { throw unreadable("its configuration is missing") }
        do {
            guard let lastHash = try Self.lastBlockHash(of: ledger, height: snapshot.height) else {
                throw unreadable("its last block is missing")
            }
            lastBlockHash = lastHash
            guard let current = try ConfigEnvelope(decoding: config.value).config else {
                throw unreadable("its configuration is empty")
            }
            configuration = try ChannelConfiguration(channelID: id, config: current, signatures: settings.signatures)
        } catch  where error is WireError || error is ConfigError {
            throw unreadable("its configuration cannot be used: \(error)", error)
        }
        configBlockNumber = config.version.blockNumber
        nextNumber = snapshot.height
        self.ledger = ledger
        self.definitions = definitions
        self.settings = settings
        self.privateData = privateData
    }

    private static func lastBlockHash(of ledger: ChannelLedger, height: BlockNumber) throws -> Digest? {
        if let last = try ledger.store.block(height - 1) { return try Block(decoding: last).header.hash }
        // Nothing has been added to the snapshot yet.
        return ledger.origin?.hash
    }

    /// Stores the first block of a channel in its empty ledger.
    static func begin(
        _ ledger: ChannelLedger, with genesis: PreparedBlock, configuration: ChannelConfiguration
    ) throws {
        let snapshot = try ledger.store.commitSnapshot()
        defer { snapshot.close() }
        try begin(ledger, with: genesis, configuration: configuration, over: snapshot)
    }

    private static func begin(
        _ ledger: ChannelLedger, with genesis: PreparedBlock, configuration: ChannelConfiguration,
        over snapshot: some LedgerSnapshot
    ) throws {
        let evaluation = BlockEvaluation(genesis: genesis, reader: snapshot, configuration: configuration)
        var block = genesis.block
        block.transactionsFilter = TransactionsFilter(evaluation.codes)
        let commit = BlockCommit(
            number: genesis.number, headerHash: genesis.headerHash, block: block.encoded(), codes: evaluation.codes,
            transactionIDs: genesis.ledgerTransactionIDs, updates: try evaluation.transition.finish { _ in 0 },
            history: [], commitHash: nil)
        try ledger.store.commit(commit)
    }

    /// Verifies, judges and stores the next block.
    ///
    /// - Throws: ``LedgerCore/BlockRefusal`` where the block is not the next one: nothing has happened, another may be.
    ///   Anything else is final: ``LedgerCore/ValidationHalt``, and errors of the store.
    mutating func commit(_ block: PreparedBlock) throws -> CommittedBlock {
        try BlockVerification.check(
            block, number: nextNumber, previousHash: lastBlockHash, configuration: configuration)
        let snapshot = try ledger.store.commitSnapshot()
        defer { snapshot.close() }
        switch settings.judgement {
        case .own: return try commit(block, over: snapshot)
        case .given: return try commitAsGiven(block, over: snapshot)
        }
    }

    private mutating func commit(
        _ prepared: PreparedBlock, over snapshot: some LedgerSnapshot
    ) throws -> CommittedBlock {
        let store = ledger.store
        var evaluation = try BlockValidator(
            configuration: configuration, definitions: definitions, loop: settings.loop, writeRule: settings.writeRule
        ).evaluate(prepared, reader: snapshot) { try store.isKnown(transaction: $0) }

        let collections = CollectionReader(definitions: definitions, reader: snapshot)
        var gathered = try privateData.gather(prepared, collections: collections, configuration: configuration)
        gathered.refuse(try evaluation.transition.append(gathered.sets))

        let commitHash = evaluation.commitHash(after: try store.lastCommitHash())
        let codes = evaluation.codes
        let history = evaluation.transition.history
        let updates = try evaluation.transition.finish { try collections.blocksToLive(of: $0) }
        var block = prepared.block
        block.transactionsFilter = TransactionsFilter(codes)
        block.setCommitHash(commitHash)
        let commit = BlockCommit(
            number: prepared.number, headerHash: prepared.headerHash, block: block.encoded(), codes: codes,
            transactionIDs: prepared.ledgerTransactionIDs, updates: updates, history: history,
            privateSets: gathered.sets, missingPrivateSets: gathered.missing,
            privateSetExpiries: try PrivateSetLifetime.expiries(
                of: prepared.number, sets: gathered.sets, missing: gathered.missing
            ) { try collections.blocksToLive(of: $0) },
            commitHash: commitHash)
        definitions.willCommit(updates, of: prepared.number)
        let start = ContinuousClock.now
        try store.commit(commit)
        settings.figures.blockStorage.add(.now - start, [configuration.channelID.rawValue])

        nextNumber = prepared.number &+ 1
        lastBlockHash = prepared.headerHash
        configuration = evaluation.configuration
        if prepared.isConfigBlock { configBlockNumber = prepared.number }
        try forgetTransientData(of: prepared, wasUsed: gathered.wasAnythingPrivate)
        return CommittedBlock(
            number: commit.number, bytes: commit.block, transactionIDs: commit.transactionIDs,
            verdicts: evaluation.verdicts, isConfigBlock: prepared.isConfigBlock,
            changedDefinitions: updates.changedDefinitions)
    }

    /// Stores a block with the codes it came with, and whatever its valid transactions wrote.
    private mutating func commitAsGiven(
        _ prepared: PreparedBlock, over snapshot: some LedgerSnapshot
    ) throws -> CommittedBlock {
        let commit: BlockCommit
        do {
            commit = try BlockReplay.byDefinitions.commit(
                of: prepared.block, bytes: prepared.block.encoded(), over: snapshot,
                previousCommitHash: try ledger.store.lastCommitHash(), privateSets: [])
        } catch let error as LedgerStoreError {
            throw BlockRefusal(.metadata, block: prepared.number, error.message)
        }
        let configuration = try configuration(after: prepared, codes: commit.codes)
        definitions.willCommit(commit.updates, of: prepared.number)
        try ledger.store.commit(commit)

        nextNumber = prepared.number &+ 1
        lastBlockHash = prepared.headerHash
        self.configuration = configuration
        if prepared.isConfigBlock { configBlockNumber = prepared.number }
        return CommittedBlock(
            number: commit.number, bytes: commit.block, transactionIDs: commit.transactionIDs,
            verdicts: commit.codes.map { code in
                code.isValid ? .valid : .refused(TransactionRefusal(code, "The network's peers found it invalid."))
            },
            isConfigBlock: prepared.isConfigBlock, changedDefinitions: commit.updates.changedDefinitions)
    }

    private func configuration(
        after block: PreparedBlock, codes: [ValidationCode]
    ) throws -> ChannelConfiguration {
        guard block.isConfigBlock, codes.first?.isValid == true else { return configuration }
        guard let config = try ConfigEnvelope(decoding: block.transactions[0].data).config else { return configuration }
        return try ChannelConfiguration(
            channelID: configuration.channelID, config: config, signatures: settings.signatures)
    }

    /// What waits for a transaction is of no use once its block is stored. A crash before this leaves it until
    /// ``PeerSettings/transientBlockCountMax`` blocks have passed.
    private func forgetTransientData(of block: PreparedBlock, wasUsed: Bool) throws {
        if wasUsed {
            let ids = block.transactions.compactMap { $0.action == nil ? nil : $0.transactionID }
            try ledger.transientStore.forget(transactions: ids)
        }
        let countMax = settings.transientBlockCountMax
        // Rarely, as nobody waits for it.
        if block.number > countMax, block.number.isMultiple(of: max(1, countMax / 20)) {
            try ledger.transientStore.forget(below: block.number - countMax)
        }
    }
}

extension PreparedBlock {
    /// The ids by which the ledger finds the block's envelopes.
    fileprivate var ledgerTransactionIDs: [Bytes] { transactions.map(\.transactionID) }
}

extension StateUpdates {
    /// The chaincodes whose definitions these updates change.
    fileprivate var changedDefinitions: Set<Bytes> {
        Set(publicState[LifecycleKeys.namespace]?.keys.compactMap { LifecycleKeys.name(in: $0) } ?? [])
    }
}
