internal import FabricTypes
package import OrdererService

extension RPCMethod {
    /// `orderer.AtomicBroadcast`.
    ///
    /// - Parameter demandsCertificate: whether requests for blocks must name the TLS certificate of their connection.
    package static func orderer(_ orderer: Orderer, demandsCertificate: Bool) -> [RPCMethod] {
        let service = "orderer.AtomicBroadcast"
        return [
            .stream(service, "Broadcast") { call in
                try await BroadcastStream(orderer).serve(call.requests) { answer in
                    try await call.send(answer.encoded())
                }
            },
            .stream(service, "Deliver") { call in
                try await orderer.deliver(
                    call.requests, binding: call.context.binding(demandsCertificate: demandsCertificate)
                ) { try await call.send($0) }
            },
        ]
    }
}
