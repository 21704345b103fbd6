internal import FabricTypes

/// The steps in which an MSP is made from its configuration, each with the rules that it checks.
///
/// Source: Fabric's `msp/mspimplsetup.go`.
struct MSPSetup {
    let config: FabricMSPConfig
    let version: MSPVersion
    let id: MSPID

    init(_ config: FabricMSPConfig, version: MSPVersion) {
        self.config = config
        self.version = version
        id = MSPID(unchecked: config.name.detached())
    }

    /// Checks the hashes that the configuration asks for.
    func certifierHash() throws(MSPConfigError) -> CertificateAuthorities.CertifierHash {
        let family = config.cryptoConfig?.signatureHashFamily ?? Bytes()
        guard family.isEmpty || family == Bytes("SHA2") else {
            throw error(
                .unsupported, "asks for the signature hash family \"\(family.lossyText)\"; only SHA2 is supported")
        }
        let function = config.cryptoConfig?.identityIdentifierHashFunction ?? Bytes()
        switch function.lossyText {
        case "", "SHA256": return .sha256
        case "SHA384": return .sha384
        case let name:
            throw error(
                .unsupported, "asks for the identity hash function \"\(name)\"; only SHA256 and SHA384 are supported")
        }
    }

    func authorities(
        hashedBy hash: CertificateAuthorities.CertifierHash
    ) throws(MSPConfigError) -> CertificateAuthorities {
        guard !config.rootCertificates.isEmpty else { throw error(.invalidAuthority, "has no root certificate") }
        let roots = try certificates(config.rootCertificates, "root")
        let intermediates = try certificates(config.intermediateCertificates, "intermediate")
        do {
            return try CertificateAuthorities(roots: roots, intermediates: intermediates, certifierHash: hash)
        } catch {
            throw self.error(.invalidAuthority, "has an authority that is not good: \(error)")
        }
    }

    func revocationLists() throws(MSPConfigError) -> [CertificateRevocationList] {
        var lists: [CertificateRevocationList] = []
        for bytes in config.revocationLists {
            do throws(CertificateError) {
                lists.append(try CertificateRevocationList(bytes))
            } catch {
                throw self.error(.invalidRevocationList, "has a revocation list that is not good. \(error)")
            }
        }
        return lists
    }

    /// Every authority is marked as one, has a key identifier, a path, and is not revoked.
    func check(
        _ authorities: CertificateAuthorities, against lists: [CertificateRevocationList]
    ) throws(MSPConfigError) {
        for authority in authorities.roots + authorities.intermediates {
            try check(authority, lists) { authority throws(CertificatePathError) in
                try authorities.path(of: authority)
            }
        }
    }

    /// The same for the authorities of TLS certificates, whose certificates stay as they are.
    func checkTLSAuthorities(against lists: [CertificateRevocationList]) throws(MSPConfigError) {
        let roots = try certificates(config.tlsRootCertificates, "TLS root")
        let intermediates = try certificates(config.tlsIntermediateCertificates, "TLS intermediate")
        let paths = CertificatePaths(roots: roots, intermediates: intermediates)
        for authority in roots + intermediates {
            try check(authority, lists) { authority throws(CertificatePathError) in try paths.onlyPath(of: authority) }
        }
    }

    private func check(
        _ authority: Certificate, _ lists: [CertificateRevocationList],
        path: (Certificate) throws(CertificatePathError) -> [Certificate]
    ) throws(MSPConfigError) {
        guard authority.extensions.isCA else {
            throw error(.invalidAuthority, "names as authority the \(authority), which is not marked as one")
        }
        guard authority.extensions.subjectKeyIdentifier != nil else {
            throw error(.invalidAuthority, "names as authority the \(authority), which has no subject key identifier")
        }
        do {
            let path = try path(authority)
            if path.count > 1 { try Revocation.check(path, lists) }
        } catch {
            throw self.error(.invalidAuthority, "names as authority the \(authority): \(error)")
        }
    }

    /// A signing identity has no business in what others judge by. Fabric accepts one that comes with its key.
    func checkSigningIdentity() throws(MSPConfigError) {
        guard let signer = config.signingIdentity else { return }
        _ = try certificates([signer.publicSigner], "signing")
        guard signer.privateSigner?.keyMaterial.isEmpty == false else {
            throw error(.unsupported, "names a signing identity without its private key; leave it out")
        }
    }

    func unitFilter(_ authorities: CertificateAuthorities) throws(MSPConfigError) -> [Bytes: Set<Bytes>] {
        var filter: [Bytes: Set<Bytes>] = [:]
        for unit in config.organizationalUnitIdentifiers {
            filter[unit.organizationalUnitIdentifier.detached(), default: []]
                .insert(try certifiersIdentifier(unit.certificate, authorities))
        }
        return filter
    }

    func nodeUnits(_ authorities: CertificateAuthorities) throws(MSPConfigError) -> NodeUnits {
        var units = NodeUnits()
        guard version >= .v11, let config = config.nodeOUs else { return units }
        units.isEnforced = config.isEnabled
        units[.client] = try unit(config.client, authorities)
        units[.peer] = try unit(config.peer, authorities)
        if version >= .v143 {
            units[.admin] = try unit(config.admin, authorities)
            units[.orderer] = try unit(config.orderer, authorities)
            if units.isEmpty { units.isEnforced = false }
        } else {
            for (unit, role) in [(config.client, "clients"), (config.peer, "peers")] {
                guard unit?.organizationalUnitIdentifier.isEmpty == false else {
                    throw error(.invalidOrganizationalUnit, "has node units but none for \(role)")
                }
            }
        }
        return units
    }

    private func unit(
        _ unit: FabricOUIdentifier?, _ authorities: CertificateAuthorities
    ) throws(MSPConfigError) -> NodeUnits.Unit? {
        guard let unit else { return nil }
        return NodeUnits.Unit(
            identifier: unit.organizationalUnitIdentifier.detached(),
            certifiersIdentifier: unit.certificate.isEmpty
                ? nil : try certifiersIdentifier(unit.certificate, authorities))
    }

    /// What the chain of an authority of this MSP is known by, itself included.
    private func certifiersIdentifier(
        _ pemText: Bytes, _ authorities: CertificateAuthorities
    ) throws(MSPConfigError) -> Bytes {
        do {
            let certificate = try authorities.candidate(try Certificate(pemText: pemText)).certificate
            if authorities.roots.contains(certificate) {
                return authorities.certifierHash.identifier(of: [certificate])
            }
            guard authorities.intermediates.contains(certificate) else { throw CertificatePathError.unknownAuthority }
            let path = try authorities.path(of: certificate)
            guard path.count > 1, !authorities.isInnerNode(certificate) else {
                throw CertificatePathError.issuerIsInnerNode
            }
            return authorities.certifierHash.identifier(of: path)
        } catch {
            throw self.error(
                .invalidOrganizationalUnit, "ties an organisational unit to a certificate that is not good: \(error)")
        }
    }

    func admins(
        _ authorities: CertificateAuthorities, _ units: NodeUnits
    ) throws(MSPConfigError) -> Set<Certificate> {
        var admins: Set<Certificate> = []
        for certificate in try certificates(config.admins, "admin") {
            do {
                admins.insert(try authorities.candidate(certificate).certificate)
            } catch {
                throw self.error(.invalidAdmin, "names as admin the \(certificate): \(error)")
            }
        }
        if version >= .v143, admins.isEmpty {
            guard units.isEnforced, units[.admin] != nil else {
                throw error(.invalidAdmin, "has neither explicit admins nor a node unit for admins")
            }
        }
        return admins
    }

    private func certificates(_ texts: [Bytes], _ kind: String) throws(MSPConfigError) -> [Certificate] {
        var certificates: [Certificate] = []
        for text in texts {
            do throws(CertificateError) {
                certificates.append(try Certificate(pemText: text))
            } catch {
                throw self.error(.malformed, "has a \(kind) certificate that cannot be read. \(error)")
            }
        }
        return certificates
    }

    private func error(_ code: MSPConfigError.Code, _ problem: String) -> MSPConfigError {
        MSPConfigError(code, id, "MSP \"\(id)\" \(problem)\(problem.hasSuffix(".") ? "" : ".")")
    }
}
