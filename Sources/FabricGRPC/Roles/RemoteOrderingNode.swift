package import FabricTypes
internal import PeerService

/// An orderer of another process, as gateways know orderers.
///
/// Each envelope has a stream of its own, as with stock gateways: a refusal ends a stream.
package struct RemoteOrderingNode: OrderingNode {
    package let mspID: MSPID
    package let endpoint: String
    private let client: RPCClient

    /// - Parameter client: connected to the orderer; somebody runs it.
    package init(_ client: RPCClient, mspID: MSPID, endpoint: String) {
        self.client = client
        self.mspID = mspID
        self.endpoint = endpoint
    }

    package func broadcast(
        _ envelope: Bytes, deadline: ContinuousClock.Instant?
    ) async throws -> (status: Int32, info: String) {
        do {
            let answer = try await client.stream("orderer.AtomicBroadcast", "Broadcast", deadline: deadline) { call in
                try await call.send(envelope)
                await call.finish()
                guard let answer = try await call.next() else {
                    throw RPCFailure(.unavailable, "the orderer ended the stream without an answer")
                }
                return answer
            }
            let response = try BroadcastResponse(decoding: answer)
            return (response.status.rawValue, response.info)
        } catch let failure as RPCFailure {
            throw RemoteOrdererError(description: failure.stockText)
        }
    }
}

/// An orderer that gave no answer; its description is shown to clients.
struct RemoteOrdererError: Error, Hashable, Sendable, CustomStringConvertible {
    let description: String
}
