public import FabricTypes

/// Where a peer's gateway is, and whom to trust for it.
public struct GatewayAddress: Hashable, Sendable {
    public var host: String
    public var port: Int
    /// PEM texts of the authorities whose certificates the peer may show; nil to speak without TLS.
    public var trustedAuthorities: [Bytes]?
    /// The name in the peer's certificate, where it is not ``host``.
    public var serverName: String?
    /// What the client shows of itself, where the peer asks for it (mutual TLS). Has no bearing on whom the client acts as.
    public var clientCertificate: ClientCertificate?

    /// A certificate for TLS and its key, both in PEM.
    public struct ClientCertificate: Hashable, Sendable {
        /// With those that lead to the peer's authority behind it, if there are any.
        public var certificates: Bytes
        /// A secret.
        public var privateKey: Bytes

        public init(certificates: Bytes, privateKey: Bytes) {
            self.certificates = certificates
            self.privateKey = privateKey
        }
    }

    public init(
        host: String, port: Int, trustedAuthorities: [Bytes]?, serverName: String? = nil,
        clientCertificate: ClientCertificate? = nil
    ) {
        self.host = host
        self.port = port
        self.trustedAuthorities = trustedAuthorities
        self.serverName = serverName
        self.clientCertificate = clientCertificate
    }
}
