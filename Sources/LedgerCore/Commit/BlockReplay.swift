package import FabricTypes

/// Computes again what a committed block did to the state, from the block alone: its transactions are not judged anew, the
/// codes in the block say which of them count.
///
/// For rebuilding derived data. The commit hash is computed and compared with the one that the block carries.
package struct BlockReplay: Sendable {
    /// How many blocks the data of a collection lives, by its definition in the state before the block; 0 for ever.
    package typealias BlocksToLive = @Sendable (CollectionID, any StateReader) throws -> UInt64

    private let blocksToLive: BlocksToLive

    /// Takes the lives of collections from the chaincode definitions in the state.
    package static let byDefinitions = BlockReplay { collection, state in
        try blocksToLive(of: collection, in: state)
    }

    private static func blocksToLive(of collection: CollectionID, in state: some StateReader) throws -> UInt64 {
        try DefinitionReader(state).blocksToLive(of: collection)
    }

    package init(blocksToLive: @escaping BlocksToLive) {
        self.blocksToLive = blocksToLive
    }

    /// - Parameters:
    ///   - bytes: the encoded block, with transactions filter and commit hash.
    ///   - state: the state before the block.
    ///   - previousCommitHash: the commit hash of the block before; nil before block 1.
    ///   - privateSets: the private write sets that this peer holds of the block.
    /// - Throws: ``LedgerStoreError`` where the block cannot be what was committed.
    package func commit(
        of block: Block, bytes: Bytes, over state: some LedgerSnapshot, previousCommitHash: Digest?,
        privateSets: [PrivateWriteSet]
    ) throws -> BlockCommit {
        let codes = block.transactionsFilter.codes
        guard codes.count == block.data.entries.count else {
            throw Self.refuse(block, "it has \(block.data.entries.count) transactions and \(codes.count) codes")
        }
        var transition = StateTransition(block: block.number, over: state)
        var ids: [Bytes] = []
        for (index, entry) in block.data.entries.enumerated() {
            let envelope = ReplayedEnvelope(entry)
            ids.append(envelope.transactionID)
            guard codes[index].isValid else { continue }
            try Self.append(envelope, at: index, of: block, to: &transition)
        }
        try transition.append(stored: privateSets)
        let commitHash = try Self.commitHash(of: block, codes, transition.updates, previous: previousCommitHash)
        let history = transition.history
        let updates = try transition.finish { try blocksToLive($0, state) }
        return BlockCommit(
            number: block.number, headerHash: block.header.hash, block: bytes, codes: codes, transactionIDs: ids,
            updates: updates, history: history, privateSets: privateSets, commitHash: commitHash)
    }

    private static func append(
        _ envelope: ReplayedEnvelope, at index: Int, of block: Block,
        to transition: inout StateTransition<some StateReader>
    ) throws {
        switch envelope.channelHeader?.type {
        case .config?:
            transition.append(configEnvelope: envelope.payload?.data ?? Bytes(), at: index)
        case .endorserTransaction?:
            do {
                try transition.appendUnjudged(ReadWriteSet(decoding: envelope.results()), at: index)
            } catch let error as WireError {
                throw refuse(block, "transaction \(index) counts as valid and cannot be read: \(error)")
            }
        default:
            throw refuse(block, "transaction \(index) counts as valid and is of no type that can be")
        }
    }

    private static func commitHash(
        of block: Block, _ codes: [ValidationCode], _ updates: StateUpdates, previous: Digest?
    ) throws -> Digest? {
        guard block.number > 0 else { return nil }
        let computed = CommitHash.next(codes: codes, updates: updates, previous: previous)
        guard let recorded = try block.commitHash(), recorded == computed else {
            throw refuse(block, "its effects do not have the commit hash that it was committed with")
        }
        return computed
    }

    private static func refuse(_ block: Block, _ reason: String) -> LedgerStoreError {
        LedgerStoreError(
            .failed,
            "Block \(block.number) cannot be applied again: \(reason). Restore the ledger from a copy, or remove it and let the peer fetch the blocks again."
        )
    }
}

/// What can be read of an envelope in a block, which for an invalid one may be nothing.
private struct ReplayedEnvelope {
    let payload: Payload?
    let channelHeader: ChannelHeader?

    init(_ bytes: Bytes) {
        payload = (try? Envelope(decoding: bytes)).flatMap { try? Payload(decoding: $0.payload) }
        channelHeader = payload?.header.flatMap { try? ChannelHeader(decoding: $0.channelHeader) }
    }

    var transactionID: Bytes {
        guard let channelHeader, let header = payload?.header else { return Bytes() }
        return channelHeader.usedTransactionID(signatureHeader: header.signatureHeader)
    }

    func results() throws(WireError) -> Bytes {
        guard let action = try Transaction(decoding: payload?.data ?? Bytes()).actions.first else { return Bytes() }
        let endorsed = try ChaincodeActionPayload(decoding: action.payload).action
        let response = try ProposalResponsePayload(decoding: endorsed?.proposalResponsePayload ?? Bytes())
        return try ChaincodeAction(decoding: response.extension).results
    }
}
