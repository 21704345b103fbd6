internal import Dispatch
internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore
internal import Membership

extension ParallelLoop {
    /// As a peer runs it: on all cores.
    static let concurrent = ParallelLoop { count, body in
        DispatchQueue.concurrentPerform(iterations: count, execute: body)
    }
}

/// A channel as a peer works it: every block verified, prepared, judged and committed by our rules alone.
struct GoldenChannel {
    private(set) var configuration: ChannelConfiguration
    private(set) var header: BlockHeader
    private(set) var lastConfig: BlockNumber = 0
    let ledger = InMemoryLedger()
    let definitions = DefinitionCache()
    let loop: ParallelLoop

    /// Starts a channel with its genesis block.
    init(genesis: Block, loop: ParallelLoop = .concurrent) throws {
        self.loop = loop
        configuration = try ChannelConfiguration(trusting: genesis, signatures: SignatureTable())
        header = genesis.header
        let prepared = PreparedBlock(genesis)
        let evaluation = BlockEvaluation(
            genesis: prepared, reader: ledger.inMemorySnapshot(), configuration: configuration)
        try commit(prepared, evaluation, commitHash: nil)
    }

    /// The recorded channel after some of its blocks.
    static func trade(blocks count: Int = 110, loop: ParallelLoop = .concurrent) throws -> GoldenChannel {
        let blocks = try GoldenFiles.trade.blocks().prefix(count).map { try Block(decoding: $0) }
        var channel = try GoldenChannel(genesis: blocks[0], loop: loop)
        for block in blocks.dropFirst() { _ = try channel.append(block.withoutPeerSlots) }
        return channel
    }

    /// Verifies, judges and commits the next block.
    @discardableResult
    mutating func append(_ block: Block) throws -> (verdicts: [TransactionVerdict], commitHash: Digest) {
        let prepared = PreparedBlock(block, loop: loop)
        prepared.checkSignatures(by: configuration.resolver, loop: loop)
        try BlockVerification.check(prepared, after: header, configuration: configuration)
        let evaluation = try evaluate(prepared)
        let commitHash = evaluation.commitHash(after: try ledger.lastCommitHash())
        configuration = evaluation.configuration
        header = block.header
        if prepared.isConfigBlock { lastConfig = block.number }
        try commit(prepared, evaluation, commitHash: commitHash)
        return (evaluation.verdicts, commitHash)
    }

    /// Judges a block without committing it.
    func evaluate(_ block: PreparedBlock) throws -> BlockEvaluation<InMemorySnapshot> {
        let ledger = ledger
        return try BlockValidator(configuration: configuration, definitions: definitions, loop: loop)
            .evaluate(block, reader: ledger.inMemorySnapshot()) { try ledger.isKnown(transaction: $0) }
    }

    private func commit(
        _ block: PreparedBlock, _ evaluation: BlockEvaluation<InMemorySnapshot>, commitHash: Digest?
    ) throws {
        let reader = DefinitionReader(ledger.inMemorySnapshot())
        let history = evaluation.transition.history
        let updates = try evaluation.transition.finish { try reader.blocksToLive(of: $0) }
        definitions.willCommit(updates, of: block.number)
        try ledger.commit(
            BlockCommit(
                number: block.number, headerHash: block.headerHash, block: block.block.encoded(),
                codes: evaluation.codes, transactionIDs: block.transactions.map(\.transactionID), updates: updates,
                history: history, commitHash: commitHash))
    }
}
