package import FabricTypes

/// The rules by which one organisation's identities are judged, made from one configuration.
///
/// An object, because identities remember by which configuration they were read. Immutable: safe to use from any thread.
/// Source: Fabric's `msp/mspimpl.go`.
package final class MSP: Sendable {
    package let id: MSPID
    package let version: MSPVersion
    /// PEM texts as configured: whom the organisation's TLS certificates must come from.
    package let tlsRootCertificates: [Bytes]
    package let tlsIntermediateCertificates: [Bytes]

    let authorities: CertificateAuthorities
    let revocationLists: [CertificateRevocationList]
    /// Which units an identity must have one of, each with the certifiers that may have given it; empty: no filter.
    let unitFilter: [Bytes: Set<Bytes>]
    /// Nil where nobody is told apart by units.
    let nodeUnits: NodeUnits?
    /// Explicit admins.
    let admins: Set<Certificate>

    /// - Throws: ``MSPConfigError`` with the first rule that the configuration breaks.
    package convenience init(_ config: MSPConfig, version: MSPVersion) throws(MSPConfigError) {
        guard config.type == MSPConfig.fabricType else {
            throw MSPConfigError(
                .unsupported, MSPID(unchecked: Bytes()),
                "An MSP of type \(config.type) is configured: only X.509 MSPs (type 0) are supported.")
        }
        let fabricConfig: FabricMSPConfig
        do throws(WireError) {
            fabricConfig = try FabricMSPConfig(decoding: config.config)
        } catch {
            throw MSPConfigError(
                .malformed, MSPID(unchecked: Bytes()), "An MSP's configuration cannot be read. \(error)")
        }
        try self.init(fabricConfig, version: version)
    }

    package init(_ config: FabricMSPConfig, version: MSPVersion) throws(MSPConfigError) {
        let setup = MSPSetup(config, version: version)
        id = setup.id
        self.version = version
        let hash = try setup.certifierHash()
        authorities = try setup.authorities(hashedBy: hash)
        revocationLists = try setup.revocationLists()
        try setup.check(authorities, against: revocationLists)
        try setup.checkSigningIdentity()
        try setup.checkTLSAuthorities(against: revocationLists)
        tlsRootCertificates = config.tlsRootCertificates.map { $0.detached() }
        tlsIntermediateCertificates = config.tlsIntermediateCertificates.map { $0.detached() }
        unitFilter = try setup.unitFilter(authorities)
        let units = try setup.nodeUnits(authorities)
        nodeUnits = units.isEnforced ? units : nil
        admins = try setup.admins(authorities, units)
        try checkAdmins()
    }

    /// Explicit admins must be valid; with node units it is enough that their unit is the right one.
    private func checkAdmins() throws(MSPConfigError) {
        for admin in admins {
            do throws(IdentityError) {
                let candidate = CandidateIdentity(certificate: admin, path: nil)
                if nodeUnits == nil {
                    try validate(candidate)
                } else if version < .v143 {
                    try validate(candidate)
                    try checkHasRole(.client, candidate)
                } else if !hasRole(.client, candidate) {
                    try checkHasRole(.admin, candidate)
                }
            } catch {
                throw MSPConfigError(.invalidAdmin, id, "An explicit admin of MSP \"\(id)\" is not good. \(error)")
            }
        }
    }
}

/// A certificate that claims to be an identity of an MSP.
struct CandidateIdentity: Sendable {
    /// With its own signature in low-S form.
    let certificate: Certificate
    /// Itself first and a root last, as far as it was needed for reading; nil if it was not.
    let path: [Certificate]?
}
