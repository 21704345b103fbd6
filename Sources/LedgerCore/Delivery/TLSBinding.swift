package import FabricTypes

/// Whether a request must name the TLS certificate of the connection it came over.
///
/// Binds a signed request to its sender's connection where both ends show certificates, so that nobody else can send it
/// again. Source: Fabric's `comm.NewBindingInspector`.
package enum TLSBinding: Hashable, Sendable {
    /// The server asks clients for no certificate; what requests say about one is ignored.
    case none
    /// Mutual TLS: the SHA-256 of the client's certificate in DER, nil if it sent none after all.
    case required(Digest?)

    func check(_ claimed: Bytes) throws(SeekRefusal) {
        guard case .required(let actual) = self else { return }
        guard !claimed.isEmpty else {
            throw SeekRefusal(.badRequest, "The request does not name the TLS certificate of its connection.")
        }
        guard let actual, actual.bytes == claimed else {
            throw SeekRefusal(.badRequest, "The request names another TLS certificate than that of its connection.")
        }
    }
}
