internal import FabricTypes

extension MSP {
    /// Checks the key's kind, the path, revocation and organisational units. Expiry is no matter here.
    ///
    /// Source: Fabric's `msp/mspimplvalidate.go`.
    func validate(_ identity: CandidateIdentity) throws(IdentityError) {
        switch identity.certificate.publicKey.algorithm {
        case .ecdsa: break
        case .ed25519:
            guard version >= .v30 else {
                throw IdentityError(
                    .unusableCertificate,
                    "The \(identity.certificate) has an Ed25519 key, which needs the channel capability V3_0.")
            }
        case .rsa, .unknown:
            throw IdentityError(
                .unusableCertificate, "The \(identity.certificate) has a key that is neither ECDSA nor Ed25519.")
        }
        let path = try certificationPath(of: identity)
        do throws(RevocationError) {
            try Revocation.check(path, revocationLists)
        } catch {
            throw IdentityError(
                error == .revoked ? .revoked : .untrusted,
                "The \(identity.certificate) is not valid under MSP \"\(id)\": \(error).")
        }
        try checkUnits(of: identity.certificate, certifiers: authorities.certifiersIdentifier(above: path))
    }

    /// The path of an identity, itself first and a root last.
    private func certificationPath(of identity: CandidateIdentity) throws(IdentityError) -> [Certificate] {
        guard !identity.certificate.extensions.isCA else {
            throw untrusted(identity.certificate, "it is that of an authority")
        }
        do throws(CertificatePathError) {
            let path = if let path = identity.path { path } else { try authorities.path(of: identity.certificate) }
            guard path.count >= 2 else { throw .selfIssued }
            guard !authorities.isInnerNode(path[1]) else { throw .issuerIsInnerNode }
            return path
        } catch {
            throw untrusted(identity.certificate, "\(error)")
        }
    }

    private func untrusted(_ certificate: Certificate, _ reason: String) -> IdentityError {
        IdentityError(.untrusted, "The \(certificate) is not valid under MSP \"\(id)\": \(reason).")
    }

    private func checkUnits(of certificate: Certificate, certifiers: Bytes) throws(IdentityError) {
        let units = certificate.subjectName.organizationalUnits
        if !unitFilter.isEmpty {
            guard units.contains(where: { unitFilter[$0]?.contains(certifiers) == true }) else {
                throw unclassified(certificate, "none of its organisational units is one that the MSP admits")
            }
        }
        guard let nodeUnits else { return }
        var count = 0
        for unit in units.lazy.compactMap({ nodeUnits.unit(named: $0) }) {
            if let expected = unit.certifiersIdentifier, !expected.isEmpty, expected != certifiers {
                throw unclassified(
                    certificate, "another authority than its issuer gives the unit \"\(unit.identifier.lossyText)\"")
            }
            count += 1
            guard count == 1 else {
                throw unclassified(certificate, "it has more than one unit of client, peer, admin and orderer")
            }
        }
        guard count == 1 else {
            throw unclassified(certificate, "it has no unit that makes it a client, a peer, an admin or an orderer")
        }
    }

    private func unclassified(_ certificate: Certificate, _ reason: String) -> IdentityError {
        IdentityError(.unclassified, "The \(certificate) is not valid under MSP \"\(id)\": \(reason).")
    }

    // MARK: - Roles by unit

    /// Whether the identity has the unit of a role. Who gave it, validation has checked.
    func hasRole(_ role: MSPRole.Role, _ identity: CandidateIdentity) -> Bool {
        // An identity without a path has no units, whatever its certificate says.
        guard let unit = nodeUnits?[role], (try? certificationPath(of: identity)) != nil else { return false }
        return identity.certificate.subjectName.organizationalUnits.contains(unit.identifier)
    }

    func checkHasRole(_ role: MSPRole.Role, _ identity: CandidateIdentity) throws(IdentityError) {
        guard hasRole(role, identity) else {
            throw unclassified(identity.certificate, "it is no \(role)")
        }
    }

    /// The organisational units of an identity's path, as principals name them.
    func certifiersIdentifier(of identity: CandidateIdentity) -> Bytes? {
        (try? certificationPath(of: identity)).map { authorities.certifiersIdentifier(above: $0) }
    }
}
