package import FabricTypes
package import Membership

/// What a chaincode may know of the transaction that it runs in: the client's proposal, unpacked and found genuine.
package struct ProposedTransaction: Sendable {
    /// The channel the client asked for; empty for calls that concern none.
    package let channelID: Bytes
    /// 64 hexadecimal digits.
    package let id: Bytes
    /// The chaincode that the client called, which need not be the one that is running.
    package let chaincode: Bytes
    /// The client's encoded `SerializedIdentity`.
    package let creator: Bytes
    package let nonce: Bytes
    package let epoch: UInt64
    /// When the client says it made the proposal.
    package let timestamp: Timestamp?
    /// For the chaincode's eyes only; never to be logged or sent on.
    package let transientMap: [Bytes: Bytes]
    package let signedProposal: SignedProposal

    package init(
        channelID: Bytes, id: Bytes, chaincode: Bytes, creator: Bytes, nonce: Bytes, epoch: UInt64 = 0,
        timestamp: Timestamp?, transientMap: [Bytes: Bytes] = [:], signedProposal: SignedProposal
    ) {
        self.channelID = channelID
        self.id = id
        self.chaincode = chaincode
        self.creator = creator
        self.nonce = nonce
        self.epoch = epoch
        self.timestamp = timestamp
        self.transientMap = transientMap
        self.signedProposal = signedProposal
    }

    /// The client's signature over the proposal, for policies to weigh.
    package var signedData: SignedData {
        SignedData(
            identity: creator, message: [signedProposal.proposalBytes], signature: signedProposal.signature)
    }

    /// What ties the transaction to its creator for chaincodes that use it. Source: Fabric's `protoutil.computeProposalBinding`.
    package var binding: Digest {
        let epochBytes = Bytes((0..<8).map { UInt8(truncatingIfNeeded: epoch >> (8 * UInt64($0))) })
        return Digest(of: nonce, creator, epochBytes)
    }
}
