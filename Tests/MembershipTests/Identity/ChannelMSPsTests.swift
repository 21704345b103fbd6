import FabricTypes
import Membership
import Testing

@Suite("Channel MSPs")
struct ChannelMSPsTests {
    let root: CertificateIssuer
    let organization: TestOrganization

    init() throws {
        root = try CertificateIssuer.root()
        organization = TestOrganization(roots: [root.certificate])
    }

    @Test(
        "identities that cannot be read say why",
        arguments: [
            (Bytes([0xFF]), IdentityError.Code.malformed), (Bytes(), .unknownMSP),
            (SerializedIdentity(mspID: MSPID(unchecked: Bytes("OtherMSP")), idBytes: Bytes()).encoded(), .unknownMSP),
            (TestOrganization.serialized(Bytes()), .malformed),
            (TestOrganization.serialized(Bytes("text")), .malformed),
            (TestOrganization.serialized(PEMBlock(label: "CERTIFICATE", content: [1, 2]).text), .unusableCertificate),
        ])
    func unreadable(serialized: Bytes, expected: IdentityError.Code) throws {
        let msps = try organization.msps()
        let error = #expect(throws: IdentityError.self) { try msps.identity(serialized) }
        #expect(error?.code == expected)
    }

    @Test("the label of a PEM block and the text around it do not matter")
    func spellings() throws {
        let certificate = try root.identity()
        let msps = try organization.msps()
        let plain = try msps.identity(TestOrganization.serialized(certificate.pemText))
        let spellings = [
            PEMBlock(label: "ANYTHING", content: certificate.encoded).text,
            Bytes("a note\n\(certificate.pemText.lossyText)and another\n"),
            Bytes(certificate.pemText.flatMap { $0 == 10 ? [13, 10] : [$0] }),
            Bytes("\(certificate.pemText.lossyText)\(try root.identity().pemText.lossyText)"),
        ]
        for spelling in spellings {
            let identity = try msps.identity(TestOrganization.serialized(spelling))
            #expect(identity == plain)
            try msps.validate(identity)
        }
    }

    @Test("an identity read under an older configuration is judged by the newer one")
    func newerConfiguration() throws {
        let certificate = try root.identity()
        let serialized = TestOrganization.serialized(certificate.pemText)
        let older = try organization.msps()
        let identity = try older.identity(serialized)
        try older.validate(identity)

        var changed = organization
        changed.config.revocationLists = [
            try root.revocationList([certificate], keyIdentifier: root.certificate.extensions.subjectKeyIdentifier)
        ]
        let newer = try changed.msps()
        let member = MSPPrincipal(MSPRole(.member, of: TestOrganization.name))
        #expect(throws: IdentityError.self) { try newer.validate(identity) }
        #expect(!newer.satisfies(identity, member))
        try older.validate(identity)
        #expect(older.satisfies(identity, member))
        let gone = try ChannelMSPs([], version: .v143, signatures: SignatureTable())
        #expect(throws: IdentityError.self) { try gone.validate(identity) }
        #expect(!gone.satisfies(identity, member))
    }

    @Test("a bare identifier is nobody")
    func bareIdentifier() throws {
        let msps = try organization.msps()
        let certificate = try root.identity()
        let real = try msps.identity(TestOrganization.serialized(certificate.pemText))
        let bare = Identity(identifier: real.identifier)
        #expect(bare == real)
        #expect(throws: IdentityError.self) { try msps.validate(bare) }
        #expect(!msps.satisfies(bare, MSPPrincipal(MSPRole(.member, of: TestOrganization.name))))
        #expect(!msps.isSignature(Bytes(), of: [], by: bare))
    }

    @Test("signatures of every kind of key are checked, and remembered")
    func signatures() throws {
        let table = SignatureTable()
        let msps = try ChannelMSPs([MSPConfig(organization.config)], version: .v30, signatures: table)
        let message = [Bytes("one "), Bytes(), Bytes("message")]
        for algorithm in [PrivateKey.Algorithm.ecdsa(.p256), .ecdsa(.p384), .ecdsa(.p521), .ed25519] {
            let key = PrivateKey(algorithm)
            let certificate = try root.identity(key: key)
            let identity = try msps.identity(TestOrganization.serialized(certificate.pemText))
            let signature = try key.signature(for: message)
            let before = table.entryCount
            #expect(!msps.isSignature(signature, of: [Bytes("another message")], by: identity))
            #expect(table.entryCount == before)
            #expect(msps.isSignature(signature, of: [Bytes("one message")], by: identity))
            #expect(table.entryCount == before + 1)
            #expect(msps.isSignature(signature, of: message, by: identity))
            #expect(!msps.isSignature(signature, of: [Bytes("another message")], by: identity))
            #expect(table.entryCount == before + 1)
        }
    }

    @Test("what a process signs itself is in its table")
    func ownSignatures() throws {
        let table = SignatureTable()
        let key = PrivateKey()
        let certificate = try root.identity(key: key)
        let signer = try SigningIdentity(
            mspID: TestOrganization.name, certificate: certificate, key: key, signatures: table)
        let message = [Bytes("payload"), Bytes("endorser")]
        let signature = try signer.sign(message)
        #expect(table.entryCount == 1)
        let msps = try ChannelMSPs([MSPConfig(organization.config)], version: .v143, signatures: table)
        #expect(msps.isSignature(signature, of: message, by: try msps.identity(signer.serialized)))
        #expect(table.entryCount == 1)
        #expect(throws: CertificateError.self) {
            try SigningIdentity(mspID: TestOrganization.name, certificate: certificate, key: PrivateKey())
        }
    }

    @Test("many threads ask at once and hear the same")
    func concurrency() async throws {
        let msps = try organization.msps()
        let good = TestOrganization.serialized(try root.identity().pemText)
        let bad = TestOrganization.serialized(try root.identity(units: []).pemText)
        let client = MSPPrincipal(MSPRole(.client, of: TestOrganization.name))
        let answers = await withTaskGroup(of: Bool.self) { group in
            for index in 0..<64 {
                group.addTask {
                    let serialized = index % 2 == 0 ? good : bad
                    guard let identity = try? msps.identity(serialized) else { return false }
                    return (try? msps.validate(identity)) != nil && msps.satisfies(identity, client)
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(answers == 32)
    }
}
