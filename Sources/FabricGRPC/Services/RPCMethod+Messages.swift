internal import FabricTypes
internal import PeerService

extension RPCFailure {
    /// What gRPC servers in Go answer where a message cannot be decoded.
    init(undecodable error: WireError) {
        self.init(.internalError, "grpc: error unmarshalling request: \(error.stockMessage)")
    }
}

extension WireMessage {
    /// - Throws: ``RPCFailure`` where the bytes are no such message.
    static func request(_ bytes: Bytes) throws(RPCFailure) -> Self {
        do {
            return try Self(decoding: bytes)
        } catch {
            throw RPCFailure(undecodable: error)
        }
    }
}
