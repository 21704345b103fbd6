internal import FabricTypes
internal import LedgerCore
internal import Membership
internal import PeerService

/// Calls `_lifecycle` for one organisation's admin, through a gateway of its peers like any client.
struct LifecycleClient: Sendable {
    let gateway: any GatewayService
    let identity: SigningIdentity
    let channelID: ChannelID

    private static let timeMax = Duration.seconds(60)

    /// - Returns: the payload of the answer; nil where it says that there is no such thing.
    func evaluate(_ function: String, _ argument: some WireMessage) async throws -> Bytes? {
        let call = try call(function, argument)
        let request = EvaluateRequest(
            transactionID: call.transactionID, channelID: Bytes(channelID.rawValue), proposedTransaction: call.proposal,
            targetOrganizations: [identity.mspID.bytes])
        do throws(GatewayError) {
            let result = try await gateway.evaluate(request, deadline: .now + Self.timeMax).result
            return result?.payload
        } catch {
            // The gateway gives a chaincode's 404 as an error of the peer.
            guard error.details.contains(where: { $0.message.lossyText.contains("is not defined") }) else {
                throw error
            }
            return nil
        }
    }

    /// Has the call endorsed, ordered and committed.
    ///
    /// - Parameter organizations: who endorses.
    /// - Returns: the transaction's id.
    /// - Throws: ``GatewayError``; ``LifecycleCallError`` where the transaction was not valid.
    func submit(
        _ function: String, _ argument: some WireMessage, endorsedBy organizations: [MSPID]
    ) async throws -> Bytes {
        let deadline = ContinuousClock.now + Self.timeMax
        let call = try call(function, argument)
        let channel = Bytes(channelID.rawValue)
        let endorsed = try await gateway.endorse(
            EndorseRequest(
                transactionID: call.transactionID, channelID: channel, proposedTransaction: call.proposal,
                endorsingOrganizations: organizations.map(\.bytes)), deadline: deadline)
        guard var envelope = endorsed.preparedTransaction else {
            throw LifecycleCallError(description: "The gateway prepared no transaction for \(function).")
        }
        envelope.signature = try identity.sign([envelope.payload])
        _ = try await gateway.submit(
            SubmitRequest(transactionID: call.transactionID, channelID: channel, preparedTransaction: envelope),
            deadline: deadline)
        try await waitForCommit(of: call.transactionID)
        return call.transactionID
    }

    /// Returns once the gateway's own peer has committed a transaction.
    ///
    /// - Throws: ``GatewayError``; ``LifecycleCallError`` where the transaction is not valid.
    func waitForCommit(of transactionID: Bytes) async throws {
        let question = CommitStatusRequest(
            transactionID: transactionID, channelID: Bytes(channelID.rawValue), identity: identity.serialized
        ).encoded()
        let status = try await gateway.commitStatus(
            SignedCommitStatusRequest(request: question, signature: try identity.sign([question])),
            deadline: .now + Self.timeMax)
        guard status.result == .valid else {
            throw LifecycleCallError(
                description:
                    "The lifecycle transaction \(transactionID.lossyText) is not valid: code \(status.resultNumber).")
        }
    }

    private struct Call {
        let transactionID: Bytes
        let proposal: SignedProposal
    }

    private func call(_ function: String, _ argument: some WireMessage) throws -> Call {
        var generator = SystemRandomNumberGenerator()
        let nonce = Bytes((0..<24).map { _ in UInt8.random(in: 0...255, using: &generator) })
        let signatureHeader = SignatureHeader(creator: identity.serialized, nonce: nonce)
        let id = Bytes(signatureHeader.transactionID.rawValue)
        let chaincode = ChaincodeID(name: LifecycleKeys.namespace)
        let channelHeader = ChannelHeader(
            type: .endorserTransaction, timestamp: SystemClock.now, channelID: Bytes(channelID.rawValue),
            transactionID: id, extension: ChaincodeHeaderExtension(chaincodeID: chaincode).encoded())
        let spec = ChaincodeSpec(
            chaincodeID: chaincode, input: ChaincodeInput(arguments: [Bytes(function), argument.encoded()]))
        let payload = ChaincodeProposalPayload(input: ChaincodeInvocationSpec(chaincodeSpec: spec).encoded())
        let header = Header(channelHeader: channelHeader.encoded(), signatureHeader: signatureHeader.encoded())
        let proposal = Proposal(header: header.encoded(), payload: payload.encoded()).encoded()
        return Call(
            transactionID: id,
            proposal: SignedProposal(proposalBytes: proposal, signature: try identity.sign([proposal])))
    }
}

/// A lifecycle transaction that did not take effect.
struct LifecycleCallError: Error, CustomStringConvertible {
    let description: String
}
