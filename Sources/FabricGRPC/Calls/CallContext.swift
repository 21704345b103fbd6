package import FabricTypes

/// What the handler of a call knows about it besides its messages.
///
/// The task that runs the handler is cancelled when the caller gives up, the connection breaks, the deadline passes or
/// the server stops: whoever waits in it need not ask for any of these.
package struct CallContext: Sendable {
    /// Where the caller's connection comes from, as `ipv4:127.0.0.1:50051`.
    package let remoteAddress: String
    /// SHA-256 of the certificate that the caller showed in the TLS handshake, in DER. Nothing is implied about its
    /// validity unless the listener demands certificates.
    package let clientCertificateHash: Digest?
    /// When the caller stops waiting.
    package let deadline: ContinuousClock.Instant?

    package init(
        remoteAddress: String, clientCertificateHash: Digest? = nil, deadline: ContinuousClock.Instant? = nil
    ) {
        self.remoteAddress = remoteAddress
        self.clientCertificateHash = clientCertificateHash
        self.deadline = deadline
    }
}
