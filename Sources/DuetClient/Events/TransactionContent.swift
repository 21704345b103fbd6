public import FabricTypes
internal import Membership

/// What a transaction of a contract says, decoded for reading: who called what, who endorsed it, and what it writes.
///
/// Nothing in it has been checked here; the peer that delivered the block has, and its verdict is
/// ``ClientBlock/Entry/code``. Writes count only where that is valid.
public struct TransactionContent: Hashable, Sendable {
    /// One key that the transaction sets or deletes.
    public struct Write: Hashable, Sendable {
        /// The contract whose state the key belongs to.
        public let contract: String
        public let key: Bytes
        /// Nil where the key is deleted.
        public let value: Bytes?
    }

    /// When the client made the proposal, by its own clock, in seconds since 1970.
    public let time: Double
    public let creator: TransactionParty
    public let contract: String
    /// As the client sent them; the first one names the contract's function.
    public let arguments: [Bytes]
    /// In the order of the transaction.
    public let endorsers: [TransactionParty]
    /// Public state only.
    public let writes: [Write]
    /// The name of the contract's event; nil without one.
    public let eventName: String?
}

/// Whoever signed something: a member of an organisation. Both are empty where the identity cannot be read.
public struct TransactionParty: Hashable, Sendable {
    public let mspID: String
    /// PEM text, as it was sent.
    public let certificate: Bytes

    /// Such as `peer0.org1.example.com`; nil where the certificate cannot be read. Parses the certificate: keep the answer
    /// where many transactions are read.
    public var commonName: String? {
        (try? Certificate(pemText: certificate))?.subjectName.commonName.lossyText
    }

    init(_ serialized: Bytes) {
        // An endorsement more than needed may be anybody's, and its identity anything.
        let identity = try? SerializedIdentity(decoding: serialized)
        mspID = identity?.mspID.lossyText ?? ""
        certificate = identity?.idBytes ?? Bytes()
    }
}

extension ClientBlock.Entry {
    /// What the transaction says; nil for configuration changes and for what cannot be read.
    public var content: TransactionContent? {
        try? TransactionContent(envelope: envelope)
    }
}

extension ClientTransaction {
    /// Who has endorsed the transaction.
    public var endorsers: [TransactionParty] {
        (try? TransactionContent(payload: messageToSign))?.endorsers ?? []
    }
}

extension TransactionContent {
    init(envelope: Bytes) throws {
        try self.init(payload: try Envelope(decoding: envelope).payload)
    }

    /// - Parameter payload: an encoded `common.Payload`.
    init(payload: Bytes) throws {
        let payload = try Payload(decoding: payload)
        let header = payload.header ?? Header()
        let channelHeader = try ChannelHeader(decoding: header.channelHeader)
        guard channelHeader.type == .endorserTransaction,
            let action = try Transaction(decoding: payload.data).actions.first
        else { throw WireError(.invalidValue, path: [Transaction.messageName, "actions"], offset: 0) }
        let actionPayload = try ChaincodeActionPayload(decoding: action.payload)
        let proposal = try ChaincodeProposalPayload(decoding: actionPayload.chaincodeProposalPayload)
        let specification = try ChaincodeInvocationSpec(decoding: proposal.input).chaincodeSpec
        let response = try ProposalResponsePayload(
            decoding: actionPayload.action?.proposalResponsePayload ?? Bytes())
        let effects = try ChaincodeAction(decoding: response.extension)

        time = channelHeader.timestamp.map { Double($0.seconds) + Double($0.nanoseconds) / 1e9 } ?? 0
        creator = TransactionParty(try SignatureHeader(decoding: header.signatureHeader).creator)
        contract =
            try ChaincodeHeaderExtension(decoding: channelHeader.extension).chaincodeID?.name.lossyText ?? ""
        arguments = specification?.input?.arguments ?? []
        endorsers = (actionPayload.action?.endorsements ?? []).map { TransactionParty($0.endorser) }
        writes = try ReadWriteSet(decoding: effects.results).namespaces.flatMap { set in
            set.publicSet.writes.map {
                Write(contract: set.namespace.lossyText, key: $0.key, value: $0.deletes ? nil : $0.value)
            }
        }
        eventName = effects.events.isEmpty ? nil : try ChaincodeEvent(decoding: effects.events).eventName.lossyText
    }
}
