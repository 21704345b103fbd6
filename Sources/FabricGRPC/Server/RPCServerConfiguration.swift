package import FabricTypes

/// Where a gRPC server listens and what it bounds.
package struct RPCServerConfiguration: Sendable {
    /// A listener's certificate and, where callers must show theirs, who may have issued it. PEM texts.
    package struct TLS: Sendable {
        package var certificate: Bytes
        /// A secret.
        package var key: Bytes
        /// Authorities of callers. Empty: callers are asked for a certificate, and whatever they show is taken.
        package var clientAuthorities: [Bytes]

        package init(certificate: Bytes, key: Bytes, clientAuthorities: [Bytes] = []) {
            self.certificate = certificate
            self.key = key
            self.clientAuthorities = clientAuthorities
        }
    }

    /// A host name or IP address.
    package var host: String
    /// 0 lets the system choose.
    package var port: Int
    /// Nil: without TLS.
    package var tls: TLS?
    package var limits: Limits

    package init(host: String = "127.0.0.1", port: Int, tls: TLS?, limits: Limits = Limits()) {
        self.host = host
        self.port = port
        self.tls = tls
        self.limits = limits
    }

    /// What one server takes from all its callers together.
    package struct Limits: Sendable {
        /// Bytes of one message, 100 MiB as Fabric. Longer ones are refused by their announced length.
        package var messageByteCountMax = 100 << 20
        /// Bytes of messages beyond 8 KiB that are still arriving or being worked on, over all calls. Above it the call
        /// that asks for more is refused.
        package var arrivingByteCountMax = 256 << 20
        /// A message has this long to arrive, and one second more for every 64 KiB announced.
        package var arrivalTimeMax = Duration.seconds(60)
        /// Open connections. At the bound the oldest one that has not begun to speak makes room; without one the newcomer is closed.
        package var connectionCountMax = 2_048
        /// A connection that has not finished its TLS handshake and begun to speak by then is closed.
        package var handshakeTimeMax = Duration.seconds(10)
        /// A connection without a call is closed after this time; callers open another one when they need it.
        package var idleTimeMax = Duration.seconds(900)
        /// Calls at once, whatever their method. At the bound the call makes room that has been silent longest from its
        /// start; without one the newcomer is refused.
        package var callCountMax = 25_000
        /// Calls at once on one connection. HTTP/2 tells the caller, whose further calls wait.
        package var callCountPerConnectionMax = 1_000
        /// Bytes in flight to one call before the reader must acknowledge, HTTP/2's window.
        package var windowByteCount = 1 << 20
        /// Time for running calls to end once the server is told to stop.
        package var drainTimeMax = Duration.seconds(5)

        package init() {}
    }
}

extension RPCServerConfiguration.TLS: CustomStringConvertible, CustomReflectable {
    /// Without the key: whoever prints what a node runs prints this too.
    package var description: String { "TLS with a certificate of \(certificate.count) bytes" }

    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
