import FabricTypes
import Membership
import SwiftASN1
import X509

/// An organisation whose certificates and configuration a test makes up, with only what matters spelled out.
struct TestOrganization {
    static let name = MSPID(unchecked: Bytes("TestMSP"))
    /// When everything begins, seconds since 1970; all else is relative to it.
    static let start: Int64 = 1_700_000_000
    static let validity = start...(start + 1_000_000)

    var roots: [Membership.Certificate] = []
    var intermediates: [Membership.Certificate] = []
    var config = FabricMSPConfig()

    /// An organisation with node units under any of its authorities.
    init(roots: [Membership.Certificate], intermediates: [Membership.Certificate] = []) {
        self.roots = roots
        self.intermediates = intermediates
        config.name = Self.name.bytes
        config.rootCertificates = roots.map(\.pemText)
        config.intermediateCertificates = intermediates.map(\.pemText)
        var units = FabricNodeOUs()
        units.isEnabled = true
        units.client = unit("client")
        units.peer = unit("peer")
        units.admin = unit("admin")
        units.orderer = unit("orderer")
        config.nodeOUs = units
    }

    func unit(_ name: String, _ certificate: Bytes = Bytes()) -> FabricOUIdentifier {
        FabricOUIdentifier(certificate: certificate, organizationalUnitIdentifier: Bytes(name))
    }

    func msps(_ version: MSPVersion = .v143) throws(MSPConfigError) -> ChannelMSPs {
        try ChannelMSPs([MSPConfig(config)], version: version, signatures: SignatureTable())
    }

    static func serialized(_ pemText: Bytes, name: MSPID = name) -> Bytes {
        SerializedIdentity(mspID: name, idBytes: pemText).encoded()
    }

    /// How an identity is judged: nil if it is valid.
    func verdict(
        _ certificate: Membership.Certificate, _ version: MSPVersion = .v143
    ) throws(MSPConfigError) -> IdentityError.Code? {
        try verdict(pemText: certificate.pemText, version)
    }

    func verdict(
        pemText: Bytes, _ version: MSPVersion = .v143
    ) throws(MSPConfigError) -> IdentityError.Code? {
        let msps = try msps(version)
        do throws(IdentityError) {
            try msps.validate(try msps.identity(Self.serialized(pemText)))
            return nil
        } catch {
            return error.code
        }
    }

    /// Why no MSP can be made of it: nil if one can.
    func configError(_ version: MSPVersion = .v143) -> MSPConfigError.Code? {
        do throws(MSPConfigError) {
            _ = try msps(version)
            return nil
        } catch {
            return error.code
        }
    }
}

extension CertificateIssuer {
    /// A root authority. `change` may replace its extensions.
    static func root(
        _ name: String = "root", key: PrivateKey = PrivateKey(),
        validity: ClosedRange<Int64> = TestOrganization.validity,
        change: (inout X509.Certificate.Extensions) throws -> Void = { _ in }
    ) throws -> CertificateIssuer {
        var extensions = try CertificateProfile.authority(publicKey: key.publicKey)
        try change(&extensions)
        return try CertificateIssuer(
            selfSigned: Request(
                subject: DevelopmentName(commonName: name), publicKey: key.publicKey, validity: validity,
                extensions: extensions),
            key: key)
    }

    /// An authority below this one.
    func intermediate(
        _ name: String = "intermediate", key: PrivateKey = PrivateKey(),
        validity: ClosedRange<Int64> = TestOrganization.validity,
        change: (inout X509.Certificate.Extensions) throws -> Void = { _ in }
    ) throws -> CertificateIssuer {
        var extensions = try CertificateProfile.authority(publicKey: key.publicKey, issuer: certificate)
        try change(&extensions)
        let certificate = try issue(
            Request(
                subject: DevelopmentName(commonName: name), publicKey: key.publicKey, validity: validity,
                extensions: extensions))
        return try CertificateIssuer(certificate: certificate, key: key)
    }

    /// An identity, a client unless `units` say otherwise.
    func identity(
        _ name: String = "someone", units: [String] = ["client"], key: PrivateKey = PrivateKey(),
        validity: ClosedRange<Int64> = TestOrganization.validity,
        change: (inout X509.Certificate.Extensions) throws -> Void = { _ in }
    ) throws -> Membership.Certificate {
        var extensions = try CertificateProfile.identity(issuer: certificate)
        try change(&extensions)
        return try issue(
            Request(
                subject: DevelopmentName(commonName: name, organizationalUnits: units), publicKey: key.publicKey,
                validity: validity, extensions: extensions))
    }

    /// A list, in DER, of the certificates that this authority takes back.
    ///
    /// - Parameter keyIdentifier: whose list it claims to be; nil leaves the extension out.
    func revocationList(_ revoked: [Membership.Certificate], keyIdentifier: Bytes?) throws -> Bytes {
        let time = DERWriter.element(.utcTime, "231114221320Z".utf8)
        let algorithm = DERWriter.element(
            .sequence, DERWriter.element(.objectIdentifier, ObjectIdentifiers.ecdsaWithSHA256))
        let entries = revoked.flatMap { certificate in
            DERWriter.element(.sequence, DERWriter.element(.integer, certificate.serialNumber) + time)
        }
        var body = DERWriter.unsignedInteger([1]) + algorithm + certificate.subject.array + time + time
        if !entries.isEmpty { body += DERWriter.element(.sequence, entries) }
        if let keyIdentifier {
            let value = DERWriter.element(.sequence, DERWriter.element(.contextSpecific(0), keyIdentifier))
            let item = DERWriter.element(
                .sequence,
                DERWriter.element(.objectIdentifier, ObjectIdentifiers.authorityKeyIdentifier)
                    + DERWriter.element(.octetString, value))
            body += DERWriter.element(.constructed(0), DERWriter.element(.sequence, item))
        }
        let toBeSigned = DERWriter.element(.sequence, body)
        let signature = try key.signature(for: [Bytes(toBeSigned)])
        return Bytes(DERWriter.element(.sequence, toBeSigned + algorithm + DERWriter.bitString(signature)))
    }
}
