internal import FabricTypes
internal import Membership

extension LedgerAudit {
    /// What a block is taken to have done.
    struct Outcome {
        var codes: [ValidationCode]
        var updates: StateUpdates
        /// By our reckoning, from what the block before claims where only that is known.
        var commitHash: Digest?
        /// After the block; nil where it is not known.
        var configuration: ChannelConfiguration?
        var isRecomputed: Bool
    }

    mutating func outcome(
        of block: PreparedBlock, isWhole: Bool, _ found: inout [AuditDifference]
    ) throws -> Outcome {
        guard isStateComplete, position == 0 || configuration != nil else {
            return try claimedOutcome(of: block, isWhole: isWhole, &found)
        }
        do {
            let computed = try computedOutcome(of: block, &found)
            // What a damaged block would do is worth telling, but the blocks behind it follow from what it had been.
            return isWhole ? computed : try claimedOutcome(of: block, isWhole: false, &found)
        } catch let halt as ValidationHalt {
            let kind: AuditDifference.Kind = halt.code == .configuration ? .configuration : .plugin
            found.append(AuditDifference(kind, block: position, halt.message))
        } catch let error as ConfigError {
            found.append(
                AuditDifference(
                    .configuration, block: position, "Block \(position) holds no usable configuration: \(error)"))
        }
        return try claimedOutcome(of: block, isWhole: isWhole, &found)
    }

    // MARK: - By our reckoning

    private mutating func computedOutcome(
        of block: PreparedBlock, _ found: inout [AuditDifference]
    ) throws -> Outcome {
        let reader = snapshot
        let evaluation: BlockEvaluation<InMemorySnapshot>
        if let configuration {
            let transactionIDs = transactionIDs
            evaluation = try BlockValidator(configuration: configuration, definitions: definitions, loop: loop)
                .evaluate(block, reader: reader) { transactionIDs.contains($0) }
        } else {
            let configuration = try ChannelConfiguration(trusting: block.block, signatures: signatures)
            evaluation = BlockEvaluation(genesis: block, reader: reader, configuration: configuration)
        }
        compareFilter(evaluation.verdicts, with: block, &found)
        let commitHash = position == 0 ? nil : evaluation.commitHash(after: computedCommitHash)
        let fromClaim = claimedCommitHash.map { evaluation.commitHash(after: $0) }
        compareCommitHash([commitHash, fromClaim].compactMap { $0 }, with: block, &found)
        return Outcome(
            codes: evaluation.codes, updates: try finish(evaluation.transition, reader: reader),
            commitHash: commitHash, configuration: evaluation.configuration, isRecomputed: true)
    }

    private func compareFilter(
        _ verdicts: [TransactionVerdict], with block: PreparedBlock, _ found: inout [AuditDifference]
    ) {
        let claims = block.block.transactionsFilter.codes
        if claims.isEmpty {
            if !block.block.metadata[.commitHash].isEmpty {
                found.append(
                    AuditDifference(
                        .transactionsFilter, block: position,
                        "Block \(position) has a commit hash but no transactions filter."))
            }
            return
        }
        guard claims.count == verdicts.count else {
            found.append(
                AuditDifference(
                    .transactionsFilter, block: position,
                    "The transactions filter of block \(position) has \(claims.count) codes for \(verdicts.count) "
                        + "transactions."))
            return
        }
        let indexes = claims.indices.filter { claims[$0] != verdicts[$0].code }
        if indexes.isEmpty { return }
        let details = indexes.prefix(10).map { index in
            let reason = verdicts[index].reason
            return "Transaction \(index) is \(verdicts[index].code), not \(claims[index])"
                + (reason.isEmpty ? "." : ": \(reason)")
        }
        let rest = indexes.count > details.count ? [" \(indexes.count - details.count) more differ."] : []
        found.append(
            AuditDifference(
                .transactionsFilter, block: position, transactions: indexes,
                "The transactions filter of block \(position) is wrong. " + (details + rest).joined(separator: " ")))
    }

    func compareCommitHash(_ computed: [Digest], with block: PreparedBlock, _ found: inout [AuditDifference]) {
        func report(_ message: String) {
            found.append(AuditDifference(.commitHash, block: position, message))
        }
        do throws(WireError) {
            switch (try block.block.commitHash(), computed.first) {
            case (let claimed?, let first?):
                if !computed.contains(claimed) {
                    report("The commit hash of block \(position) is \(first), but the block says \(claimed).")
                }
            case (.some, nil):
                if position == 0 { report("Block 0 has a commit hash; there is none before block 1.") }
            case (nil, _):
                // Peers that never kept commit hashes write none, and orderers write nothing at all.
                if claimedCommitHash != nil, !block.block.metadata[.transactionsFilter].isEmpty {
                    report("Block \(position) has no commit hash, though a peer validated it and the one before.")
                }
            }
        } catch {
            report("The commit hash of block \(position) cannot be read. \(error)")
        }
    }

    func finish(
        _ transition: consuming StateTransition<InMemorySnapshot>, reader: InMemorySnapshot
    ) throws -> StateUpdates {
        let definitions = DefinitionReader(reader)
        return try transition.finish { collection in
            do {
                return try definitions.blocksToLive(of: collection)
            } catch is DefinitionError {
                // Only where blocks before are damaged: with the whole state nothing unreadable lets a write be valid.
                return 0
            }
        }
    }

    // MARK: - Going on

    mutating func take(_ outcome: Outcome, of block: PreparedBlock) throws {
        definitions.willCommit(outcome.updates, of: position)
        state.apply(outcome.updates, history: [], of: position)
        for transaction in block.transactions { transactionIDs.insert(transaction.transactionID) }
        configuration = outcome.configuration
        if block.isConfigBlock { lastConfigNumber = position }
        computedCommitHash = outcome.commitHash
        // A slot that cannot be read was reported when it was compared.
        claimedCommitHash = (try? block.block.commitHash()) ?? nil
    }
}
