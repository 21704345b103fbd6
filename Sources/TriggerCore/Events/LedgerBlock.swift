package import FabricTypes
package import FunctionTypes

/// A block as triggers read it: committed, with validation codes, or only ordered, without.
package struct LedgerBlock: Sendable {
    package let number: BlockNumber
    package let header: BlockHeader
    package let transactions: [LedgerTransaction]
    package let isCommitted: Bool

    /// - Parameter isCommitted: whether a peer validated it; an orderer's block carries no codes.
    /// - Throws: ``WireError`` where the bytes are no block.
    package init(decoding bytes: Bytes, isCommitted: Bool) throws(WireError) {
        let block = try Block(decoding: bytes)
        number = block.number
        header = block.header
        self.isCommitted = isCommitted
        let codes = isCommitted ? block.transactionsFilter.codes : []
        // The genesis block has no codes and is in force all the same.
        let missing: ValidationCode = isCommitted && block.number == 0 ? .valid : .notValidated
        transactions = block.data.entries.enumerated().map { index, entry in
            LedgerTransaction(entry, index: index, code: index < codes.count ? codes[index] : missing)
        }
    }

    /// The hash that the next block carries, 32 bytes.
    package var hash: [UInt8] { header.hash.bytes.array }
}

/// One entry of a block. Whatever cannot be read of it is absent: an invalid transaction is an event like others.
package struct LedgerTransaction: Sendable {
    package let index: Int
    package let code: ValidationCode
    package let channelHeader: ChannelHeader?
    package let creator: Bytes
    package let transactionID: String
    private let headerExtension: Bytes
    private let data: Bytes

    init(_ entry: Bytes, index: Int, code: ValidationCode) {
        self.index = index
        self.code = code
        guard let envelope = try? Envelope(decoding: entry), let payload = try? Payload(decoding: envelope.payload),
            let header = payload.header, let channelHeader = try? ChannelHeader(decoding: header.channelHeader)
        else {
            channelHeader = nil
            (creator, transactionID, headerExtension, data) = (Bytes(), "", Bytes(), Bytes())
            return
        }
        self.channelHeader = channelHeader
        creator = (try? SignatureHeader(decoding: header.signatureHeader))?.creator ?? Bytes()
        transactionID = channelHeader.usedTransactionID(signatureHeader: header.signatureHeader).lossyText
        headerExtension = channelHeader.extension
        data = payload.data
    }

    /// When its client says that it proposed it.
    package var claimedAt: FunctionTypes.Timestamp? { EventText.timestamp(channelHeader?.timestamp) }

    package var isEndorserTransaction: Bool { channelHeader?.type == .endorserTransaction }

    /// The contract that the header names, without decoding the rest.
    package var contractNamed: Bytes {
        guard isEndorserTransaction else { return Bytes() }
        return (try? ChaincodeHeaderExtension(decoding: headerExtension))?.chaincodeID?.name ?? Bytes()
    }

    package var creatorMSPID: String { (try? SerializedIdentity(decoding: creator))?.mspID.lossyText ?? "" }

    /// The endorsed call; nil where there is none that can be read.
    package var action: LedgerAction? {
        guard isEndorserTransaction else { return nil }
        return try? LedgerAction(data, contract: contractNamed)
    }
}

/// An endorsed call in a transaction, decoded.
package struct LedgerAction: Sendable {
    package let contract: Bytes
    package let input: ChaincodeInput
    package let event: ChaincodeEvent?
    package let endorsers: [Bytes]
    package let response: Response?
    private let results: Bytes

    init(_ data: Bytes, contract: Bytes) throws(WireError) {
        let missing = WireError(.invalidValue, path: [Transaction.messageName], offset: 0)
        guard let action = try Transaction(decoding: data).actions.first else { throw missing }
        let payload = try ChaincodeActionPayload(decoding: action.payload)
        guard let endorsed = payload.action else { throw missing }
        let proposal = try ChaincodeProposalPayload(decoding: payload.chaincodeProposalPayload)
        let invocation = try ChaincodeInvocationSpec(decoding: proposal.input)
        let answered = try ProposalResponsePayload(decoding: endorsed.proposalResponsePayload)
        let effects = try ChaincodeAction(decoding: answered.extension)
        self.contract = contract
        input = invocation.chaincodeSpec?.input ?? ChaincodeInput()
        event = effects.events.isEmpty ? nil : try? ChaincodeEvent(decoding: effects.events)
        endorsers = endorsed.endorsements.map(\.endorser)
        response = effects.response
        results = effects.results
    }

    /// The name of the function that was called; empty where nothing was.
    package var function: Bytes { input.arguments.first ?? Bytes() }

    /// What was read and written; empty where it cannot be read.
    package var readWriteSet: ReadWriteSet { (try? ReadWriteSet(decoding: results)) ?? ReadWriteSet() }

    package var cause: TransactionCause? {
        input.decorations[TransactionCause.decorationName].flatMap(TransactionCause.init)
    }
}
