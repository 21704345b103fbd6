internal import Crypto
package import FabricTypes
internal import X509

/// A private key of a kind that identities may have.
///
/// A secret: only ``pemText`` gives it away, and no description contains it.
package struct PrivateKey: Sendable {
    /// What a new key can be.
    package enum Algorithm: Hashable, Sendable {
        case ecdsa(EllipticCurve)
        case ed25519
    }

    private enum Material: Sendable {
        case p256(P256.Signing.PrivateKey)
        case p384(P384.Signing.PrivateKey)
        case p521(P521.Signing.PrivateKey)
        case ed25519(Curve25519.Signing.PrivateKey)
    }

    package let publicKey: PublicKey
    private let material: Material

    /// Makes a new key from the system's random numbers.
    package init(_ algorithm: Algorithm = .ecdsa(.p256)) {
        let material: Material =
            switch algorithm {
            case .ecdsa(.p256): .p256(P256.Signing.PrivateKey())
            case .ecdsa(.p384): .p384(P384.Signing.PrivateKey())
            case .ecdsa(.p521): .p521(P521.Signing.PrivateKey())
            case .ed25519: .ed25519(Curve25519.Signing.PrivateKey())
            }
        self.init(material)
    }

    private init(_ material: Material) {
        self.material = material
        publicKey =
            switch material {
            case .p256(let key): PublicKey(key.publicKey)
            case .p384(let key): PublicKey(key.publicKey)
            case .p521(let key): PublicKey(key.publicKey)
            case .ed25519(let key): PublicKey(key.publicKey)
            }
    }

    /// Reads the first PEM block of a text: PKCS #8 (ECDSA or Ed25519) or SEC 1 (ECDSA), whatever its label says.
    ///
    /// - Throws: ``CertificateError``, whose message holds no part of the key.
    package init(pemText: Bytes) throws(CertificateError) {
        guard let block = PEMBlock.first(in: pemText) else {
            throw CertificateError(.noPEMBlock, "The private key cannot be read: there is no PEM block in the text.")
        }
        do {
            self.init(try Self.material(PrivateKeyEncoding(block.content)))
        } catch {
            // The cause could quote the key's bytes.
            throw CertificateError(
                .malformed,
                "The private key cannot be read: it must be an ECDSA (P-256, P-384, P-521) or Ed25519 key in PKCS #8, "
                    + "or an ECDSA key in SEC 1, without a password.")
        }
    }

    private static func material(_ encoding: PrivateKeyEncoding) throws -> Material {
        switch encoding.algorithm {
        case .ecdsa(.p256): .p256(try P256.Signing.PrivateKey(rawRepresentation: encoding.keyBytes))
        case .ecdsa(.p384): .p384(try P384.Signing.PrivateKey(rawRepresentation: encoding.keyBytes))
        case .ecdsa(.p521): .p521(try P521.Signing.PrivateKey(rawRepresentation: encoding.keyBytes))
        case .ed25519: .ed25519(try Curve25519.Signing.PrivateKey(rawRepresentation: encoding.keyBytes))
        }
    }

    package var algorithm: Algorithm {
        switch material {
        case .p256: .ecdsa(.p256)
        case .p384: .ecdsa(.p384)
        case .p521: .ecdsa(.p521)
        case .ed25519: .ed25519
        }
    }

    /// The key as the library that encodes certificates takes it.
    var x509Key: X509.Certificate.PrivateKey {
        switch material {
        case .p256(let key): X509.Certificate.PrivateKey(key)
        case .p384(let key): X509.Certificate.PrivateKey(key)
        case .p521(let key): X509.Certificate.PrivateKey(key)
        case .ed25519(let key): X509.Certificate.PrivateKey(key)
        }
    }

    /// The key as an unencrypted PKCS #8 `PRIVATE KEY` block. Keep it where only its owner can read it.
    package var pemText: Bytes {
        let raw: [UInt8] =
            switch material {
            case .p256(let key): Array(key.rawRepresentation)
            case .p384(let key): Array(key.rawRepresentation)
            case .p521(let key): Array(key.rawRepresentation)
            case .ed25519(let key): Array(key.rawRepresentation)
            }
        let encoding = PrivateKeyEncoding(algorithm: algorithm, keyBytes: raw)
        return PEMBlock(label: "PRIVATE KEY", content: encoding.pkcs8(publicKey: publicKey.keyBytes)).text
    }

    /// Signs the parts read as one run of bytes, as Fabric wants it: ECDSA over their SHA-256 with low s, in DER;
    /// Ed25519 over the bytes themselves.
    ///
    /// - Throws: only if the random number generator fails.
    package func signature(for message: [Bytes]) throws -> Bytes {
        switch material {
        case .ed25519(let key):
            return Bytes(Array(try key.signature(for: message.flatMap { $0 })))
        case .p256(let key):
            return try Self.lowS(Array(try key.signature(for: Self.digest(message)).rawRepresentation), .p256)
        case .p384(let key):
            return try Self.lowS(Array(try key.signature(for: Self.digest(message)).rawRepresentation), .p384)
        case .p521(let key):
            return try Self.lowS(Array(try key.signature(for: Self.digest(message)).rawRepresentation), .p521)
        }
    }

    private static func digest(_ message: [Bytes]) -> SHA256Digest {
        var hash = SHA256()
        for part in message {
            part.withUnsafeBytes { hash.update(bufferPointer: $0) }
        }
        return hash.finalize()
    }

    private static func lowS(_ raw: [UInt8], _ curve: EllipticCurve) throws -> Bytes {
        guard let signature = ECDSASignature(rawRepresentation: Bytes(raw))?.withLowS(on: curve) else {
            throw CertificateError(.malformed, "A signature was made that is none: the cryptographic library failed.")
        }
        return signature.derRepresentation
    }
}

extension PrivateKey: CustomStringConvertible, CustomReflectable {
    package var description: String {
        "private key \(publicKey.subjectKeyIdentifier.hex)"
    }

    /// Hides the key from `dump` and from the printing of values that contain it.
    package var customMirror: Mirror {
        Mirror(self, children: [])
    }
}
