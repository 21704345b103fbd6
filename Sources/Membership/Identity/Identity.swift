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
///
/// Remembers by which configuration it was read and how it was judged; both are no part of who it is.
package struct Identity: Sendable {
    package let identifier: IdentityIdentifier
    /// Nil for a bare identifier, as tests of policies make it. Such an identity is valid under no MSP.
    let record: IdentityRecord?

    package init(identifier: IdentityIdentifier) {
        self.identifier = identifier
        record = nil
    }

    init(_ record: IdentityRecord) {
        identifier = record.identifier
        self.record = record
    }

    package var mspID: MSPID { identifier.mspID }

    /// The certificate, its own signature in low-S form.
    package var certificate: Certificate? { record?.candidate.certificate }

    /// When the certificate expires, in seconds since 1970-01-01 00:00 UTC.
    package var expiresAt: Int64? { certificate?.notAfter }
}

extension Identity: Hashable {
    package static func == (left: Identity, right: Identity) -> Bool {
        left.identifier == right.identifier
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(identifier)
    }
}
