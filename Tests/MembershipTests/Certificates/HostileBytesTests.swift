import FabricTypes
import GoldenLedger
import Membership
import Testing

/// Damaged certificates, lists, texts and signatures: whatever they are, reading them ends with a value or an error.
@Suite("Hostile bytes")
struct HostileBytesTests {
    static let seeds: [UInt64] = [1, 2, 3, 4]

    private static let roundCount = 200

    @Test("certificates", arguments: seeds)
    func certificates(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let root = try CertificateIssuer.root()
        let constrained = try NameConstraintsTests.authority()
        let sources = [
            try CertificateTests.extra("sales@alder.example"), try CertificateTests.extra("p384@alder.example"),
            try CertificateTests.authority("birch.example"), try Certificate(pemText: RSAAuthority.root),
            constrained.certificate, try NameConstraintsTests.certificate(from: constrained),
        ].map(\.encoded.array)
        var readCount = 0
        for _ in 0..<Self.roundCount {
            let bytes = Bytes(generator.mutated(try #require(sources.randomElement(using: &generator))))
            guard let certificate = try? Certificate(derEncoded: bytes) else { continue }
            readCount += 1
            #expect(certificate.encoded == bytes, "seed \(seed)")
            _ = certificate.isSigned(by: root.certificate)
            _ = certificate.isSigned(by: certificate)
            _ = try? certificate.sanitized(issuerKey: root.key.publicKey)
            _ = try? certificate.fabricAttributes()
            let organization = TestOrganization(roots: [root.certificate, certificate])
            _ = organization.configError()
            let verdict = try TestOrganization(roots: [root.certificate]).verdict(certificate)
            #expect(verdict != nil, "seed \(seed)")
        }
        // Most damage is seen by the reader; some must get past it, or this test would test little.
        #expect(readCount > 10, "seed \(seed)")
    }

    @Test("revocation lists", arguments: seeds)
    func revocationLists(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let root = try CertificateIssuer.root()
        let identity = try root.identity()
        let list = try root.revocationList(
            [identity, try root.identity()], keyIdentifier: root.certificate.extensions.subjectKeyIdentifier)
        let sources = [list.array, RSAAuthority.revocationList.array]
        for _ in 0..<Self.roundCount {
            let bytes = Bytes(generator.mutated(try #require(sources.randomElement(using: &generator))))
            guard let read = try? CertificateRevocationList(bytes) else { continue }
            _ = read.isSigned(by: root.certificate)
            var organization = TestOrganization(roots: [root.certificate])
            organization.config.revocationLists = [bytes]
            _ = try? organization.verdict(identity)
        }
    }

    @Test("identities as they travel", arguments: seeds)
    func identities(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let root = try CertificateIssuer.root()
        let msps = try TestOrganization(roots: [root.certificate]).msps()
        let source = TestOrganization.serialized(try root.identity().pemText)
        let expected = try msps.identity(source)
        var validCount = 0
        for _ in 0..<Self.roundCount {
            let bytes = Bytes(generator.mutated(source.array))
            guard let identity = try? msps.identity(bytes), (try? msps.validate(identity)) != nil else { continue }
            // Only damage that leaves the certificate as it was, such as to the text around it.
            #expect(identity == expected, "seed \(seed)")
            validCount += 1
        }
        #expect(validCount < Self.roundCount / 2, "seed \(seed)")
    }

    @Test("signatures", arguments: seeds)
    func signatures(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let verifier = SignatureVerifier(table: SignatureTable())
        for algorithm in [PrivateKey.Algorithm.ecdsa(.p256), .ecdsa(.p384), .ecdsa(.p521), .ed25519] {
            let key = PrivateKey(algorithm)
            let message = [Bytes("message")]
            let source = try key.signature(for: message)
            let good = try? ECDSASignature(derEncoded: source)
            for _ in 0..<Self.roundCount / 4 {
                let bytes = Bytes(generator.mutated(source.array))
                let isSame = bytes == source || good != nil && (try? ECDSASignature(derEncoded: bytes)) == good
                #expect(
                    verifier.isSignature(bytes, of: message, by: key.publicKey) == isSame, "seed \(seed), \(bytes)")
            }
        }
    }

    @Test("keys, texts and folders", arguments: seeds)
    func texts(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let key = PrivateKey().pemText.array
        let authority = try DevelopmentAuthority(domain: "org1.example.com", at: TestOrganization.start)
        let files = try authority.userFiles(user: "User1", role: .client, at: TestOrganization.start).contents
        for _ in 0..<Self.roundCount / 4 {
            _ = try? PrivateKey(pemText: Bytes(generator.mutated(key)))
            var damaged: [String: Bytes] = [:]
            for (path, content) in files where path.hasPrefix("msp/") {
                let bytes = Bool.random(using: &generator) ? generator.mutated(content.array) : content.array
                damaged[String(path.dropFirst(4))] = Bytes(bytes)
            }
            let folder = MSPFolder(files: damaged)
            _ = try? folder.signingIdentity(mspID: TestOrganization.name)
        }
    }
}
