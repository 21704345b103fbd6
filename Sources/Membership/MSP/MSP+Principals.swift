internal import FabricTypes

extension MSP {
    /// How many principals one combined principal may hold, nested ones included. Fabric has no bound.
    static let combinedPrincipalCountMax = 1_000

    /// Whether the identity is whom the principal asks for.
    ///
    /// Source: Fabric's `satisfiesPrincipalInternal…` of `msp/mspimpl.go`.
    func satisfies(_ identity: CandidateIdentity, _ principal: MSPPrincipal, isValid: () -> Bool) -> Bool {
        guard let principals = flattened(principal) else { return false }
        return principals.allSatisfy { satisfiesOne(identity, $0, isValid: isValid) }
    }

    /// The principals behind combined ones, which all must be satisfied; nil if they cannot be read.
    private func flattened(_ principal: MSPPrincipal) -> [MSPPrincipal]? {
        var open = [principal]
        var found: [MSPPrincipal] = []
        var seenCount = 0
        while let next = open.popLast() {
            seenCount += 1
            guard seenCount <= Self.combinedPrincipalCountMax else { return nil }
            guard next.classification == MSPPrincipal.Classification.combined else {
                found.append(next)
                continue
            }
            guard version >= .v13, let combined = try? CombinedPrincipal(decoding: next.principal),
                !combined.principals.isEmpty
            else { return nil }
            open += combined.principals
        }
        return found
    }

    private func satisfiesOne(_ identity: CandidateIdentity, _ principal: MSPPrincipal, isValid: () -> Bool) -> Bool {
        switch principal.classification {
        case MSPPrincipal.Classification.role:
            guard let role = try? MSPRole(decoding: principal.principal), role.mspIdentifier == id.bytes else {
                return false
            }
            return has(role, identity, isValid: isValid)
        case MSPPrincipal.Classification.organizationUnit:
            guard let unit = try? OrganizationUnit(decoding: principal.principal), unit.mspID == id.bytes, isValid()
            else { return false }
            return identity.certificate.subjectName.organizationalUnits.contains(unit.organizationalUnitIdentifier)
                && certifiersIdentifier(of: identity) == unit.certifiersIdentifier
        case MSPPrincipal.Classification.identity:
            guard let wanted = try? candidate(serialized: principal.principal) else { return false }
            return wanted.certificate == identity.certificate && isValid()
        case MSPPrincipal.Classification.anonymity:
            guard version >= .v13, let anonymity = try? MSPIdentityAnonymity(decoding: principal.principal) else {
                return false
            }
            return anonymity.anonymityType == MSPIdentityAnonymity.nominal
        default:
            return false
        }
    }

    private func has(_ role: MSPRole, _ identity: CandidateIdentity, isValid: () -> Bool) -> Bool {
        switch role.role {
        case .member:
            return isValid()
        case .admin:
            if admins.contains(identity.certificate) { return true }
            return version >= .v143 && isValid() && hasRole(.admin, identity)
        case .client:
            return isValid() && hasRole(.client, identity)
        case .peer:
            return isValid() && hasRole(.peer, identity)
        case .orderer:
            return version >= .v143 && isValid() && hasRole(.orderer, identity)
        case nil:
            return false
        }
    }

    // MARK: - Reading identities

    /// Reads a serialized identity that must be of this MSP.
    private func candidate(serialized: Bytes) throws -> CandidateIdentity {
        let identity = try SerializedIdentity(decoding: serialized)
        guard identity.mspID == id.bytes else { throw IdentityError(.unknownMSP, "") }
        return try candidate(pemText: identity.idBytes)
    }

    /// Reads a certificate that claims to be an identity of this MSP.
    func candidate(pemText: Bytes) throws(IdentityError) -> CandidateIdentity {
        let certificate: Certificate
        do throws(CertificateError) {
            certificate = try Certificate(pemText: pemText)
        } catch {
            throw IdentityError(
                error.code == .noPEMBlock ? .malformed : .unusableCertificate,
                "An identity of MSP \"\(id)\" cannot be read. \(error)")
        }
        guard certificate.publicKey.algorithm != .unknown else {
            throw IdentityError(
                .unusableCertificate, "The \(certificate) has a key that is neither ECDSA, Ed25519 nor RSA.")
        }
        do {
            return try authorities.candidate(certificate)
        } catch {
            throw IdentityError(.untrusted, "The \(certificate) cannot be an identity of MSP \"\(id)\": \(error).")
        }
    }
}
