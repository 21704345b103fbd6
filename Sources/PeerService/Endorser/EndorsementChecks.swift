package import FabricTypes
package import Membership

/// Asked by an endorser before it simulates a proposal: an organisation's own rules, which may refuse.
///
/// What is decided here is no part of the endorsement and stands nowhere on the ledger: it would make endorsements differ.
package protocol EndorsementChecks: Sendable {
    /// Whether anything is to be asked about calls of a contract. From memory: called for every proposal.
    func areDeclared(for contract: Bytes, on channel: Bytes) -> Bool

    /// Asks. Bounded in time.
    ///
    /// - Returns: why the proposal is refused, for its client to read; nil to go on.
    func refusal(of proposal: CheckedProposal) async -> String?
}

/// A proposal whose signature and admission were checked, as checks see it.
package struct CheckedProposal: Sendable {
    package let channelID: ChannelID
    package let transactionID: Bytes
    package let contract: Bytes
    package let input: ChaincodeInput
    package let creator: Identity
    package let transientMap: [Bytes: Bytes]
}
