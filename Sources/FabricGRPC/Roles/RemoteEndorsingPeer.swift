package import FabricTypes
internal import PeerService

/// A peer of another process, as gateways know peers.
package struct RemoteEndorsingPeer: EndorsingPeer {
    package let mspID: MSPID
    package let endpoint: String
    private let client: RPCClient

    /// - Parameter client: connected to the peer; somebody runs it.
    package init(_ client: RPCClient, mspID: MSPID, endpoint: String) {
        self.client = client
        self.mspID = mspID
        self.endpoint = endpoint
    }

    package func processProposal(
        _ proposal: SignedProposal, deadline: ContinuousClock.Instant?
    ) async throws -> ProposalResponse {
        do {
            return try ProposalResponse(
                decoding: await client.unary(
                    "protos.Endorser", "ProcessProposal", proposal.encoded(), deadline: deadline))
        } catch let failure as RPCFailure {
            // Why a peer refuses cannot be told over gRPC, in Fabric neither: another one may do better.
            throw EndorsingPeerError(.noAnswer, failure.stockText)
        } catch let error as WireError {
            throw EndorsingPeerError(.noAnswer, "the answer cannot be decoded: \(error)")
        }
    }
}
