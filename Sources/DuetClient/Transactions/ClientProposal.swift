public import FabricTypes

/// A call to a contract that is to be signed, by this process or elsewhere.
///
/// Can be stored and taken up again: ``encoded`` and ``init(decoding:)``.
public struct ClientProposal: Hashable, Sendable {
    public let transactionID: TransactionID
    let request: EndorseRequest

    /// The bytes to sign.
    public var messageToSign: Bytes { request.proposedTransaction?.proposalBytes ?? Bytes() }
    /// Their SHA-256, for signers that take digests.
    public var digest: Digest { Digest(of: messageToSign) }
    public var isSigned: Bool { !(request.proposedTransaction?.signature.isEmpty ?? true) }

    /// - Parameter channel: nil for what a peer answers about itself.
    init(
        channel: ChannelID?, contract: String, arguments: [Bytes], context: CallContext, creator: Bytes, nonce: Bytes,
        timestamp: Timestamp
    ) {
        let signatureHeader = SignatureHeader(creator: creator, nonce: nonce)
        transactionID = signatureHeader.transactionID
        let chaincodeID = ChaincodeID(name: Bytes(contract))
        let channelHeader = ChannelHeader(
            type: .endorserTransaction, timestamp: timestamp, channelID: Bytes(channel?.rawValue ?? ""),
            transactionID: Bytes(transactionID.rawValue),
            extension: ChaincodeHeaderExtension(chaincodeID: chaincodeID).encoded())
        let decorations = context.traceparent.map { [Bytes("traceparent"): Bytes($0)] } ?? [:]
        let spec = ChaincodeSpec(
            chaincodeID: chaincodeID,
            input: ChaincodeInput(
                arguments: arguments, decorations: decorations, isInit: context.isInitialization))
        let payload = ChaincodeProposalPayload(
            input: ChaincodeInvocationSpec(chaincodeSpec: spec).encoded(),
            transientMap: Dictionary(
                context.transientData.map { (Bytes($0.key), $0.value) }, uniquingKeysWith: { first, _ in first }))
        let proposal = Proposal(
            header: Header(channelHeader: channelHeader.encoded(), signatureHeader: signatureHeader.encoded())
                .encoded(),
            payload: payload.encoded())
        request = EndorseRequest(
            transactionID: Bytes(transactionID.rawValue), channelID: Bytes(channel?.rawValue ?? ""),
            proposedTransaction: SignedProposal(proposalBytes: proposal.encoded(), signature: Bytes()),
            endorsingOrganizations: context.organizations.map(\.bytes))
    }

    private init(transactionID: TransactionID, request: EndorseRequest) {
        self.transactionID = transactionID
        self.request = request
    }

    /// The same with the client's signature over ``messageToSign``.
    public func signed(_ signature: Bytes) -> ClientProposal {
        var request = request
        request.proposedTransaction?.signature = signature
        return ClientProposal(transactionID: transactionID, request: request)
    }

    /// A `gateway.EndorseRequest`. Holds the transient data, if there is any: keep it as secret as that.
    public var encoded: Bytes { request.encoded() }

    /// - Throws: ``ClientError`` with phase `prepare` if the bytes are none that ``encoded`` gave.
    public init(decoding bytes: Bytes) throws {
        do {
            request = try EndorseRequest(decoding: bytes)
            transactionID = try TransactionID(validating: request.transactionID.lossyText)
        } catch {
            throw ClientError(.prepare, .invalidArgument, "The stored proposal cannot be read. \(error)")
        }
    }

    /// The same call for a peer to answer without a transaction.
    var evaluateRequest: EvaluateRequest {
        EvaluateRequest(
            transactionID: request.transactionID, channelID: request.channelID,
            proposedTransaction: request.proposedTransaction, targetOrganizations: request.endorsingOrganizations)
    }
}
