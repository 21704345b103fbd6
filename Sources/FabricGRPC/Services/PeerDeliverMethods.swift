internal import FabricTypes
internal import LedgerCore
package import PeerService

extension RPCMethod {
    /// `protos.Deliver`.
    ///
    /// - Parameter demandsCertificate: whether requests must name the TLS certificate of their connection.
    package static func deliver(_ deliver: DeliverService, demandsCertificate: Bool) -> [RPCMethod] {
        func method(_ name: String, _ content: DeliverService.Content) -> RPCMethod {
            .stream("protos.Deliver", name) { call in
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
