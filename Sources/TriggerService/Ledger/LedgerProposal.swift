package import FabricTypes
package import Membership
package import TriggerCore

/// A signed proposal with the id of the transaction that it is for.
package struct LedgerProposal: Sendable {
    package let transactionID: TransactionID
    package let signed: SignedProposal
    private let signer: SigningIdentity
    private let call: LedgerCall

    /// - Parameters:
    ///   - nonce: makes, with the signer's certificate, the transaction's id.
    ///   - decorations: notes for those who read the ledger; the contract does not see them.
    ///   - now: peers take proposals only near their own time.
    /// - Throws: only if the random number generator fails.
    package init(
        _ call: LedgerCall, by signer: SigningIdentity, nonce: Bytes, decorations: [Bytes: Bytes] = [:],
        now: FabricTypes.Timestamp
    ) throws {
        let signatureHeader = SignatureHeader(creator: signer.serialized, nonce: nonce)
        transactionID = signatureHeader.transactionID
        let chaincode = ChaincodeID(name: call.contract)
        let channelHeader = ChannelHeader(
            type: .endorserTransaction, timestamp: now, channelID: Bytes(call.channel.rawValue),
            transactionID: Bytes(transactionID.rawValue),
            extension: ChaincodeHeaderExtension(chaincodeID: chaincode).encoded())
        let input = ChaincodeInput(arguments: call.arguments, decorations: decorations)
        let payload = ChaincodeProposalPayload(
            input: ChaincodeInvocationSpec(chaincodeSpec: ChaincodeSpec(chaincodeID: chaincode, input: input))
                .encoded(),
            transientMap: call.transient)
        let header = Header(channelHeader: channelHeader.encoded(), signatureHeader: signatureHeader.encoded())
        let bytes = Proposal(header: header.encoded(), payload: payload.encoded()).encoded()
        signed = SignedProposal(proposalBytes: bytes, signature: try signer.sign([bytes]))
        self.signer = signer
        self.call = call
    }

    private var idBytes: Bytes { Bytes(transactionID.rawValue) }
    private var channelBytes: Bytes { Bytes(call.channel.rawValue) }

    package var evaluateRequest: EvaluateRequest {
        EvaluateRequest(
            transactionID: idBytes, channelID: channelBytes, proposedTransaction: signed,
            targetOrganizations: call.endorsingOrganizations.map(\.bytes))
    }

    package var endorseRequest: EndorseRequest {
        EndorseRequest(
            transactionID: idBytes, channelID: channelBytes, proposedTransaction: signed,
            endorsingOrganizations: call.endorsingOrganizations.map(\.bytes))
    }

    /// Signs what was endorsed.
    package func submitRequest(_ prepared: Envelope) throws -> SubmitRequest {
        var envelope = prepared
        envelope.signature = try signer.sign([envelope.payload])
        return SubmitRequest(transactionID: idBytes, channelID: channelBytes, preparedTransaction: envelope)
    }
}
