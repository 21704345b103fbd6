package import FabricTypes
package import PeerService

extension RPCMethod {
    /// `gateway.Gateway`.
    package static func gateway(_ gateway: some GatewayService) -> [RPCMethod] {
        let service = "gateway.Gateway"
        return [
            .unary(service, "Evaluate") { request, context in
                try await answer(request, context, gateway.evaluate)
            },
            .unary(service, "Endorse") { request, context in
                try await answer(request, context, gateway.endorse)
            },
            .unary(service, "Submit") { request, context in
                try await answer(request, context, gateway.submit)
            },
            .unary(service, "CommitStatus", requestByteCountMax: questionByteCountMax) { request, context in
                try await answer(request, context, gateway.commitStatus)
            },
            .stream(service, "ChaincodeEvents", requestByteCountMax: questionByteCountMax) { call in
                guard let request = try await call.requests.first(where: { _ in true }) else {
                    throw RPCFailure(
                        .internalError, "ChaincodeEvents needs a request, and the stream has ended without one")
                }
                let message = try SignedChaincodeEventsRequest.request(request)
                do throws(GatewayError) {
                    try await gateway.chaincodeEvents(message, deadline: call.context.deadline) { events in
                        try await call.send(events.encoded())
                    }
                } catch {
                    throw RPCFailure(error)
                }
            },
        ]
    }

    private static func answer<Request: WireMessage, Answer: WireMessage>(
        _ request: Bytes, _ context: CallContext,
        _ run: (Request, ContinuousClock.Instant?) async throws(GatewayError) -> Answer
    ) async throws(RPCFailure) -> Bytes {
        let message = try Request.request(request)
        do throws(GatewayError) {
            return try await run(message, context.deadline).encoded()
        } catch {
            throw RPCFailure(error)
        }
    }
}

extension RPCFailure {
    /// - Parameter error: its codes have gRPC's numbers.
    package init(_ error: GatewayError) {
        self.init(
            Code(rawValue: error.code.rawValue) ?? .unknown, error.message, details: error.details.map { Detail($0) })
    }
}
