package import FabricTypes

/// A peer of the gateway's own process.
package struct LocalEndorsingPeer: EndorsingPeer {
    package enum Relation: Sendable {
        /// The gateway's own peer, whose refusals it can tell apart.
        case own
        /// Any other one, which answers as if there were a network between the two.
        case neighbour
    }

    package let mspID: MSPID
    package let endpoint: String
    private let endorser: Endorser
    private let relation: Relation

    package init(_ endorser: Endorser, mspID: MSPID, endpoint: String, relation: Relation) {
        self.endorser = endorser
        self.mspID = mspID
        self.endpoint = endpoint
        self.relation = relation
    }

    package func processProposal(
        _ proposal: SignedProposal, deadline: ContinuousClock.Instant?
    ) async throws -> ProposalResponse {
        do throws(EndorserError) {
            return try await endorser.process(proposal, deadline: deadline)
        } catch {
            throw refusal(error)
        }
    }

    private func refusal(_ error: EndorserError) -> EndorsingPeerError {
        switch relation {
        case .neighbour:
            // As Go prints a status that came over gRPC.
            EndorsingPeerError(.noAnswer, "rpc error: code = Unknown desc = \(error.message)")
        case .own:
            EndorsingPeerError(error.code == .refused ? .proposalRefused : .noAnswer, error.message)
        }
    }
}
