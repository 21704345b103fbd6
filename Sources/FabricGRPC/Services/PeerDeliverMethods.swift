internal import FabricTypes
internal import LedgerCore
package import PeerService

extension RPCMethod {
    /// `protos.Deliver`.
    ///
    /// - Parameters:
    ///   - demandsCertificate: whether requests must name the TLS certificate of their connection.
    ///   - callCountMax: streams at once. Fabric: `peer.limits.concurrency.deliverService`.
    package static func deliver(
        _ deliver: DeliverService, demandsCertificate: Bool, callCountMax: Int = 2_500
    ) -> [RPCMethod] {
        let service = "protos.Deliver"
        let limit = CallLimit(name: "/\(service)", countMax: callCountMax)
        func method(_ name: String, _ content: DeliverService.Content) -> RPCMethod {
            .stream(service, name, limit: limit, requestByteCountMax: questionByteCountMax) { call in
                var requests = call.requests.makeAsyncIterator()
                try await deliver.serve(
                    content, binding: call.context.binding(demandsCertificate: demandsCertificate),
                    next: { try await requests.next() }, send: { try await call.send($0) })
            }
        }
        return [
            method("Deliver", .blocks), method("DeliverFiltered", .filteredBlocks),
            method("DeliverWithPrivateData", .blocksWithPrivateData),
        ]
    }
}

extension CallContext {
    /// Which certificate a request for blocks must name.
    func binding(demandsCertificate: Bool) -> TLSBinding {
        demandsCertificate ? .required(clientCertificateHash) : .none
    }
}
