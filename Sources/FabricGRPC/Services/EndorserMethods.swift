package import FabricTypes
package import PeerService

extension RPCMethod {
    /// `protos.Endorser`.
    package static func endorser(_ endorser: Endorser) -> [RPCMethod] {
        [
            .unary("protos.Endorser", "ProcessProposal") { request, context in
                let proposal = try SignedProposal.request(request)
                do throws(EndorserError) {
                    return try await endorser.process(proposal, deadline: context.deadline).encoded()
                } catch {
                    // Go answers a plain error so.
                    throw RPCFailure(.unknown, error.message)
                }
            }
        ]
    }
}
