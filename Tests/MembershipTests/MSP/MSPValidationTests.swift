import FabricTypes
import Membership
import SwiftASN1
import Testing
import X509

@Suite("MSP validation")
struct MSPValidationTests {
    static let start = TestOrganization.start

    // MARK: - Time

    @Test(
        "whether an authority is valid one second after an identity's validity begins decides, and nothing else",
        arguments: [
            (0...10, nil), (500_000...2_000_000, nil), (999_999...1_000_000, nil),
            (-2...1_000_000, IdentityError.Code.untrusted), (-1...1_000_000, nil), (1_000_000...1_000_001, .untrusted),
            (5...5, .untrusted),
        ] as [(ClosedRange<Int64>, IdentityError.Code?)])
    func time(offsets: ClosedRange<Int64>, expected: IdentityError.Code?) throws {
        let root = try CertificateIssuer.root()
        let validity = (Self.start + offsets.lowerBound)...(Self.start + offsets.upperBound)
        let verdict = try TestOrganization(roots: [root.certificate]).verdict(root.identity(validity: validity))
        #expect(verdict == expected)
    }

    // MARK: - Paths

    @Test("an identity needs a signature of an authority of the MSP")
    func issuer() throws {
        let root = try CertificateIssuer.root()
        let organization = TestOrganization(roots: [root.certificate])
        #expect(try organization.verdict(root.identity()) == nil)
        // Another authority of the same name.
        #expect(try organization.verdict(CertificateIssuer.root().identity()) == .untrusted)
        #expect(try organization.verdict(CertificateIssuer.root("other").identity()) == .untrusted)
    }

    @Test("an authority is no identity")
    func authority() throws {
        let root = try CertificateIssuer.root()
        let organization = TestOrganization(roots: [root.certificate])
        #expect(try organization.verdict(root.certificate) == .untrusted)
        #expect(try organization.verdict(root.intermediate().certificate) == .untrusted)
        let below = try root.identity { extensions in
            _ = extensions.update(
                try .init(BasicConstraints.isCertificateAuthority(maxPathLength: 0), critical: true))
        }
        #expect(try organization.verdict(below) == .untrusted)
    }

    @Test("a certificate that vouches for itself is no identity, even as a root")
    func selfIssued() throws {
        let key = PrivateKey()
        let request = CertificateIssuer.Request(
            subject: DevelopmentName(commonName: "me", organizationalUnits: ["client"]), publicKey: key.publicKey,
            validity: TestOrganization.validity, extensions: X509.Certificate.Extensions())
        let own = try CertificateIssuer(selfSigned: request, key: key)
        let root = try CertificateIssuer.root()
        #expect(try TestOrganization(roots: [root.certificate]).verdict(own.certificate) == .untrusted)
        #expect(TestOrganization(roots: [root.certificate, own.certificate]).configError() == .invalidAuthority)
    }

    @Test("two ways to a root are one too many")
    func severalPaths() throws {
        let key = PrivateKey()
        let first = try CertificateIssuer.root(key: key)
        let second = try CertificateIssuer.root(key: key)
        let identity = try first.identity()
        #expect(try TestOrganization(roots: [first.certificate]).verdict(identity) == nil)
        #expect(try TestOrganization(roots: [first.certificate, second.certificate]).verdict(identity) == .untrusted)
        // One and the same certificate given twice is one way.
        #expect(try TestOrganization(roots: [first.certificate, first.certificate]).verdict(identity) == nil)
    }

    @Test("an authority that has issued an authority may not issue identities")
    func treeLeaves() throws {
        let root = try CertificateIssuer.root()
        let middle = try root.intermediate("middle")
        let lowest = try middle.intermediate("lowest")
        let flat = TestOrganization(roots: [root.certificate], intermediates: [middle.certificate])
        #expect(try flat.verdict(middle.identity()) == nil)
        #expect(try flat.verdict(root.identity()) == .untrusted)
        let deep = TestOrganization(
            roots: [root.certificate], intermediates: [lowest.certificate, middle.certificate])
        #expect(try deep.verdict(lowest.identity()) == nil)
        #expect(try deep.verdict(middle.identity()) == .untrusted)
        // Without the certificate between there is no way up.
        #expect(try TestOrganization(roots: [root.certificate]).verdict(middle.identity()) == .untrusted)
    }

    @Test("an authority must say that it may sign certificates", arguments: [true, false])
    func keyUsage(maySign: Bool) throws {
        let root = try CertificateIssuer.root { extensions in
            _ = extensions.update(
                try .init(X509.KeyUsage(digitalSignature: true, keyCertSign: maySign), critical: true))
        }
        // A root that may not sign cannot have signed itself either.
        let organization = TestOrganization(roots: [root.certificate])
        if maySign {
            #expect(try organization.verdict(root.identity()) == nil)
        } else {
            #expect(organization.configError() == .invalidAuthority)
        }
    }

    // MARK: - Extensions

    @Test(
        "who lists extended key usages must list server authentication or any",
        arguments: [
            ([], nil), ([.serverAuth], nil), ([.clientAuth, .serverAuth], nil), ([.any], nil),
            ([.clientAuth], IdentityError.Code.untrusted), ([.codeSigning], .untrusted),
            ([.init(oid: [1, 2, 3, 4])], .untrusted), ([.init(oid: [1, 2, 3, 4]), .serverAuth], nil),
        ] as [([ExtendedKeyUsage.Usage], IdentityError.Code?)])
    func extendedKeyUsage(usages: [ExtendedKeyUsage.Usage], expected: IdentityError.Code?) throws {
        let root = try CertificateIssuer.root()
        let identity = try root.identity { extensions in
            if !usages.isEmpty {
                _ = extensions.update(try .init(ExtendedKeyUsage(usages), critical: false))
            }
        }
        #expect(try TestOrganization(roots: [root.certificate]).verdict(identity) == expected)
    }

    @Test("a critical extension that nobody understands makes an identity unusable", arguments: [true, false])
    func criticalExtension(isCritical: Bool) throws {
        let root = try CertificateIssuer.root()
        let identity = try root.identity { extensions in
            try extensions.append(.init(oid: [1, 2, 3, 4, 5], critical: isCritical, value: [5, 0]))
        }
        #expect(try TestOrganization(roots: [root.certificate]).verdict(identity) == (isCritical ? .untrusted : nil))
    }

    @Test(
        "names below an authority with constraints",
        arguments: [
            ("peer0.example.com", ["peer0.example.com"], nil),
            ("peer0.example.com", ["peer0.elsewhere.org"], IdentityError.Code.untrusted),
            ("peer0.example.com", ["peer0.example.com", "bad.example.com"], .untrusted),
            ("someone@example.com", [], nil),
            // A host's name without alternative names.
            ("peer0.example.com", [], .untrusted),
            ("peer0", [], .untrusted),
            ("-peer0", [], nil),
            ("peer 0", [], nil),
        ])
    func nameConstraints(commonName: String, names: [String], expected: IdentityError.Code?) throws {
        let root = try CertificateIssuer.root { extensions in
            let constraints = NameConstraints(
                permittedDNSDomains: ["example.com"], excludedDNSDomains: ["bad.example.com"])
            try extensions.append(.init(constraints, critical: true))
        }
        let identity = try root.identity(commonName) { extensions in
            if !names.isEmpty {
                try extensions.append(.init(SubjectAlternativeNames(names.map { .dnsName($0) }), critical: false))
            }
        }
        #expect(try TestOrganization(roots: [root.certificate]).verdict(identity) == expected)
    }

    // MARK: - Keys and signatures

    @Test(
        "keys of identities and authorities",
        arguments: [
            (PrivateKey.Algorithm.ecdsa(.p256), PrivateKey.Algorithm.ecdsa(.p384), MSPVersion.v143, nil),
            (.ecdsa(.p384), .ecdsa(.p256), .v143, nil), (.ecdsa(.p521), .ecdsa(.p521), .v143, nil),
            (.ed25519, .ecdsa(.p256), .v143, nil),
            (.ecdsa(.p256), .ed25519, .v143, IdentityError.Code.unusableCertificate),
            (.ecdsa(.p256), .ed25519, .v30, nil), (.ed25519, .ed25519, .v30, nil),
        ])
    func keys(
        authority: PrivateKey.Algorithm, identity: PrivateKey.Algorithm, version: MSPVersion,
        expected: IdentityError.Code?
    ) throws {
        let root = try CertificateIssuer.root(key: PrivateKey(authority))
        let certificate = try root.identity(key: PrivateKey(identity))
        #expect(try TestOrganization(roots: [root.certificate]).verdict(certificate, version) == expected)
    }

    @Test("an RSA authority may issue identities, an RSA key may not be one")
    func rsa() throws {
        var organization = TestOrganization(roots: [try Membership.Certificate(pemText: RSAAuthority.root)])
        #expect(try organization.verdict(pemText: RSAAuthority.client) == nil)
        #expect(try organization.verdict(pemText: RSAAuthority.rsaClient) == .unusableCertificate)
        organization.config.revocationLists = [RSAAuthority.revocationList]
        #expect(try organization.verdict(pemText: RSAAuthority.client) == .revoked)
        let foreign = TestOrganization(roots: [try CertificateIssuer.root().certificate])
        #expect(try foreign.verdict(pemText: RSAAuthority.client) == .untrusted)
    }

    @Test("both forms of an authority's signature are one identity")
    func sanitizing() throws {
        let root = try CertificateIssuer.root()
        let low = try root.identity()
        let high = try low.withHighS()
        #expect(low.encoded != high.encoded)
        let msps = try TestOrganization(roots: [root.certificate]).msps()
        let identities = try [low, high].map { try msps.identity(TestOrganization.serialized($0.pemText)) }
        #expect(identities[0] == identities[1])
        #expect(identities[1].certificate?.encoded == low.encoded)
        for identity in identities { try msps.validate(identity) }
    }

    @Test("an authority's certificate may have a high S too")
    func sanitizingAuthorities() throws {
        let root = try CertificateIssuer.root()
        let middle = try root.intermediate()
        var organization = TestOrganization(
            roots: [try root.certificate.withHighS()], intermediates: [try middle.certificate.withHighS()])
        organization.config.nodeOUs?.client?.certificate = middle.certificate.pemText
        #expect(try organization.verdict(middle.identity()) == nil)
    }

    // MARK: - Revocation

    @Test("what revokes and what does not")
    func revocation() throws {
        let root = try CertificateIssuer.root()
        let other = try CertificateIssuer.root("other")
        let identity = try root.identity()
        let bystander = try root.identity()
        let keyIdentifier = root.certificate.extensions.subjectKeyIdentifier

        func verdict(_ lists: Bytes..., of certificate: Membership.Certificate? = nil) throws -> IdentityError.Code? {
            var organization = TestOrganization(roots: [root.certificate, other.certificate])
            organization.config.revocationLists = lists
            return try organization.verdict(certificate ?? identity)
        }

        let list = try root.revocationList([identity], keyIdentifier: keyIdentifier)
        #expect(try verdict(list) == .revoked)
        #expect(try verdict(PEMBlock(label: "X509 CRL", content: list).text) == .revoked)
        #expect(try verdict(list, of: bystander) == nil)
        #expect(try verdict(try root.revocationList([], keyIdentifier: keyIdentifier)) == nil)
        // Somebody else's list counts for nothing, whatever it says of itself.
        #expect(try verdict(try other.revocationList([identity], keyIdentifier: keyIdentifier)) == nil)
        #expect(try verdict(try root.revocationList([identity], keyIdentifier: [1, 2, 3])) == nil)
        #expect(try verdict(try other.revocationList([], keyIdentifier: keyIdentifier), list) == .revoked)
        // A list of nobody in particular makes everybody suspect.
        #expect(try verdict(try root.revocationList([], keyIdentifier: nil), of: bystander) == .untrusted)
    }

    // MARK: - Organisational units

    @Test(
        "an identity has exactly one of the four units",
        arguments: [
            (["client"], nil), (["peer"], nil), (["admin"], nil), (["orderer"], nil), (["sales", "client"], nil),
            ([], IdentityError.Code.unclassified), (["sales"], .unclassified), (["client", "peer"], .unclassified),
            (["client", "client"], .unclassified), (["Client"], .unclassified), (["client "], .unclassified),
        ])
    func nodeUnits(units: [String], expected: IdentityError.Code?) throws {
        let root = try CertificateIssuer.root()
        var organization = TestOrganization(roots: [root.certificate])
        let identity = try root.identity(units: units)
        #expect(try organization.verdict(identity) == expected)
        // Without node units everybody is a member.
        organization.config.nodeOUs = nil
        organization.config.admins = [try root.identity().pemText]
        #expect(try organization.verdict(identity) == nil)
    }

    @Test("a unit tied to an authority does not count under another")
    func unitCertificates() throws {
        let root = try CertificateIssuer.root("first")
        let other = try CertificateIssuer.root("second")
        var organization = TestOrganization(roots: [root.certificate, other.certificate])
        organization.config.nodeOUs?.client?.certificate = root.certificate.pemText
        #expect(try organization.verdict(root.identity()) == nil)
        #expect(try organization.verdict(other.identity()) == .unclassified)
        #expect(try organization.verdict(other.identity(units: ["peer"])) == nil)
    }

    @Test("classes can be switched off one by one")
    func absentUnits() throws {
        let root = try CertificateIssuer.root()
        var organization = TestOrganization(roots: [root.certificate])
        organization.config.nodeOUs?.peer = nil
        organization.config.nodeOUs?.orderer = nil
        #expect(try organization.verdict(root.identity(units: ["peer"])) == .unclassified)
        #expect(try organization.verdict(root.identity(units: ["peer", "client"])) == nil)
    }

    @Test("a filter admits only its units under their authority")
    func unitFilter() throws {
        let root = try CertificateIssuer.root("first")
        let other = try CertificateIssuer.root("second")
        var organization = TestOrganization(roots: [root.certificate, other.certificate])
        organization.config.organizationalUnitIdentifiers = [organization.unit("sales", root.certificate.pemText)]
        #expect(try organization.verdict(root.identity(units: ["sales", "client"])) == nil)
        #expect(try organization.verdict(root.identity(units: ["client"])) == .unclassified)
        #expect(try organization.verdict(other.identity(units: ["sales", "client"])) == .unclassified)
    }
}

extension Membership.Certificate {
    /// The same certificate with the other form of its authority's P-256 signature.
    func withHighS() throws -> Membership.Certificate {
        let low = try ECDSASignature(derEncoded: signature)
        let order = EllipticCurve.p256.order
        var high = [UInt8](repeating: 0, count: 32)
        var borrow = 0
        let s = [UInt8](repeating: 0, count: 32 - low.s.count) + low.s
        for index in (0..<32).reversed() {
            let digit = Int(order[index]) - Int(s[index]) - borrow
            borrow = digit < 0 ? 1 : 0
            high[index] = UInt8(truncatingIfNeeded: digit)
        }
        let bits = DERWriter.element(.sequence, DERWriter.unsignedInteger(low.r) + DERWriter.unsignedInteger(high))
        let algorithm = DERWriter.element(
            .sequence,
            DERWriter.element(.objectIdentifier, signatureAlgorithm.algorithm) + signatureAlgorithm.parameters)
        return try Membership.Certificate(
            derEncoded: Bytes(
                DERWriter.element(.sequence, toBeSigned.array + algorithm + DERWriter.bitString(bits))))
    }
}
