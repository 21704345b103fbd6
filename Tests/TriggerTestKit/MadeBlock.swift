package import FabricTypes

/// A transaction as a ledger would hold it, without signatures: triggers read what peers have judged.
package struct MadeTransaction: Sendable {
    package var channel = "trade"
    package var contract = "goods"
    package var arguments: [Bytes] = [Bytes("set_owner"), Bytes("marble1"), Bytes("blue")]
    package var event: (name: String, payload: Bytes)?
    package var writes: [(key: Bytes, value: Bytes)] = []
    package var creatorMSPID = "AlderMSP"
    package var endorsers = ["AlderMSP", "BirchMSP"]
    package var decorations: [Bytes: Bytes] = [:]
    package var code = ValidationCode.valid
    /// Milliseconds since 1970 by the client's clock.
    package var milliseconds: Int64 = 1_700_000_000_123
    package var number = 0

    package init(number: Int = 0) {
        self.number = number
    }

    package init(number: Int, event name: String, payload: String) {
        self.number = number
        event = (name, Bytes(payload))
    }

    package var id: String { Digest(of: Bytes("transaction \(number)")).hex }

    package func envelope() -> Bytes {
        var set = KVRWSet()
        set.writes = writes.map { KVWrite(key: $0.key, value: $0.value) }
        var action = ChaincodeAction()
        action.results = ReadWriteSet(namespaces: [
            NamespaceReadWriteSet(namespace: Bytes(contract), publicSet: set)
        ]).encoded()
        action.response = Response(status: 200, message: Bytes(), payload: Bytes("done"))
        action.chaincodeID = ChaincodeID(name: Bytes(contract), version: Bytes("1"))
        if let event {
            action.events = ChaincodeEvent(
                chaincodeID: Bytes(contract), transactionID: Bytes(id), eventName: Bytes(event.name),
                payload: event.payload
            ).encoded()
        }
        let response = ProposalResponsePayload(proposalHash: Bytes(), extension: action.encoded())
        let endorsed = ChaincodeEndorsedAction(
            proposalResponsePayload: response.encoded(),
            endorsements: endorsers.map { Endorsement(endorser: Self.identity($0), signature: Bytes()) })
        let input = ChaincodeInput(arguments: arguments, decorations: decorations)
        let invocation = ChaincodeInvocationSpec(
            chaincodeSpec: ChaincodeSpec(chaincodeID: ChaincodeID(name: Bytes(contract)), input: input))
        let proposal = ChaincodeProposalPayload(input: invocation.encoded())
        let transaction = Transaction(actions: [
            TransactionAction(
                header: Bytes(),
                payload: ChaincodeActionPayload(
                    chaincodeProposalPayload: proposal.encoded(), action: endorsed
                ).encoded())
        ])
        let header = ChannelHeader(
            type: .endorserTransaction,
            timestamp: Timestamp(
                seconds: milliseconds / 1000, nanoseconds: Int32(milliseconds % 1000) * 1_000_000),
            channelID: Bytes(channel), transactionID: Bytes(id),
            extension: ChaincodeHeaderExtension(chaincodeID: ChaincodeID(name: Bytes(contract))).encoded())
        let signature = SignatureHeader(creator: Self.identity(creatorMSPID), nonce: Bytes("nonce"))
        let payload = Payload(
            header: Header(channelHeader: header.encoded(), signatureHeader: signature.encoded()),
            data: transaction.encoded())
        return Envelope(payload: payload.encoded(), signature: Bytes()).encoded()
    }

    private static func identity(_ mspID: String) -> Bytes {
        var identity = SerializedIdentity()
        identity.mspID = Bytes(mspID)
        identity.idBytes = Bytes("certificate")
        return identity.encoded()
    }
}

/// A block that follows another.
package func madeBlock(after previous: Block?, _ transactions: [MadeTransaction]) -> Block {
    let data = BlockData(entries: transactions.map { $0.envelope() })
    var block = Block(
        header: BlockHeader(
            number: previous.map { $0.number + 1 } ?? 0, previousHash: previous?.header.hash.bytes ?? Bytes(),
            dataHash: data.hash.bytes),
        data: data, metadata: BlockMetadata())
    block.transactionsFilter = TransactionsFilter(transactions.map(\.code))
    return block
}
