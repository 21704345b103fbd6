internal import FabricTypes

/// Finds the ways from a certificate up to trusted roots, by the rules of Go's `x509.Certificate.Verify`.
///
/// Every certificate of a path must be valid at one instant, which is not the present one: the MSP's rule is a second
/// after the first certificate's validity begins, so that judging does not depend on a clock.
struct CertificatePaths: Sendable {
    /// How many signatures one search may check. Go's bound.
    static let signatureCheckCountMax = 100

    private let roots: Pool
    private let intermediates: Pool

    init(roots: [Certificate], intermediates: [Certificate]) {
        self.roots = Pool(roots)
        self.intermediates = Pool(intermediates)
    }

    /// The only path of a certificate, itself first and a root last.
    ///
    /// - Throws: ``CertificatePathError`` when there is none, when there are several (it would be unclear who owns the
    ///   identity), or when a name constraint of Go 1.14 is not met.
    func onlyPath(of certificate: Certificate) throws(CertificatePathError) -> [Certificate] {
        var search = Search(instant: certificate.notBefore + 1)
        try search.check(certificate, asAuthorityOver: [])
        var paths: [[Certificate]] = []
        if roots.contains(certificate) {
            paths = [[certificate]]
        } else {
            try search.extend([certificate], roots: roots, intermediates: intermediates, into: &paths)
        }
        guard !paths.isEmpty else { throw search.failure ?? .unknownAuthority }
        // Extended key usages are looked at once the paths are complete: they count from the root down.
        paths.removeAll { !Self.allowsServerAuthentication($0) }
        guard let path = paths.first else { throw .extendedKeyUsage }
        guard paths.count == 1 else { throw .severalPaths(paths.count) }
        guard Self.satisfiesLegacyNameConstraints(path) else { throw .nameConstraintWithoutAlternativeName }
        return path
    }

    /// Go's default: whoever lists extended key usages must list server authentication, or any.
    private static func allowsServerAuthentication(_ path: [Certificate]) -> Bool {
        path.allSatisfy { certificate in
            let usages = certificate.extensions.extendedKeyUsages
            return usages.isEmpty || usages.contains(ObjectIdentifiers.serverAuthentication)
                || usages.contains(ObjectIdentifiers.anyExtendedKeyUsage)
        }
    }

    /// A leaf whose common name looks like a host's needs alternative names below an authority with name constraints.
    private static func satisfiesLegacyNameConstraints(_ path: [Certificate]) -> Bool {
        guard path.count >= 2, path[0].extensions[ObjectIdentifiers.subjectAlternativeName] == nil,
            LegacyHostName.isValid(path[0].subjectName.commonName)
        else { return true }
        return path.dropFirst().allSatisfy { $0.extensions[ObjectIdentifiers.nameConstraints] == nil }
    }

    /// Certificates by subject. One that is given twice counts once.
    private struct Pool: Sendable {
        private var bySubject: [Bytes: [Certificate]] = [:]

        init(_ certificates: [Certificate]) {
            for certificate in certificates where !contains(certificate) {
                bySubject[certificate.subject, default: []].append(certificate)
            }
        }

        func contains(_ certificate: Certificate) -> Bool {
            issuers(named: certificate.subject).contains(certificate)
        }

        func issuers(named name: Bytes) -> [Certificate] {
            bySubject[name] ?? []
        }
    }

    /// One search with what it has used up.
    private struct Search {
        let instant: Int64
        var signatureCheckCount = 0
        /// Why the first likely authority was turned down.
        var failure: CertificatePathError?

        mutating func extend(
            _ path: [Certificate], roots: Pool, intermediates: Pool, into paths: inout [[Certificate]]
        ) throws(CertificatePathError) {
            guard let last = path.last else { return }
            for root in roots.issuers(named: last.issuer) where try mayFollow(root, path) {
                paths.append(path + [root])
            }
            for intermediate in intermediates.issuers(named: last.issuer) where try mayFollow(intermediate, path) {
                guard intermediate.extensions.isCA else {
                    failure = failure ?? .notAnAuthority
                    continue
                }
                try extend(path + [intermediate], roots: roots, intermediates: intermediates, into: &paths)
            }
        }

        private mutating func mayFollow(
            _ authority: Certificate, _ path: [Certificate]
        ) throws(CertificatePathError) -> Bool {
            guard let child = path.last, authority.publicKey.algorithm != .unknown,
                !path.contains(where: { $0.isInterchangeable(with: authority) })
            else { return false }
            signatureCheckCount += 1
            guard signatureCheckCount <= CertificatePaths.signatureCheckCountMax else { throw .tooManyCandidates }
            guard child.isSigned(by: authority) else {
                failure = failure ?? .signature
                return false
            }
            do throws(CertificatePathError) {
                try check(authority, asAuthorityOver: path)
                return true
            } catch {
                failure = failure ?? error
                return false
            }
        }

        /// The rules for one certificate at its place. An empty path means that it is the one judged.
        func check(_ certificate: Certificate, asAuthorityOver path: [Certificate]) throws(CertificatePathError) {
            guard !certificate.extensions.hasUnhandledCriticalExtension else { throw .unhandledCriticalExtension }
            guard certificate.notBefore <= instant, instant <= certificate.notAfter else { throw .outsideValidity }
            if let constraints = certificate.extensions.nameConstraints {
                guard path.allSatisfy({ constraints.allows($0.extensions.alternativeNames) }) else {
                    throw .nameConstraint
                }
            }
            if let lengthMax = certificate.extensions.basicConstraints?.pathLengthMax {
                guard path.count - 1 <= lengthMax else { throw .pathTooLong }
            }
        }
    }
}

extension Certificate {
    /// Whether both stand for the same authority, so that a path through both would turn in a circle.
    fileprivate func isInterchangeable(with other: Certificate) -> Bool {
        subject == other.subject && publicKey == other.publicKey
            && extensions.encodedAlternativeNames == other.extensions.encodedAlternativeNames
    }
}

/// Why a certificate has no path to a trusted root that counts.
enum CertificatePathError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownAuthority
    case signature
    case notAnAuthority
    case unhandledCriticalExtension
    case outsideValidity
    case nameConstraint
    case nameConstraintWithoutAlternativeName
    case pathTooLong
    case extendedKeyUsage
    case severalPaths(Int)
    case tooManyCandidates
    case selfIssued
    case issuerIsInnerNode

    /// The end of a sentence.
    var description: String {
        switch self {
        case .unknownAuthority: "no authority of the MSP has issued it"
        case .signature: "the authority named as its issuer has not signed it"
        case .notAnAuthority: "its issuer is not an authority"
        case .unhandledCriticalExtension: "a certificate on the way has a critical extension that is not understood"
        case .outsideValidity: "a certificate on the way is not valid one second after it begins to be"
        case .nameConstraint: "an authority may not issue certificates for these names"
        case .nameConstraintWithoutAlternativeName:
            "its common name is a host's, it has no alternative name, and an authority constrains names"
        case .pathTooLong: "an authority allows fewer intermediate authorities"
        case .extendedKeyUsage: "a certificate on the way lists key usages without server authentication"
        case .severalPaths(let count): "there are \(count) ways to a root where there must be one"
        case .selfIssued: "it is itself a root"
        case .issuerIsInnerNode: "the authority above it has issued authorities and so may not issue identities"
        case .tooManyCandidates:
            "more than \(CertificatePaths.signatureCheckCountMax) signatures would have to be checked"
        }
    }
}
