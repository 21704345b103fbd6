package import FabricTypes
package import PeerService

extension RPCMethod {
    /// `protos.Endorser`.
    ///
    /// - Parameter callCountMax: calls at once. Fabric: `peer.limits.concurrency.endorserService`.
    package static func endorser(_ endorser: Endorser, callCountMax: Int = 2_500) -> [RPCMethod] {
        let service = "protos.Endorser"
        return [
            .unary(service, "ProcessProposal", limit: CallLimit(name: "/\(service)", countMax: callCountMax)) {
                request, context in
                let proposal = try SignedProposal.request(request)
                do throws(EndorserError) {
                    return try await endorser.process(proposal, deadline: context.deadline).encoded()
                } catch {
                    throw RPCFailure(error)
                }
            }
        ]
    }
}

extension RPCFailure {
    init(_ error: EndorserError) {
        switch error.code {
        // Go answers a plain error so.
        case .refused, .filtered: self.init(.unknown, error.message)
        // Fabric answers `unknown` here too; this code tells clients that the call is worth a retry.
        case .overloaded: self.init(.resourceExhausted, error.message)
        }
    }
}
