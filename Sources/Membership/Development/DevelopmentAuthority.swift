package import FabricTypes

/// The authorities of one organisation of a development network: one for identities, one for TLS.
///
/// Makes what Fabric's cryptogen makes, so that Fabric's tools can use it: the same folders, names, subjects, extensions
/// and validity. What cryptogen does not have is an optional intermediate authority, which then issues all identities.
///
/// Not for production: the keys lie in the folder that is written.
package struct DevelopmentAuthority: Sendable {
    /// Ten years, as cryptogen's.
    static let validitySeconds: Int64 = 3_650 * 86_400
    /// How far the validity reaches back, for clocks that are not quite right.
    static let backdatingSeconds: Int64 = 300

    /// The organisation's domain, such as `org1.example.com`.
    package let domain: String
    package let root: CertificateIssuer
    /// The authority that issues identities, where that is not the root itself.
    package let intermediate: CertificateIssuer?
    package let tls: CertificateIssuer

    /// Makes new authorities.
    ///
    /// - Parameters:
    ///   - keys: the kind of all keys; Ed25519 identities need channel capability V3_0.
    ///   - instant: the present, in seconds since 1970-01-01 00:00 UTC.
    package init(
        domain: String, hasIntermediate: Bool = false, keys: PrivateKey.Algorithm = .ecdsa(.p256), at instant: Int64
    ) throws {
        self.domain = domain
        root = try Self.authority("ca.\(domain)", domain, keys, instant)
        tls = try Self.authority("tlsca.\(domain)", domain, keys, instant)
        intermediate = hasIntermediate ? try Self.intermediate("ica.\(domain)", domain, below: root, instant) : nil
    }

    /// Takes authorities that exist, to issue more certificates.
    package init(
        domain: String, root: CertificateIssuer, intermediate: CertificateIssuer? = nil, tls: CertificateIssuer
    ) {
        self.domain = domain
        self.root = root
        self.intermediate = intermediate
        self.tls = tls
    }

    private static func authority(
        _ name: String, _ domain: String, _ keys: PrivateKey.Algorithm, _ instant: Int64
    ) throws -> CertificateIssuer {
        let key = PrivateKey(keys)
        return try CertificateIssuer(
            selfSigned: CertificateIssuer.Request(
                subject: DevelopmentName(commonName: name, organization: domain),
                publicKey: key.publicKey, validity: validity(at: instant),
                extensions: try CertificateProfile.authority(publicKey: key.publicKey)),
            key: key)
    }

    private static func intermediate(
        _ name: String, _ domain: String, below root: CertificateIssuer, _ instant: Int64
    ) throws -> CertificateIssuer {
        let key = PrivateKey(root.key.algorithm)
        let certificate = try root.issue(
            CertificateIssuer.Request(
                subject: DevelopmentName(commonName: name, organization: domain),
                publicKey: key.publicKey, validity: validity(at: instant, below: root),
                extensions: try CertificateProfile.authority(publicKey: key.publicKey, issuer: root.certificate)))
        return try CertificateIssuer(certificate: certificate, key: key)
    }

    /// From five minutes before the full minute.
    ///
    /// - Parameters:
    ///   - issuer: who must be valid when the certificate begins to be, also if the clock was set back since.
    ///   - seconds: how long from `instant` on; nil for as long as cryptogen's.
    private static func validity(
        at instant: Int64, below issuer: CertificateIssuer? = nil, seconds: Int64? = nil
    ) -> ClosedRange<Int64> {
        let minute = (instant + 30) / 60 * 60
        let start = max(minute - backdatingSeconds, issuer?.certificate.notBefore ?? .min)
        return start...(seconds.map { max(start, instant &+ $0) } ?? start + validitySeconds)
    }

    /// Whose certificate stands above identities.
    var identityIssuer: CertificateIssuer { intermediate ?? root }

    /// The organisational unit that gives a role; nil for those that none gives.
    static func unit(_ role: MSPRole.Role) -> String? {
        switch role {
        case .member: nil
        case .admin: "admin"
        case .client: "client"
        case .peer: "peer"
        case .orderer: "orderer"
        }
    }

    // MARK: - Issuing

    /// Issues an identity.
    ///
    /// - Parameters:
    ///   - name: the common name, such as `peer0.org1.example.com` or `User1@org1.example.com`.
    ///   - role: gives the organisational unit. `member` gives none.
    ///   - units: further organisational units.
    ///   - attributes: what contracts may ask for; see ``FabricAttributes``.
    ///   - key: the new identity's key.
    package func identity(
        name: String, role: MSPRole.Role, units: [String] = [], attributes: [String: String] = [:], key: PrivateKey,
        at instant: Int64
    ) throws -> Certificate {
        try identity(
            name: name, grant: IdentityGrant(role: role, units: units, attributes: attributes), key: key, at: instant)
    }

    /// Issues an identity.
    package func identity(
        name: String, grant: IdentityGrant, key: PrivateKey, at instant: Int64
    ) throws -> Certificate {
        let roleUnits = Self.unit(grant.role).map { [$0] } ?? []
        return try identityIssuer.issue(
            CertificateIssuer.Request(
                subject: DevelopmentName(commonName: name, organizationalUnits: roleUnits + grant.units),
                publicKey: key.publicKey,
                validity: Self.validity(at: instant, below: identityIssuer, seconds: grant.validitySeconds),
                extensions: try CertificateProfile.identity(
                    issuer: identityIssuer.certificate, attributes: grant.attributes)))
    }

    /// Issues a TLS certificate for servers and clients.
    package func tlsCertificate(
        name: String, alternativeNames: [String], key: PrivateKey, validitySeconds: Int64? = nil, at instant: Int64
    ) throws -> Certificate {
        try tls.issue(
            CertificateIssuer.Request(
                subject: DevelopmentName(commonName: name), publicKey: key.publicKey,
                validity: Self.validity(at: instant, below: tls, seconds: validitySeconds),
                extensions: try CertificateProfile.tls(issuer: tls.certificate, alternativeNames: alternativeNames)))
    }
}
