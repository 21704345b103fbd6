import FabricTypes
import Membership
import SwiftASN1
import Testing
import X509

@Suite("MSP setup")
struct MSPSetupTests {
    private func organization(_ change: (inout FabricMSPConfig) throws -> Void) throws -> TestOrganization {
        var organization = TestOrganization(roots: [try CertificateIssuer.root().certificate])
        try change(&organization.config)
        return organization
    }

    @Test("authorities must be good")
    func authorities() throws {
        let root = try CertificateIssuer.root()
        #expect(try organization { _ in }.configError() == nil)
        #expect(try organization { $0.rootCertificates = [] }.configError() == .invalidAuthority)
        #expect(try organization { $0.rootCertificates = [Bytes("none")] }.configError() == .malformed)
        #expect(
            try organization { $0.rootCertificates.append(try root.intermediate().certificate.pemText) }.configError()
                == .invalidAuthority)
        // An intermediate of somebody else.
        #expect(
            try organization { $0.intermediateCertificates = [try root.intermediate().certificate.pemText] }
                .configError() == .invalidAuthority)
        // A root among the intermediates has no way up.
        #expect(
            try organization { $0.intermediateCertificates = [root.certificate.pemText] }.configError()
                == .invalidAuthority)
    }

    @Test("an authority needs its marks: CA, key identifier, usages")
    func marks() throws {
        func error(_ change: (inout X509.Certificate.Extensions) throws -> Void) throws -> MSPConfigError.Code? {
            TestOrganization(roots: [try CertificateIssuer.root(change: change).certificate]).configError()
        }
        #expect(try error { _ in } == nil)
        #expect(try error { $0.remove(.X509ExtensionID.subjectKeyIdentifier) } == .invalidAuthority)
        #expect(try error { $0.remove(.X509ExtensionID.basicConstraints) } == .invalidAuthority)
        #expect(
            try error { _ = $0.update(try .init(BasicConstraints.notCertificateAuthority, critical: true)) }
                == .invalidAuthority)
        #expect(
            try error { _ = $0.update(try .init(ExtendedKeyUsage([.clientAuth]), critical: false)) }
                == .invalidAuthority)
        #expect(
            try error { try $0.append(.init(oid: [1, 2, 3], critical: true, value: [5, 0])) } == .invalidAuthority)
    }

    @Test(
        "a path length bounds the intermediates", arguments: [(0, 1, false), (1, 1, true), (1, 2, false), (2, 2, true)])
    func pathLength(lengthMax: Int, depth: Int, isGood: Bool) throws {
        let root = try CertificateIssuer.root { extensions in
            _ = extensions.update(
                try .init(BasicConstraints.isCertificateAuthority(maxPathLength: lengthMax), critical: true))
        }
        var lowest = root
        var intermediates: [Membership.Certificate] = []
        for level in 0..<depth {
            lowest = try lowest.intermediate("level \(level)")
            intermediates.append(lowest.certificate)
        }
        let organization = TestOrganization(roots: [root.certificate], intermediates: intermediates)
        // An authority's own path is one shorter than that of an identity below it.
        if depth - 1 > lengthMax {
            #expect(organization.configError() == .invalidAuthority)
        } else {
            #expect(try organization.verdict(lowest.identity()) == (isGood ? nil : .untrusted))
        }
    }

    @Test("a revoked intermediate authority is none")
    func revokedIntermediate() throws {
        let root = try CertificateIssuer.root()
        let middle = try root.intermediate()
        var organization = TestOrganization(roots: [root.certificate], intermediates: [middle.certificate])
        #expect(organization.configError() == nil)
        organization.config.revocationLists = [
            try root.revocationList(
                [middle.certificate], keyIdentifier: root.certificate.extensions.subjectKeyIdentifier)
        ]
        #expect(organization.configError() == .invalidAuthority)
    }

    @Test("somebody must be an admin")
    func admins() throws {
        let root = try CertificateIssuer.root()
        var organization = TestOrganization(roots: [root.certificate])
        organization.config.nodeOUs?.admin = nil
        #expect(organization.configError() == .invalidAdmin)
        #expect(organization.configError(.v13) == nil)
        organization.config.admins = [try root.identity().pemText]
        #expect(organization.configError() == nil)
        organization.config.admins = [try root.identity(units: ["peer"]).pemText]
        #expect(organization.configError() == .invalidAdmin)
        organization.config.admins = [try CertificateIssuer.root("other").identity().pemText]
        #expect(organization.configError() == .invalidAdmin)
        organization.config.nodeOUs = nil
        organization.config.admins = [try root.identity(units: []).pemText]
        #expect(organization.configError() == nil)
        organization.config.admins = []
        #expect(organization.configError() == .invalidAdmin)
    }

    @Test("node units that are switched off make no admin")
    func disabledUnits() throws {
        #expect(try organization { $0.nodeOUs?.isEnabled = false }.configError() == .invalidAdmin)
        #expect(try organization { $0.nodeOUs = FabricNodeOUs() }.configError() == .invalidAdmin)
    }

    @Test("older versions want units for clients and peers")
    func olderUnits() throws {
        let incomplete = try organization { $0.nodeOUs?.peer = nil }
        #expect(incomplete.configError(.v143) == nil)
        #expect(incomplete.configError(.v11) == .invalidOrganizationalUnit)
        #expect(incomplete.configError(.v10) == nil)
    }

    @Test("a unit is tied to an authority of the MSP that may issue identities")
    func unitCertificates() throws {
        let root = try CertificateIssuer.root()
        let middle = try root.intermediate("middle")
        let lowest = try middle.intermediate("lowest")
        func error(_ certificate: Bytes) -> MSPConfigError.Code? {
            var organization = TestOrganization(
                roots: [root.certificate], intermediates: [middle.certificate, lowest.certificate])
            organization.config.nodeOUs?.client?.certificate = certificate
            return organization.configError()
        }
        #expect(error(lowest.certificate.pemText) == nil)
        #expect(error(root.certificate.pemText) == nil)
        #expect(error(middle.certificate.pemText) == .invalidOrganizationalUnit)
        #expect(error(try CertificateIssuer.root().certificate.pemText) == .invalidOrganizationalUnit)
        #expect(error(try lowest.identity().pemText) == .invalidOrganizationalUnit)
        #expect(error(Bytes("none")) == .invalidOrganizationalUnit)
        let filtered = try organization { $0.organizationalUnitIdentifiers = [FabricOUIdentifier()] }
        #expect(filtered.configError() == .invalidOrganizationalUnit)
    }

    @Test("TLS authorities must be good as well")
    func tlsAuthorities() throws {
        let root = try CertificateIssuer.root("tls")
        let bare = try CertificateIssuer.root("bare") { $0.remove(.X509ExtensionID.subjectKeyIdentifier) }
        let middle = try root.intermediate()
        #expect(try organization { $0.tlsRootCertificates = [root.certificate.pemText] }.configError() == nil)
        #expect(
            try organization { $0.tlsRootCertificates = [bare.certificate.pemText] }.configError() == .invalidAuthority)
        #expect(
            try organization { $0.tlsRootCertificates = [try root.identity().pemText] }.configError()
                == .invalidAuthority)
        #expect(
            try organization { $0.tlsIntermediateCertificates = [middle.certificate.pemText] }.configError()
                == .invalidAuthority)
        #expect(
            try organization {
                $0.tlsRootCertificates = [root.certificate.pemText]
                $0.tlsIntermediateCertificates = [middle.certificate.pemText]
            }.configError() == nil)
    }

    @Test("what Duet does not have is said")
    func unsupported() throws {
        let sha3 = try organization {
            $0.cryptoConfig = FabricCryptoConfig(
                signatureHashFamily: Bytes("SHA3"), identityIdentifierHashFunction: Bytes())
        }
        #expect(sha3.configError() == .unsupported)
        let hash = try organization {
            $0.cryptoConfig = FabricCryptoConfig(
                signatureHashFamily: Bytes(), identityIdentifierHashFunction: Bytes("SHA3_384"))
        }
        #expect(hash.configError() == .unsupported)
        let sha384 = try organization {
            $0.cryptoConfig = FabricCryptoConfig(
                signatureHashFamily: Bytes("SHA2"), identityIdentifierHashFunction: Bytes("SHA384"))
        }
        #expect(sha384.configError() == nil)
        #expect(try organization { $0.revocationLists = [Bytes("none")] }.configError() == .invalidRevocationList)
        #expect(try organization { $0.name = Bytes() }.configError() == .malformed)
        let signer = try organization {
            $0.signingIdentity = SigningIdentityInfo()
            $0.signingIdentity?.publicSigner = $0.rootCertificates[0]
        }
        #expect(signer.configError() == .unsupported)
        var idemix = MSPConfig(try organization { _ in }.config)
        idemix.type = 1
        let error = #expect(throws: MSPConfigError.self) {
            try ChannelMSPs([idemix], version: .v143, signatures: SignatureTable())
        }
        #expect(error?.code == .unsupported)
        idemix.type = 0
        idemix.config = [0xFF]
        #expect(throws: MSPConfigError.self) {
            try ChannelMSPs([idemix], version: .v143, signatures: SignatureTable())
        }
    }

    @Test("two configurations of one name must be equal as messages")
    func duplicates() throws {
        let config = MSPConfig(try organization { _ in }.config)
        let table = SignatureTable()
        #expect(try ChannelMSPs([config, config], version: .v143, signatures: table).mspIDs == [TestOrganization.name])
        var newer = config
        newer.unknownFields = try MSPConfig(decoding: Bytes(config.encoded().array + [0x78, 1])).unknownFields
        for other in [newer, MSPConfig(try organization { _ in }.config)] {
            let error = #expect(throws: MSPConfigError.self) {
                try ChannelMSPs([config, other], version: .v143, signatures: table)
            }
            #expect(error?.code == .conflictingDefinitions)
        }
    }

    @Test(
        "capabilities choose the version",
        arguments: [
            ([], MSPVersion.v10), (["V1_1"], .v11), (["V1_3"], .v13), (["V1_1", "V1_4_2"], .v13), (["V1_4_3"], .v143),
            (["V2_0"], .v143), (["V3_0", "V2_0"], .v30), (["V9"], .v10),
        ])
    func versions(capabilities: [String], expected: MSPVersion) {
        #expect(MSPVersion(channelCapabilities: capabilities) == expected)
    }
}
