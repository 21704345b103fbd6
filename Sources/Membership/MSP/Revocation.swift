internal import FabricTypes

/// Looks a certificate up in revocation lists.
enum Revocation {
    /// Refuses a certificate whose direct issuer has put it on a list. When, does not matter: a list has effect from the
    /// moment at which the configuration that contains it has.
    ///
    /// - Parameter path: the certificate, its issuer, and so on.
    static func check(_ path: [Certificate], _ lists: [CertificateRevocationList]) throws(RevocationError) {
        guard path.count > 1 else { return }
        let issuer = path[1]
        guard let keyIdentifier = issuer.extensions.subjectKeyIdentifier else { throw .issuerWithoutKeyIdentifier }
        for list in lists {
            guard let authorityKeyIdentifier = list.authorityKeyIdentifier else { throw .listWithoutKeyIdentifier }
            guard authorityKeyIdentifier == keyIdentifier,
                list.revokedSerialNumbers.contains(path[0].serialNumber)
            else { continue }
            // A list that somebody else signed under the issuer's identifier counts for nothing.
            if list.isSigned(by: issuer) { throw .revoked }
        }
    }
}

enum RevocationError: Error, Hashable, Sendable, CustomStringConvertible {
    case revoked
    case issuerWithoutKeyIdentifier
    case listWithoutKeyIdentifier

    /// The end of a sentence.
    var description: String {
        switch self {
        case .revoked: "its issuer has revoked it"
        case .issuerWithoutKeyIdentifier: "its issuer has no subject key identifier"
        case .listWithoutKeyIdentifier: "a revocation list of the MSP names no authority key identifier"
        }
    }
}
