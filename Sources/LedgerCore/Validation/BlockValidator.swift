package import FabricTypes
package import Membership

/// Gives every transaction of a block its code, as far as codes do not depend on what the transactions have read.
///
/// Those found valid here go on to ``StateTransition``, in order. The block itself must have passed
/// ``BlockVerification``. Holds no state of its own; safe to use from any thread. Source: Fabric's
/// `txvalidator/v20.TxValidator`.
package struct BlockValidator: Sendable {
    /// In force after the block before.
    package let configuration: ChannelConfiguration
    /// The channel's. Its owner tells it what each block changes before that becomes visible.
    package let definitions: DefinitionCache
    package let loop: ParallelLoop
    /// What the channel's peers can store.
    package let writeRule: WriteRule

    package init(
        configuration: ChannelConfiguration, definitions: DefinitionCache, loop: ParallelLoop = .serial,
        writeRule: WriteRule = .any
    ) {
        self.configuration = configuration
        self.definitions = definitions
        self.loop = loop
        self.writeRule = writeRule
    }

    /// - Parameters:
    ///   - reader: the state after the block before.
    ///   - isKnown: whether an earlier block holds an envelope with this transaction id, whatever its code.
    /// - Returns: per transaction nil, or why it is not valid.
    /// - Throws: what `reader` or `isKnown` throws, and ``ValidationHalt`` where no code would be right: the block must
    ///   not be committed.
    package func validate(
        _ block: PreparedBlock,
        reader: some StateReader,
        isKnown: @Sendable (Bytes) throws -> Bool
    ) throws -> [TransactionRefusal?] {
        let transactions = block.transactions
        let check = EndorsementCheck(
            blockNumber: block.number,
            reader: reader,
            rules: try rules(for: transactions, reader: reader),
            changes: KeyPolicyChanges(transactions))
        let first = loop.map(transactions.count) { index in
            Result { try judge(transactions[index], at: index, check: check, isKnown: isKnown) }
        }
        var judgements = try first.map { try $0.get() }
        // A key's policy may have changed within the block: those concerned are judged one after another.
        for index in transactions.indices {
            guard case .open(let signers) = judgements[index].outcome, let action = transactions[index].action else {
                continue
            }
            let earlier = judgements[..<index]
            judgements[index] = try judge(action, at: index, signers: signers, check: check) { writer, namespace in
                earlier[writer].passedNamespaces.contains(namespace)
            }
        }
        return refusingCopies(of: transactions, in: judgements)
    }

    // MARK: - One transaction

    private struct Judgement: Sendable {
        enum Outcome: Sendable {
            case valid
            case refused(TransactionRefusal)
            /// The endorsements are read; what they are worth depends on earlier transactions of the block.
            case open(VerifiedSigners)
        }

        var outcome: Outcome
        /// The namespaces whose policies the endorsements satisfy, whatever became of the others.
        var passedNamespaces: Set<Bytes> = []
    }

    private func judge<Reader: StateReader>(
        _ transaction: PreparedTransaction, at index: Int, check: EndorsementCheck<Reader>,
        isKnown: (Bytes) throws -> Bool
    ) throws -> Judgement {
        if let refusal = refusalBeforeLedger(of: transaction) { return Judgement(outcome: .refused(refusal)) }
        guard transaction.channelHeader?.type == .endorserTransaction else { return Judgement(outcome: .valid) }
        if try isKnown(transaction.transactionID) {
            return Judgement(
                outcome: .refused(
                    TransactionRefusal(.duplicateTransactionID, "An earlier block holds a transaction of the same id."))
            )
        }
        guard transaction.refusal == nil, let action = transaction.action else {
            let refusal = transaction.refusal ?? TransactionRefusal(.invalidOtherReason, "There is no endorsed action.")
            return Judgement(outcome: .refused(refusal))
        }
        let signers = configuration.policies.verify(action.signedData)
        if check.changes.concern(action, at: index) { return Judgement(outcome: .open(signers)) }
        return try judge(action, at: index, signers: signers, check: check) { _, _ in false }
    }

    /// Judges a transaction by the policies of all namespaces that it must satisfy.
    private func judge<Reader: StateReader>(
        _ action: EndorsedAction, at index: Int, signers: VerifiedSigners, check: EndorsementCheck<Reader>,
        hasPassed: (Int, Bytes) -> Bool
    ) throws -> Judgement {
        var judgement = Judgement(outcome: .valid)
        let namespaces = action.judgedNamespaces
        // A namespace that is no chaincode is found before any policy is asked.
        for namespace in namespaces where check.rules[namespace] == nil {
            let refusal = TransactionRefusal(
                .invalidChaincode, "Chaincode \"\(namespace.lossyText)\" is not defined on this channel.")
            return Judgement(outcome: .refused(refusal))
        }
        for namespace in namespaces {
            if let plugin = check.rules[namespace]?.foreignPlugin {
                throw ValidationHalt.unknownPlugin(plugin, of: namespace, block: check.blockNumber)
            }
            let refusal = try check.refusal(of: action, in: namespace, at: index, signers: signers) { writer in
                hasPassed(writer, namespace)
            }
            guard let refusal else {
                judgement.passedNamespaces.insert(namespace)
                continue
            }
            if case .valid = judgement.outcome { judgement.outcome = .refused(refusal) }
            // The other namespaces matter only to later transactions, through keys whose policies this one changes.
            if check.changes.isEmpty { break }
        }
        return judgement
    }

    /// The rules that come before the first look into the ledger.
    private func refusalBeforeLedger(of transaction: PreparedTransaction) -> TransactionRefusal? {
        transaction.refusal(at: .header) ?? creatorRefusal(of: transaction) ?? transaction.refusal(at: .content)
    }

    /// Why a transaction is not valid, if that follows from its bytes and the configuration alone.
    func refusalByBytes(of transaction: PreparedTransaction) -> TransactionRefusal? {
        refusalBeforeLedger(of: transaction) ?? transaction.refusal(at: .action)
    }

    private func creatorRefusal(of transaction: PreparedTransaction) -> TransactionRefusal? {
        func refuse(_ reason: String) -> TransactionRefusal { TransactionRefusal(.badCreatorSignature, reason) }
        let channelID = transaction.channelHeader?.channelID ?? Bytes()
        guard channelID == Bytes(configuration.channelID.rawValue) else {
            return refuse("The header names channel \"\(channelID.lossyText)\".")
        }
        let identities = configuration.resolver
        do throws(IdentityError) {
            let creator = try identities.identity(transaction.signatureHeader?.creator ?? Bytes())
            try identities.validate(creator)
            let envelope = transaction.envelope
            guard identities.isSignature(envelope.signature, of: [envelope.payload], by: creator) else {
                return refuse("The signature is not that of the \(creator.mspID) creator.")
            }
            return nil
        } catch {
            return refuse(error.message)
        }
    }

    // MARK: - The block as a whole

    /// A valid transaction bars later ones of the same id, whether or not it then loses a read conflict.
    private func refusingCopies(
        of transactions: [PreparedTransaction], in judgements: [Judgement]
    ) -> [TransactionRefusal?] {
        var seen: Set<Bytes> = []
        return transactions.indices.map { index in
            switch judgements[index].outcome {
            case .refused(let refusal): return refusal
            case .valid, .open: break
            }
            let transaction = transactions[index]
            guard transaction.channelHeader?.type == .endorserTransaction else { return nil }
            if seen.insert(transaction.transactionID).inserted { return nil }
            return TransactionRefusal(
                .duplicateTransactionID, "An earlier transaction of the block has the same id.")
        }
    }

    /// The rules of every namespace that some transaction of the block must satisfy; those of no chaincode have none.
    private func rules(
        for transactions: [PreparedTransaction], reader: some StateReader
    ) throws -> [Bytes: NamespaceRules] {
        var rules: [Bytes: NamespaceRules] = [:]
        var undefined: Set<Bytes> = []
        for transaction in transactions {
            for namespace in transaction.action?.judgedNamespaces ?? []
            where rules[namespace] == nil && !undefined.contains(namespace) {
                rules[namespace] = try NamespaceRules(
                    of: namespace, definitions: definitions, reader: reader, configuration: configuration)
                if rules[namespace] == nil { undefined.insert(namespace) }
            }
        }
        return rules
    }
}

extension EndorsedAction {
    /// The invoked chaincode's namespace, also if nothing is written there, and all others with writes; ascending.
    fileprivate var judgedNamespaces: [Bytes] {
        let written = readWriteSet.namespaces.filter { $0.hasWrites && $0.namespace != chaincode }.map(\.namespace)
        return written.isEmpty ? [chaincode] : ([chaincode] + written).sorted()
    }

    /// What the endorsements claim.
    fileprivate var signedData: [SignedData] {
        endorsements.map {
            SignedData(
                identity: $0.endorser, message: [proposalResponsePayload, $0.endorser], signature: $0.signature)
        }
    }
}
