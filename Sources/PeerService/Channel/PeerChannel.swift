package import FabricTypes
package import LedgerCore
internal import Logging
package import Membership
internal import Synchronization

/// One channel on one peer: its ledger, its configuration, and the one who carries both on.
///
/// Blocks come through ``commit(_:)``, one at a time and in order; everything else reads, from any thread. What a failed
/// store or an unjudgeable block does to a channel is final: it stops and says why, what is committed can still be read,
/// and other channels go on.
package final class PeerChannel: Sendable {
    package let id: ChannelID
    /// Snapshots, blocks, positions. Calls of it block: run them on ``PeerSettings/threads``.
    package let ledger: any LedgerStore
    package let transientStore: any TransientStore
    package let definitions: DefinitionCache
    package let commits: CommitFeed
    package let settings: PeerSettings

    /// How the channel is doing.
    package enum Condition: Sendable {
        case running
        /// Nothing more is committed until the node is started again.
        case stopped(PeerError)
    }

    private struct State: Sendable {
        var configuration: ChannelConfiguration
        var configBlockNumber: BlockNumber
        var condition = Condition.running
    }

    private let state: Mutex<State>
    /// Used on ``committing`` only, one call at a time.
    private let committer: Mutex<Committer>
    private let committing: StorageThreads
    private let preparing: StorageThreads
    private let waits = TransactionWaits()
    let recentBlocks = RecentBlocks()
    let filteredBlocks = FilteredBlocks()
    let recentVerdicts = RecentVerdicts()
    private let recentPositions = RecentPositions()
    let commitTimes = CommitTimes()
    /// What the ledger took in, by day.
    package let activity = ChannelActivity()
    let channelLedger: ChannelLedger

    /// Opens a channel where its ledger ends. Blocks.
    ///
    /// - Parameter ledger: with at least the channel's first block in it; see ``join(with:in:settings:)``.
    /// - Throws: ``PeerError``, and the errors of the store.
    package init(opening ledger: ChannelLedger, id: ChannelID, settings: PeerSettings) throws {
        let definitions = DefinitionCache()
        let neighbours = Neighbours(exchange: settings.exchange, channelID: id)
        let committer = try Committer(
            continuing: ledger, id: id, definitions: definitions, settings: settings,
            privateData: PrivateDataCollector(
                identity: settings.signer.serialized, transientStore: ledger.transientStore,
                others: { neighbours.others }, logger: settings.logger))
        self.id = id
        self.ledger = ledger.store
        self.definitions = definitions
        self.settings = settings
        transientStore = ledger.transientStore
        channelLedger = ledger
        commits = CommitFeed(height: ledger.store.height)
        state = Mutex(
            State(configuration: committer.configuration, configBlockNumber: committer.configBlockNumber))
        self.committer = Mutex(committer)
        committing = StorageThreads(label: "commit-\(id)", countMax: 1)
        preparing = StorageThreads(label: "prepare-\(id)", countMax: 1)
        try declareAllIndexes()
        neighbours.own = self
        settings.exchange.add(self, to: id)
    }

    /// Stores the first block of a channel in an empty ledger and opens it. Blocks.
    ///
    /// - Parameter genesis: an encoded `common.Block` that the caller trusts: nothing in it is signed.
    /// - Throws: ``PeerError`` `unusableGenesis`, `channelExists`; the errors of the store.
    package static func join(
        with genesis: Bytes, in ledger: ChannelLedger, settings: PeerSettings
    ) throws -> PeerChannel {
        let (prepared, configuration) = try GenesisBlock.check(genesis, signatures: settings.signatures)
        guard ledger.store.height == 0 else {
            throw PeerError(
                .channelExists,
                "The ledger of channel \"\(configuration.channelID)\" holds \(ledger.store.height) blocks already.")
        }
        try Committer.begin(ledger, with: prepared, configuration: configuration)
        return try PeerChannel(opening: ledger, id: configuration.channelID, settings: settings)
    }

    /// In force after the last committed block.
    package var configuration: ChannelConfiguration { state.withLock(\.configuration) }

    /// The last block that set the configuration.
    package var configBlockNumber: BlockNumber { state.withLock(\.configBlockNumber) }

    package var condition: Condition { state.withLock(\.condition) }

    // MARK: - Committing

    /// Verifies, judges and commits the next block; on return its effects are visible.
    ///
    /// Cancelling the caller does not stop a block that has been started.
    ///
    /// - Parameter block: an encoded `common.Block` as an orderer makes it; what peers add to one is made anew.
    /// - Throws: ``LedgerCore/BlockRefusal`` where it is not the next block: the channel goes on, and another may be.
    ///   ``PeerError`` `channelStopped` where the channel commits nothing more.
    package func commit(_ block: Bytes) async throws {
        try await commit(prepare(block))
    }

    /// Works out what needs no ledger. May run while the block before is being committed, unless that changes the
    /// configuration: then signatures by newly known identities are only checked later.
    ///
    /// - Throws: ``LedgerCore/BlockRefusal`` where the bytes are no block.
    package func prepare(_ block: Bytes) async throws -> PreparedBlock {
        let configuration = configuration
        return try await preparing.run { [settings] in
            do throws(WireError) {
                // Signatures that nobody judges need no check.
                guard settings.judgement == .own else {
                    return PreparedBlock(try Block(decoding: block), loop: settings.loop)
                }
                return try settings.preparation.prepare(block, configuration: configuration, loop: settings.loop)
            } catch {
                throw BlockRefusal(.form, block: 0, "What came for a block cannot be read. \(error)")
            }
        }
    }

    /// Commits a block that was prepared. See ``commit(_:)-(Bytes)``.
    package func commit(_ block: PreparedBlock) async throws {
        try await committing.run { [self] in try commitNow(block) }
    }

    private func commitNow(_ block: PreparedBlock) throws {
        if case .stopped(let reason) = condition { throw reason }
        let start = ContinuousClock.now
        do {
            let (committed, configuration) = try committer.withLock { committer in
                (try committer.commit(block), committer.configuration)
            }
            if committed.isConfigBlock {
                state.withLock { state in
                    state.configuration = configuration
                    state.configBlockNumber = committed.number
                }
            }
            try declareIndexes(of: committed.changedDefinitions)
            settings.figures.blockProcessing.add(.now - start, [id.rawValue])
            settings.figures.add(committed, of: id)
            publish(committed)
        } catch let refusal as BlockRefusal {
            throw refusal
        } catch {
            throw stop(at: block.number, error)
        }
    }

    private func publish(_ block: CommittedBlock) {
        recentBlocks.add(block.bytes, number: block.number)
        if let now = settings.now { commitTimes.add(block.number, at: now()) }
        if settings.judgement == .own { recentVerdicts.add(block) }
        recentPositions.add(block)
        commits.publish(height: block.number + 1)
        waits.publish(block.transactionIDs, codes: block.codes, of: block.number)
        settings.logger.debug(
            "Block committed",
            metadata: [
                "channel.id": "\(id)", "block.number": "\(block.number)",
                "transactions.valid": "\(block.codes.count { $0.isValid })",
                "transactions.invalid": "\(block.codes.count { !$0.isValid })",
            ])
    }

    private func stop(at number: BlockNumber, _ cause: any Error) -> PeerError {
        let reason = PeerError(
            .channelStopped,
            "Channel \"\(id)\" stopped at block \(number): \(cause) Mend the cause and start the node again.",
            cause: cause)
        state.withLock { $0.condition = .stopped(reason) }
        settings.logger.critical(
            "Channel stopped",
            metadata: ["channel.id": "\(id)", "block.number": "\(number)", "error": "\(cause)"])
        commits.finish(reason)
        waits.finish(reason)
        return reason
    }

    /// Gives the ledger's files back. Nothing may be committed or read any more.
    package func close() {
        let reason = PeerError(.channelStopped, "Channel \"\(id)\" is closed: the node is stopping.")
        let isFirst = state.withLock { state in
            if case .stopped(let reason) = state.condition, reason.code == .channelStopped, reason.cause == nil {
                return false
            }
            state.condition = .stopped(reason)
            return true
        }
        guard isFirst else { return }
        settings.exchange.remove(self, from: id)
        commits.finish(reason)
        waits.finish(reason)
        // Whoever commits now holds the committer until the block is whole.
        committer.withLock { _ in channelLedger.close() }
    }

    // MARK: - Reading

    /// Runs work that reads the ledger where it may block.
    package func read<Result: Sendable>(
        _ work: @escaping @Sendable (any LedgerStore) throws -> Result
    ) async throws -> Result {
        try await settings.threads.run { [ledger] in try work(ledger) }
    }

    /// A committed block, encoded, with codes and commit hash; nil at or beyond the height.
    package func block(_ number: BlockNumber) async throws -> Bytes? {
        if let recent = recentBlocks[number] { return recent }
        return try await read { try $0.block(number) }
    }

    /// Where a transaction stands, waiting for the block that holds it if there is none yet.
    ///
    /// - Parameter id: the id in the channel header.
    /// - Throws: `CancellationError`; ``PeerError`` `channelStopped`, `tooManyWaiters`; the store's errors.
    package func position(waitingForTransaction id: Bytes) async throws -> TransactionPosition {
        if let recent = recentPositions[id] { return recent }
        let ticket = try waits.register(id)
        defer { waits.forget(ticket) }
        // It may have been committed between the two.
        if let recent = recentPositions[id] { return recent }
        if let position = try await read({ try $0.position(ofTransaction: id) }) { return position }
        return try await waits.position(ticket)
    }

    // MARK: - Indexes

    /// Applies what the chaincodes' packages declare now: at opening, and when a package was installed.
    package func applyIndexes(of chaincode: Bytes) async throws {
        try await committing.run { [self] in try declareIndexes(of: [chaincode]) }
    }

    private func declareAllIndexes() throws {
        guard channelLedger.indexing != nil else { return }
        let snapshot = try ledger.commitSnapshot()
        defer { snapshot.close() }
        try declareIndexes(of: Set(names(in: snapshot)))
    }

    private func names(in snapshot: some LedgerSnapshot) throws -> [Bytes] {
        try DefinitionReader(snapshot).names()
    }

    private func declareIndexes(of chaincodes: Set<Bytes>) throws {
        guard let indexing = channelLedger.indexing, !chaincodes.isEmpty else { return }
        let snapshot = try ledger.commitSnapshot()
        defer { snapshot.close() }
        for name in chaincodes.sorted() {
            guard let definition = try definition(of: name, in: snapshot),
                let indexes = try settings.indexes.indexes(of: definition, on: id)
            else { continue }
            for (space, declared) in indexes { try indexing.declareIndexes(declared, of: space) }
        }
    }

    private func definition(of name: Bytes, in snapshot: some LedgerSnapshot) throws -> ChaincodeDefinition? {
        do {
            return try definitions.definition(of: name, in: snapshot)
        } catch is DefinitionError {
            // What cannot be read defines nothing, and has no indexes.
            return nil
        }
    }
}

/// The other peers of a channel, once it is one itself.
private final class Neighbours: Sendable {
    private let exchange: PrivateDataExchange
    private let channelID: ChannelID
    private let channel = Mutex(WeakChannel())

    private struct WeakChannel: Sendable {
        // Only replaced under the mutex.
        weak let value: PeerChannel?

        init(_ value: PeerChannel? = nil) {
            self.value = value
        }
    }

    init(exchange: PrivateDataExchange, channelID: ChannelID) {
        self.exchange = exchange
        self.channelID = channelID
    }

    var own: PeerChannel? {
        get { channel.withLock { $0.value } }
        set { channel.withLock { $0 = WeakChannel(newValue) } }
    }

    var others: [any PrivateDataPeer] {
        own.map { exchange.others(than: $0, on: channelID) } ?? []
    }
}
