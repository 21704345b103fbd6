import FabricTypes
import GoldenLedger
import Membership
import Testing

@Suite("Certificates")
struct CertificateTests {
    /// One of the recorded identities that were issued by hand.
    static func extra(_ name: String) throws -> Certificate {
        try Certificate(pemText: GoldenFiles.trade.bytes("crypto/extra/\(name)/cert.pem"))
    }

    static func authority(_ domain: String) throws -> Certificate {
        try Certificate(
            pemText: GoldenFiles.trade.bytes("crypto/peerOrganizations/\(domain)/ca/ca.\(domain)-cert.pem"))
    }

    /// What OpenSSL says of the certificate.
    @Test("an authority's certificate is read field by field")
    func authority() throws {
        let certificate = try Self.authority("alder.example")
        #expect(certificate.version == 3)
        #expect(certificate.serialNumber.hex == "00f1d598f355fa3e6ec89e61b67dc99350")
        #expect(certificate.subject == certificate.issuer)
        #expect(certificate.subjectName.commonName == Bytes("ca.alder.example"))
        #expect(certificate.subjectName.organizationalUnits.isEmpty)
        #expect(certificate.notBefore == 1_795_218_960 && certificate.notAfter == 1_795_218_960 + 3_650 * 86_400)
        #expect(certificate.publicKey.algorithm == .ecdsa(.p256))
        #expect(certificate.publicKey.keyBytes.hex.hasPrefix("042d61ec47da920c1b4c963ebcf5f15462fb61"))
        #expect(certificate.signatureAlgorithm.algorithm == ObjectIdentifiers.ecdsaWithSHA256)
        #expect(certificate.signature.hex.hasPrefix("3045022100b44909c06ddd17ed51"))
        let extensions = certificate.extensions
        #expect(extensions.items.count == 4 && extensions.isCA && extensions.basicConstraints?.pathLengthMax == nil)
        #expect(extensions.keyUsage == [.digitalSignature, .keyEncipherment, .certificateSign, .crlSign])
        #expect(
            extensions.extendedKeyUsages
                == [ObjectIdentifiers.clientAuthentication, ObjectIdentifiers.serverAuthentication])
        #expect(
            extensions.subjectKeyIdentifier?.hex == "16687ba77efa05a2868f601795cf4ffc6c95a9175d671a6c911d5e503b982a28")
        #expect(extensions.authorityKeyIdentifier == nil && !extensions.hasUnhandledCriticalExtension)
        #expect(certificate.isSigned(by: certificate))
    }

    @Test(
        "units come in the order in which they stand",
        arguments: [
            ("plain@alder.example", []), ("double@alder.example", ["peer", "client"]),
            ("sales@alder.example", ["sales", "client"]), ("boss@birch.example", ["admin"]),
        ])
    func units(name: String, units: [String]) throws {
        #expect(try Self.extra(name).subjectName.organizationalUnits.map(\.lossyText) == units)
    }

    @Test("the text is the bytes, and the bytes are the text")
    func pemText() throws {
        let text = try GoldenFiles.trade.bytes("crypto/extra/p384@alder.example/cert.pem")
        let certificate = try Certificate(pemText: text)
        #expect(certificate.pemText == text)
        #expect(try Certificate(derEncoded: certificate.encoded) == certificate)
    }

    @Test("sanitizing changes the signature and nothing else")
    func sanitizing() throws {
        let high = try Self.extra("high-s@alder.example")
        let authority = try Self.authority("alder.example")
        let low = try high.sanitized(issuerKey: authority.publicKey)
        #expect(low != high && low.toBeSigned == high.toBeSigned)
        #expect(try !ECDSASignature(derEncoded: high.signature).hasLowS(on: .p256))
        #expect(try ECDSASignature(derEncoded: low.signature).hasLowS(on: .p256))
        #expect(high.isSigned(by: authority) && low.isSigned(by: authority))
        #expect(try low.sanitized(issuerKey: authority.publicKey) == low)
        let plain = try Self.extra("boss@birch.example")
        let other = try Self.authority("birch.example")
        #expect(plain.isSigned(by: other) && !plain.isSigned(by: authority))
        let again = try plain.sanitized(issuerKey: other.publicKey)
        #expect(again.toBeSigned == plain.toBeSigned)
    }

    @Test("expiry is read from any identity that has a certificate")
    func expiry() throws {
        let text = try GoldenFiles.trade.bytes("crypto/extra/expired@alder.example/cert.pem")
        let identity = SerializedIdentity(mspID: MSPID(unchecked: Bytes("Nobody")), idBytes: text)
        #expect(Certificate.expiry(ofIdentity: identity.encoded()) == 1_795_132_996)
        #expect(Certificate.expiry(ofIdentity: Bytes("x")) == nil)
        #expect(Certificate.expiry(ofIdentity: Bytes()) == nil)
    }

    @Test("no bytes may follow a certificate, and none may miss")
    func truncation() throws {
        let encoded = try Self.extra("sales@alder.example").encoded
        #expect(throws: CertificateError.self) { try Certificate(derEncoded: Bytes(encoded.array + [0])) }
        for count in 0..<encoded.count {
            #expect(throws: CertificateError.self) { try Certificate(derEncoded: encoded[0..<count]) }
        }
    }

    @Test(
        "text types of names",
        arguments: [
            (DERTag.utf8String, "client".utf8.map { $0 }, "client"),
            (.printableString, "client".utf8.map { $0 }, "client"),
            (.ia5String, "cl@".utf8.map { $0 }, "cl@"), (.numericString, "12 3".utf8.map { $0 }, "12 3"),
            (.t61String, [0x63, 0xE9], "cé"), (.bmpString, [0, 0x63, 0, 0xE9, 0, 0], "cé"),
            (.printableString, "a@b".utf8.map { $0 }, nil), (.ia5String, [0xE9], nil), (.utf8String, [0xFF], nil),
            (.numericString, "a".utf8.map { $0 }, nil), (.bmpString, [0], nil), (.bmpString, [0xD8, 0], nil),
            (.octetString, [1], ""),
        ] as [(DERTag, [UInt8], String?)])
    func nameTexts(tag: DERTag, content: [UInt8], expected: String?) {
        let attribute = DERWriter.element(
            .sequence,
            DERWriter.element(.objectIdentifier, ObjectIdentifiers.commonName) + DERWriter.element(tag, content))
        let name = Bytes(DERWriter.element(.sequence, DERWriter.element(.set, attribute)))
        #expect((try? DistinguishedName(encoded: name))?.commonName.lossyText == expected)
    }

    @Test("Fabric CA's attributes")
    func attributes() throws {
        let value = Bytes(#"{"attrs":{"hf.Affiliation":"","hf.EnrollmentID":"ann","hf.Type":"client"}}"#)
        let attributes = try FabricAttributes(encoded: value)
        #expect(attributes.attributes == ["hf.Affiliation": "", "hf.EnrollmentID": "ann", "hf.Type": "client"])
        #expect(try attributes.encoded() == value)
        #expect(throws: CertificateError.self) { try FabricAttributes(encoded: Bytes("{}")) }
        #expect(try Self.extra("boss@birch.example").fabricAttributes() == nil)
    }
}
