internal import FabricTypes
internal import LedgerCore
internal import Membership

/// Whether a proposal's headers are in order and its creator is who signed it.
///
/// Source: Fabric's `UnpackedProposal.Validate`. The messages of the last three checks hide on purpose what is wrong.
struct ProposalCheck {
    private let proposal: UnpackedProposal

    init(_ proposal: UnpackedProposal) {
        self.proposal = proposal
    }

    func check(by resolver: any IdentityResolver) throws(EndorserError) {
        try checkHeaders()
        let data = proposal.transaction.signedData
        let channel = proposal.channelID.lossyText
        let identity: Identity
        do throws(IdentityError) {
            identity = try resolver.identity(data.identity)
        } catch {
            throw EndorserError("access denied: channel [\(channel)] creator org unknown, creator is malformed")
        }
        let refusal = EndorserError("access denied: channel [\(channel)] creator org [\(identity.mspID)]")
        do throws(IdentityError) {
            try resolver.validate(identity)
        } catch {
            throw refusal
        }
        guard resolver.isSignature(data.signature, of: data.message, by: identity) else { throw refusal }
    }

    private func checkHeaders() throws(EndorserError) {
        let header = proposal.channelHeader
        let transaction = proposal.transaction
        guard header.type == .endorserTransaction || header.type == .config else {
            throw EndorserError("invalid header type \(header.type.stockName)")
        }
        guard header.epoch == 0 else { throw EndorserError("epoch is non-zero") }
        guard !transaction.nonce.isEmpty else { throw EndorserError("nonce is empty") }
        guard !transaction.creator.isEmpty else { throw EndorserError("creator is empty") }
        let expected = TransactionID(nonce: transaction.nonce, creator: transaction.creator).rawValue
        guard transaction.id == Bytes(expected) else {
            throw EndorserError(
                "incorrectly computed txid '\(transaction.id.lossyText)' -- expected '\(expected)'")
        }
        guard !transaction.signedProposal.signature.isEmpty else { throw EndorserError("empty signature bytes") }
    }
}

extension HeaderType {
    /// As Go prints the enumeration: unknown values by their number alone.
    fileprivate var stockName: String {
        (0...6).contains(rawValue) ? name : String(rawValue)
    }
}
