package import FabricTypes

/// Tells identities apart: two spellings of one certificate are one identity.
package struct IdentityIdentifier: Hashable, Sendable {
    package let mspID: MSPID
    /// SHA-256 of the certificate with its own signature in low-S form.
    package let certificateDigest: Digest

    package init(mspID: MSPID, certificateDigest: Digest) {
        self.mspID = mspID
        self.certificateDigest = certificateDigest
    }
}

/// Somebody with a certificate, as parsed; not yet judged.
package struct Identity: Hashable, Sendable {
    package let identifier: IdentityIdentifier

    package init(identifier: IdentityIdentifier) {
        self.identifier = identifier
    }

    package var mspID: MSPID { identifier.mspID }
}
