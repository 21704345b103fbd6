import FabricTypes
import Membership
import SwiftASN1
import Testing
import X509

@Suite("Name constraints")
struct NameConstraintsTests {
    static func authority() throws -> CertificateIssuer {
        try authority(
            X509.NameConstraints(
                permittedDNSDomains: ["example.com", ".sub.example.org"], excludedDNSDomains: ["bad.example.com"],
                permittedIPRanges: [octets(10, 0, 0, 0, 255, 0, 0, 0)],
                excludedIPRanges: [octets(10, 1, 0, 0, 255, 255, 0, 0)],
                permittedEmailAddresses: ["ann@example.com", "mail.example.com"], permittedURIDomains: [".example.com"])
        )
    }

    static func authority(_ constraints: X509.NameConstraints) throws -> CertificateIssuer {
        try CertificateIssuer.root { extensions in try extensions.append(.init(constraints, critical: true)) }
    }

    private static func octets(_ bytes: UInt8...) -> ASN1OctetString {
        ASN1OctetString(contentBytes: bytes[...])
    }

    /// A certificate with a name of each kind that the authority allows.
    static func certificate(from authority: CertificateIssuer) throws -> Membership.Certificate {
        try authority.identity { extensions in
            let names: [X509.GeneralName] = [
                .dnsName("a.example.com"), .rfc822Name("ann@example.com"), .ipAddress(octets(10, 2, 3, 4)),
                .uniformResourceIdentifier("https://a.example.com/x"),
            ]
            try extensions.append(.init(SubjectAlternativeNames(names), critical: false))
        }
    }

    @Test(
        "what the authority allows",
        arguments: [
            (X509.GeneralName.dnsName("example.com"), true), (.dnsName("a.b.EXAMPLE.com"), true),
            (.dnsName("notexample.com"), false), (.dnsName("example.com.evil.org"), false),
            (.dnsName("bad.example.com"), false), (.dnsName("very.bad.example.com"), false),
            (.dnsName("a.sub.example.org"), true), (.dnsName("sub.example.org"), false),
            (.dnsName("a..example.com"), false),
            (.dnsName("example.com."), false),
            (.ipAddress(octets(10, 2, 3, 4)), true), (.ipAddress(octets(11, 2, 3, 4)), false),
            (.ipAddress(octets(10, 1, 3, 4)), false),
            (.ipAddress(octets(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)), false),
            (.rfc822Name("ann@example.com"), true), (.rfc822Name("ann@EXAMPLE.com"), true),
            (.rfc822Name("bob@example.com"), false), (.rfc822Name("bob@mail.example.com"), true),
            (.rfc822Name("no address"), false),
            (.uniformResourceIdentifier("https://a.example.com:80/x?y"), true),
            (.uniformResourceIdentifier("https://user@a.example.com"), true),
            (.uniformResourceIdentifier("https://example.com"), false),
            (.uniformResourceIdentifier("https://10.2.3.4"), false),
            (.uniformResourceIdentifier("https://[::1]/"), false), (.uniformResourceIdentifier("mailto:x"), false),
        ] as [(X509.GeneralName, Bool)])
    func allowed(name: X509.GeneralName, isAllowed: Bool) throws {
        let authority = try Self.authority()
        let identity = try authority.identity { extensions in
            try extensions.append(.init(SubjectAlternativeNames([name]), critical: false))
        }
        let verdict = try TestOrganization(roots: [authority.certificate]).verdict(identity)
        #expect((verdict == nil) == isAllowed)
    }

    @Test("a kind of name without a constraint is free")
    func unconstrainedKinds() throws {
        let authority = try Self.authority(X509.NameConstraints(permittedDNSDomains: ["example.com"]))
        let identity = try authority.identity { extensions in
            let names: [X509.GeneralName] = [
                .ipAddress(Self.octets(11, 2, 3, 4)), .uniformResourceIdentifier("https://[::1]/"),
                .rfc822Name("bob@elsewhere.org"),
            ]
            try extensions.append(.init(SubjectAlternativeNames(names), critical: false))
        }
        #expect(try TestOrganization(roots: [authority.certificate]).verdict(identity) == nil)
    }

    @Test("a constraint on a kind of name that nobody looks at makes the authority unusable")
    func unhandledKinds() throws {
        let directoryName = DERWriter.element(.constructed(4), DERWriter.element(.sequence, []))
        let subtrees = DERWriter.element(.constructed(0), DERWriter.element(.sequence, directoryName))
        let value = DERWriter.element(.sequence, subtrees)
        for isCritical in [true, false] {
            let authority = try CertificateIssuer.root { extensions in
                try extensions.append(
                    .init(oid: .X509ExtensionID.nameConstraints, critical: isCritical, value: value[...]))
            }
            let error = TestOrganization(roots: [authority.certificate]).configError()
            #expect(error == (isCritical ? .invalidAuthority : nil))
        }
    }

    @Test("an intermediate authority's names are judged too")
    func intermediates() throws {
        let authority = try Self.authority(X509.NameConstraints(permittedDNSDomains: ["example.com"]))
        func error(_ name: String) throws -> MSPConfigError.Code? {
            let middle = try authority.intermediate { extensions in
                try extensions.append(.init(SubjectAlternativeNames([.dnsName(name)]), critical: false))
            }
            return TestOrganization(roots: [authority.certificate], intermediates: [middle.certificate]).configError()
        }
        #expect(try error("ca.example.com") == nil)
        #expect(try error("ca.example.org") == .invalidAuthority)
    }
}
