internal import FabricTypes
package import OrdererService

extension RPCMethod {
    /// `orderer.AtomicBroadcast`.
    ///
    /// - Parameters:
    ///   - demandsCertificate: whether requests for blocks must name the TLS certificate of their connection.
    ///   - callCountMax: streams of each method at once. A stock orderer bounds none of them; this is a peer's bound.
    package static func orderer(
        _ orderer: Orderer, demandsCertificate: Bool, callCountMax: Int = 2_500
    ) -> [RPCMethod] {
        let service = "orderer.AtomicBroadcast"
        return [
            // Apart, so that readers of blocks do not keep transactions out.
            .stream(service, "Broadcast", limit: CallLimit(name: "/\(service)/Broadcast", countMax: callCountMax)) {
                call in
                try await BroadcastStream(orderer).serve(call.requests) { answer in
                    try await call.send(answer.encoded())
                }
            },
            .stream(
                service, "Deliver", limit: CallLimit(name: "/\(service)/Deliver", countMax: callCountMax),
                requestByteCountMax: questionByteCountMax
            ) { call in
                try await orderer.deliver(
                    call.requests, binding: call.context.binding(demandsCertificate: demandsCertificate)
                ) { try await call.send($0) }
            },
        ]
    }
}
