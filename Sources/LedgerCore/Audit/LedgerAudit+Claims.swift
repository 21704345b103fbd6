internal import FabricTypes
internal import Membership

// What is left to check where the state before a block is not known: everything that does not depend on it, and whether the
// claims of a block agree with each other.

extension LedgerAudit {
    /// Takes a block by what it claims.
    mutating func claimedOutcome(
        of block: PreparedBlock, isWhole: Bool, _ found: inout [AuditDifference]
    ) throws -> Outcome {
        let reader = snapshot
        let codes = claimedCodes(of: block)
        if isWhole { compareWithBytes(codes, of: block, &found) }
        var transition = StateTransition(block: position, over: reader)
        for (index, transaction) in block.transactions.enumerated() where codes[index].isValid {
            if let action = transaction.action {
                try transition.appendUnjudged(action.readWriteSet, at: index)
            } else if transaction.channelHeader?.type == .config {
                transition.append(configEnvelope: transaction.data, at: index)
            }
        }
        let commitHash = claimedCommitHash.map {
            CommitHash.next(codes: codes, updates: transition.updates, previous: $0)
        }
        if isWhole, let commitHash, !block.writesMetadataAlone {
            compareCommitHash([commitHash], with: block, &found)
        }
        return Outcome(
            codes: codes, updates: try finish(transition, reader: reader), commitHash: commitHash,
            configuration: block.isConfigBlock ? claimedConfiguration(of: block) : configuration, isRecomputed: false)
    }

    /// The block's own codes; where it has none, those that follow from its bytes and, of all else, that it is not judged.
    private func claimedCodes(of block: PreparedBlock) -> [ValidationCode] {
        let claims = block.block.transactionsFilter.codes
        if claims.count == block.transactions.count { return claims }
        if block.isConfigBlock { return [.valid] }
        let validator = configuration.map {
            BlockValidator(configuration: $0, definitions: definitions, loop: loop)
        }
        return block.transactions.map { transaction in
            let refusal = validator.map { $0.refusalByBytes(of: transaction) } ?? transaction.refusal(at: .header)
            return refusal?.code ?? .notValidated
        }
    }

    /// Compares the codes that follow from a transaction's bytes and the configuration alone.
    private func compareWithBytes(
        _ codes: [ValidationCode], of block: PreparedBlock, _ found: inout [AuditDifference]
    ) {
        guard let configuration, position > 0 else { return }
        let validator = BlockValidator(configuration: configuration, definitions: definitions, loop: loop)
        for (index, transaction) in block.transactions.enumerated() {
            let refusal = validator.refusalByBytes(of: transaction)
            // Between two rules that need no state stands the search for an earlier copy.
            if codes[index] == .duplicateTransactionID, refusal == nil || transaction.stage == .action { continue }
            if let refusal, refusal.code != codes[index] {
                found.append(
                    AuditDifference(
                        .transactionsFilter, block: position, transactions: [index],
                        "Transaction \(index) of block \(position) is \(refusal.code), not \(codes[index]): "
                            + refusal.reason))
            } else if refusal == nil, codes[index].followsFromBytes {
                found.append(
                    AuditDifference(
                        .transactionsFilter, block: position, transactions: [index],
                        "Transaction \(index) of block \(position) is not \(codes[index])."))
            }
        }
    }

    /// The configuration that a block states, without asking how it came about.
    private func claimedConfiguration(of block: PreparedBlock) -> ChannelConfiguration? {
        // One that cannot be used is as good as none: the next one will be taken.
        try? ChannelConfiguration(trusting: block.block, signatures: signatures)
    }

    /// Compares the block that is named as that of the configuration in force.
    mutating func checkLastConfig(_ block: PreparedBlock, _ found: inout [AuditDifference]) {
        let expected = block.isConfigBlock ? position : lastConfigNumber
        func report(_ message: String) {
            found.append(AuditDifference(.lastConfig, block: position, message))
        }
        do throws(WireError) {
            let claimed = try block.block.lastConfigIndex()
            if !block.isConfigBlock, claimed != lastConfigNumber, lostBlocks.contains(where: { $0.contains(claimed) }) {
                // It lies in a block that is lost, and so do the rules of this one.
                configuration = nil
                lastConfigNumber = claimed
                return
            }
            if let expected, claimed != expected {
                report(
                    "Block \(position) names block \(claimed) as that of its configuration; it is block \(expected).")
                return
            }
            let legacy = try LastConfig(decoding: Metadata(decoding: block.block.metadata[.lastConfig]).value)
            if !block.block.metadata[.lastConfig].isEmpty, legacy.index != claimed {
                report(
                    "Block \(position) names block \(legacy.index) as that of its configuration in metadata slot 1 and "
                        + "block \(claimed) in slot 0.")
            }
        } catch {
            report("Block \(position) does not say which block holds its configuration. \(error)")
        }
    }
}

extension PreparedBlock {
    /// Whether some transaction changes a key's metadata without its value, so that the block's effects depend on values
    /// written before.
    fileprivate var writesMetadataAlone: Bool {
        transactions.contains { transaction in
            transaction.action?.readWriteSet.namespaces.contains { set in
                !set.publicSet.metadataWrites.isEmpty
                    || set.collections.contains { !$0.hashedSet.metadataWrites.isEmpty }
            } ?? false
        }
    }
}

extension ValidationCode {
    /// Whether a transaction has this code by its bytes and the configuration alone.
    fileprivate var followsFromBytes: Bool {
        switch self {
        case .badPayload, .badCommonHeader, .badCreatorSignature, .invalidEndorserTransaction,
            .invalidConfigTransaction, .unsupportedTransactionPayload, .badProposalTransactionID, .badHeaderExtension,
            .badResponsePayload, .badReadWriteSet, .illegalWriteSet:
            true
        default: false
        }
    }
}
