package import FabricTypes
package import LedgerCore
internal import Logging

extension Orderer {
    /// Serves one request of an `orderer.AtomicBroadcast/Deliver` stream.
    ///
    /// - Parameters:
    ///   - envelope: the encoded request.
    ///   - send: sends an encoded `orderer.DeliverResponse`; suspends while the client is slow.
    /// - Returns: the status to send after the blocks. The stream goes on to the client's next request after success and
    ///   ends after anything else.
    /// - Throws: `CancellationError`, and what `send` throws.
    package func deliver(
        _ envelope: Bytes, binding: TLSBinding, send: (Bytes) async throws -> Void
    ) async throws -> StatusCode {
        figures.deliver.requests.add(1, ["block"])
        let delivery = BlockDelivery(binding: binding, now: options.time.now)
        let refusal = try await delivery.serve(envelope, from: { channel(named: $0) }) { delivered in
            try await send(DeliverResponse(.block(delivered.block)).encoded())
            figures.deliver.blocks.add(1, ["block"])
        }
        guard let refusal else { return .success }
        logger.debug("Deliver request ended", metadata: ["reason": "\(refusal)"])
        return refusal.status
    }

    /// Serves a whole Deliver stream: request after request, until the client has sent its last one or one is refused.
    ///
    /// That the client has sent its last request is noticed only when the next is read, so blocks go on until then.
    package func deliver(
        _ requests: some AsyncSequence<Bytes, any Error>, binding: TLSBinding, send: (Bytes) async throws -> Void
    ) async throws {
        figures.deliver.opened.add()
        defer { figures.deliver.closed.add() }
        for try await request in requests {
            let status = try await deliver(request, binding: binding, send: send)
            try await send(DeliverResponse(.status(status)).encoded())
            if status != .success { return }
        }
    }
}
