internal import Crypto
internal import FabricTypes

/// The tree of authorities of an MSP: roots, and intermediates below them.
struct CertificateAuthorities: Sendable {
    /// Which hash tells chains of certifiers apart.
    enum CertifierHash: Hashable, Sendable {
        case sha256
        case sha384

        /// The hash over the chain's certificates, the issuer's first and the root's last.
        func identifier(of certifiers: some Sequence<Certificate>) -> Bytes {
            switch self {
            case .sha256: Self.hash(certifiers, SHA256())
            case .sha384: Self.hash(certifiers, SHA384())
            }
        }

        private static func hash(_ certifiers: some Sequence<Certificate>, _ function: some HashFunction) -> Bytes {
            var function = function
            for certifier in certifiers {
                certifier.encoded.withUnsafeBytes { function.update(bufferPointer: $0) }
            }
            return Bytes(Array(function.finalize()))
        }
    }

    /// With their own signatures in low-S form.
    let roots: [Certificate]
    let intermediates: [Certificate]
    let certifierHash: CertifierHash
    private let paths: CertificatePaths
    /// Authorities that have issued another authority of the MSP; they may issue no identities.
    private var innerNodes: Set<Certificate> = []

    /// Takes the certificates as they are configured.
    ///
    /// - Throws: ``CertificatePathError`` or ``CertificateError`` for an authority without exactly one path to a root.
    init(
        roots configuredRoots: [Certificate], intermediates configuredIntermediates: [Certificate],
        certifierHash: CertifierHash
    ) throws {
        let configuredPaths = CertificatePaths(roots: configuredRoots, intermediates: configuredIntermediates)
        roots = try configuredRoots.map { try Self.sanitized($0, configuredPaths).certificate }
        intermediates = try configuredIntermediates.map { try Self.sanitized($0, configuredPaths).certificate }
        self.certifierHash = certifierHash
        paths = CertificatePaths(roots: roots, intermediates: intermediates)
        for intermediate in intermediates {
            innerNodes.formUnion(try paths.onlyPath(of: intermediate).dropFirst())
        }
    }

    /// The certificate with its own signature in low-S form. Only an ECDSA signature has another form, and only for
    /// such a certificate is a path looked for: as with Fabric, it cannot even be read without one.
    func candidate(_ certificate: Certificate) throws -> CandidateIdentity {
        try Self.sanitized(certificate, paths)
    }

    private static func sanitized(
        _ certificate: Certificate, _ paths: CertificatePaths
    ) throws -> CandidateIdentity {
        guard certificate.signatureAlgorithm.isECDSA else {
            return CandidateIdentity(certificate: certificate, path: nil)
        }
        if certificate.extensions.isCA, certificate.isSigned(by: certificate) {
            let sanitized = try certificate.sanitized(issuerKey: certificate.publicKey)
            // Only itself vouches for it here, whatever the MSP's roots are; the rules for one certificate hold all the
            // same.
            _ = try CertificatePaths(roots: [sanitized], intermediates: []).onlyPath(of: sanitized)
            return CandidateIdentity(certificate: sanitized, path: nil)
        }
        let path = try paths.onlyPath(of: certificate)
        guard path.count >= 2 else { throw CertificatePathError.unknownAuthority }
        let sanitized = try certificate.sanitized(issuerKey: path[1].publicKey)
        return CandidateIdentity(certificate: sanitized, path: [sanitized] + path.dropFirst())
    }

    /// The only path of any certificate, itself first and a root last.
    func path(of certificate: Certificate) throws(CertificatePathError) -> [Certificate] {
        try paths.onlyPath(of: certificate)
    }

    func isInnerNode(_ certificate: Certificate) -> Bool {
        innerNodes.contains(certificate)
    }

    /// What the chain above an identity with this path is known by.
    func certifiersIdentifier(above path: [Certificate]) -> Bytes {
        certifierHash.identifier(of: path.dropFirst())
    }
}
