public import FabricTypes

/// Where a peer's gateway is, and whom to trust for it.
public struct GatewayAddress: Hashable, Sendable {
    public var host: String
    public var port: Int
    /// PEM texts of the authorities whose certificates the peer may show; nil to speak without TLS.
    public var trustedAuthorities: [Bytes]?
    /// The name in the peer's certificate, where it is not ``host``.
    public var serverName: String?

    public init(host: String, port: Int, trustedAuthorities: [Bytes]?, serverName: String? = nil) {
        self.host = host
        self.port = port
        self.trustedAuthorities = trustedAuthorities
        self.serverName = serverName
    }
}
