package import FabricTypes

/// A peer that a gateway asks to endorse: its own, one of the same process, or one behind gRPC.
package protocol EndorsingPeer: Sendable {
    var mspID: MSPID { get }
    /// `host:port`, as clients and error details name it.
    var endpoint: String { get }

    /// Runs `protos.Endorser/ProcessProposal`.
    ///
    /// A peer's refusal may be a response with a status of its own, or an error.
    ///
    /// - Parameter deadline: after which nobody waits any more.
    /// - Throws: ``EndorsingPeerError``; `CancellationError` when the task is cancelled. Anything else counts as a peer
    ///   that cannot be reached.
    func processProposal(
        _ proposal: SignedProposal, deadline: ContinuousClock.Instant?
    ) async throws -> ProposalResponse
}

/// Why a peer gave no proposal response.
package struct EndorsingPeerError: Error, Hashable, Sendable {
    package enum Code: Hashable, Sendable {
        /// No answer, or an RPC error: another peer may do better.
        case noAnswer
        /// The gateway's own endorser judged the proposal damaged, unauthorised or used up: no other peer will take it.
        ///
        /// Only a peer of the same process can say so; over gRPC Fabric sends such refusals as bare errors.
        case proposalRefused
    }

    package var code: Code
    /// The peer's own words.
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension EndorsingPeerError: CustomStringConvertible {
    package var description: String { message }
}
