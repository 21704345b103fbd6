internal import FabricTypes
internal import LedgerCore
internal import Membership
internal import PeerService
internal import TriggerCore

/// Calls contracts for one identity, through a gateway of its organisation's peers like any client.
struct GatewayClient: Sendable {
    let gateway: any GatewayService
    let identity: SigningIdentity
    let channelID: ChannelID
    /// W3C trace context for its transactions; nil for their own.
    var traceparent: String?

    /// How long each call may take.
    static let timeMax = Duration.seconds(60)

    /// What became of a submitted transaction.
    struct Commit: Sendable {
        let transactionID: Bytes
        let blockNumber: BlockNumber
        let code: ValidationCode
        /// The contract's answer while it was endorsed.
        let result: Bytes
    }

    /// Asks a contract, changing nothing.
    ///
    /// - Parameter arguments: the function's name first.
    /// - Parameter organizations: whose peers may be asked; any if empty.
    /// - Returns: the payload of the answer; nil where there is none.
    /// - Throws: ``GatewayError``, or what keeps the identity from signing.
    func evaluate(
        _ contract: Bytes, _ arguments: [Bytes], organizations: [MSPID] = []
    ) async throws -> Bytes? {
        let proposal = try proposal(contract, arguments)
        let request = EvaluateRequest(
            transactionID: proposal.transactionID, channelID: Bytes(channelID.rawValue),
            proposedTransaction: proposal.signed, targetOrganizations: organizations.map(\.bytes))
        return try await gateway.evaluate(request, deadline: .now + Self.timeMax).result?.payload
    }

    /// Has a call endorsed, ordered and committed.
    ///
    /// - Parameter organizations: who endorses; the gateway finds out if empty.
    /// - Returns: once the gateway's own peer has committed the transaction, valid or not.
    /// - Throws: as ``evaluate(_:_:organizations:)``. After a `deadlineExceeded` the transaction may yet be committed.
    func submit(
        _ contract: Bytes, _ arguments: [Bytes], endorsedBy organizations: [MSPID] = []
    ) async throws -> Commit {
        let deadline = ContinuousClock.now + Self.timeMax
        let proposal = try proposal(contract, arguments)
        let channel = Bytes(channelID.rawValue)
        let endorsed = try await gateway.endorse(
            EndorseRequest(
                transactionID: proposal.transactionID, channelID: channel, proposedTransaction: proposal.signed,
                endorsingOrganizations: organizations.map(\.bytes)), deadline: deadline)
        guard var envelope = endorsed.preparedTransaction else {
            throw GatewayError(.internalError, "The gateway prepared no transaction.")
        }
        envelope.signature = try identity.sign([envelope.payload])
        _ = try await gateway.submit(
            SubmitRequest(transactionID: proposal.transactionID, channelID: channel, preparedTransaction: envelope),
            deadline: deadline)
        let status = try await status(of: proposal.transactionID, deadline: deadline)
        return Commit(
            transactionID: proposal.transactionID, blockNumber: status.blockNumber,
            code: status.result ?? .invalidOtherReason, result: Self.result(of: envelope))
    }

    /// Returns once the gateway's own peer has committed a transaction.
    func status(
        of transactionID: Bytes, deadline: ContinuousClock.Instant
    ) async throws -> CommitStatusResponse {
        let question = CommitStatusRequest(
            transactionID: transactionID, channelID: Bytes(channelID.rawValue), identity: identity.serialized
        ).encoded()
        return try await gateway.commitStatus(
            SignedCommitStatusRequest(request: question, signature: try identity.sign([question])), deadline: deadline)
    }

    private static func result(of envelope: Envelope) -> Bytes {
        guard let bytes = PreparedTransaction(envelope.encoded()).action?.proposalResponsePayload,
            let payload = try? ProposalResponsePayload(decoding: bytes),
            let response = (try? ChaincodeAction(decoding: payload.extension))?.response
        else { return Bytes() }
        return response.payload
    }

    private struct OwnProposal {
        let transactionID: Bytes
        let signed: SignedProposal
    }

    private func proposal(_ contract: Bytes, _ arguments: [Bytes]) throws -> OwnProposal {
        var generator = SystemRandomNumberGenerator()
        let nonce = Bytes((0..<24).map { _ in UInt8.random(in: 0...255, using: &generator) })
        let signatureHeader = SignatureHeader(creator: identity.serialized, nonce: nonce)
        let id = Bytes(signatureHeader.transactionID.rawValue)
        let decorations = traceparent.map { [TraceContext.decorationName: Bytes($0)] } ?? [:]
        let chaincode = ChaincodeID(name: contract)
        let channelHeader = ChannelHeader(
            type: .endorserTransaction, timestamp: SystemClock.now, channelID: Bytes(channelID.rawValue),
            transactionID: id, extension: ChaincodeHeaderExtension(chaincodeID: chaincode).encoded())
        let spec = ChaincodeSpec(
            chaincodeID: chaincode, input: ChaincodeInput(arguments: arguments, decorations: decorations))
        let payload = ChaincodeProposalPayload(input: ChaincodeInvocationSpec(chaincodeSpec: spec).encoded())
        let header = Header(channelHeader: channelHeader.encoded(), signatureHeader: signatureHeader.encoded())
        let proposal = Proposal(header: header.encoded(), payload: payload.encoded()).encoded()
        return OwnProposal(
            transactionID: id,
            signed: SignedProposal(proposalBytes: proposal, signature: try identity.sign([proposal])))
    }
}
