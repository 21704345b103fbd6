import Crypto
import FabricTypes
import Membership
import Testing

@Suite("Private keys")
struct PrivateKeyTests {
    static let algorithms: [PrivateKey.Algorithm] = [.ecdsa(.p256), .ecdsa(.p384), .ecdsa(.p521), .ed25519]

    @Test("a key is read as it was written", arguments: algorithms)
    func roundTrip(algorithm: PrivateKey.Algorithm) throws {
        let key = PrivateKey(algorithm)
        let copy = try PrivateKey(pemText: key.pemText)
        #expect(copy.publicKey == key.publicKey && copy.algorithm == algorithm)
        #expect(copy.pemText == key.pemText)
        let signature = try copy.signature(for: [Bytes("message")])
        #expect(
            SignatureVerifier(table: SignatureTable()).isSignature(signature, of: [Bytes("message")], by: key.publicKey)
        )
    }

    @Test("keys of other programs are read")
    func otherWriters() throws {
        let p256 = P256.Signing.PrivateKey()
        #expect(
            try PrivateKey(pemText: Bytes(p256.pemRepresentation)).publicKey.keyBytes
                == Bytes(p256.publicKey.x963Representation))
        // Made for this test with OpenSSL's `ecparam -genkey -noout` and `genpkey`.
        let sec1 = """
            -----BEGIN EC PRIVATE KEY-----
            MHcCAQEEIJJyqyy5ri3CJ4EH0WjyiYhsWY1QXGr9KDMr3DckBc6CoAoGCCqGSM49
            AwEHoUQDQgAEyaxuBiKdv9w5l7T7dUhQ4to+FQ7KKKHa/Vr/nLTfiM5rfgmi7kUE
            /7C93AXZzq6i8m52LKzFrULcs8BPGlwz3A==
            -----END EC PRIVATE KEY-----
            """
        #expect(try PrivateKey(pemText: Bytes(sec1)).algorithm == .ecdsa(.p256))
        let ed25519 = """
            -----BEGIN PRIVATE KEY-----
            MC4CAQAwBQYDK2VwBCIEIM3Gyv7/sBoyzo2dUPXb07T+0xA6OeBri+MXQ+o6VQi9
            -----END PRIVATE KEY-----
            """
        #expect(try PrivateKey(pemText: Bytes(ed25519)).algorithm == .ed25519)
    }

    @Test("what is no key is refused without being quoted")
    func refusals() throws {
        let encoded = try #require(PEMBlock.first(in: PrivateKey().pemText)).content
        let texts = [
            Bytes("secret text"), PEMBlock(label: "PRIVATE KEY", content: Bytes("secret")).text,
            PEMBlock(label: "PRIVATE KEY", content: encoded[0..<(encoded.count / 2)]).text,
            RSAAuthority.root,
        ]
        for text in texts {
            let error = #expect(throws: CertificateError.self) { try PrivateKey(pemText: text) }
            #expect(error?.message.contains("secret") == false)
        }
    }

    @Test("no description gives the key away")
    func descriptions() throws {
        let key = PrivateKey()
        let encoded = try #require(PEMBlock.first(in: key.pemText)).content
        // PKCS #8 holds the 32 bytes of the key from position 36 on.
        let secret = encoded[36..<68]
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped] {
            #expect(!text.contains(secret.hex) && !text.contains("\(secret.array)"))
            #expect(text.contains("private key"))
        }
    }
}
