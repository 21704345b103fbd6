package import PeerService

extension RPCMethod {
    /// `discovery.Discovery`.
    package static func discovery(_ service: DiscoveryService) -> [RPCMethod] {
        [
            .unary("discovery.Discovery", "Discover") { request, context in
                let signed = try SignedDiscoveryRequest.request(request)
                do throws(DiscoveryRefusal) {
                    return try await service.discover(signed, certificateHash: context.clientCertificateHash)
                } catch {
                    // Go answers a plain error so.
                    throw RPCFailure(.unknown, error.message)
                }
            }
        ]
    }
}
