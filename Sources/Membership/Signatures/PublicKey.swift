internal import Crypto
package import FabricTypes

/// A certificate's public key.
///
/// Keys of other kinds than ECDSA and Ed25519 can be held and compared; they verify nothing here, as no identity may
/// use them. (RSA authorities are dealt with in ``Certificate``.)
package struct PublicKey: Sendable {
    package enum Algorithm: Hashable, Sendable {
        case ecdsa(EllipticCurve)
        case ed25519
        case rsa
        /// Known to be a public key and to nothing more.
        case unknown
    }

    private enum Material: Sendable {
        case p256(P256.Signing.PublicKey)
        case p384(P384.Signing.PublicKey)
        case p521(P521.Signing.PublicKey)
        case ed25519(Curve25519.Signing.PublicKey)
        case none
    }

    package let algorithm: Algorithm
    /// The DER encoding of `SubjectPublicKeyInfo`, as received.
    package let subjectPublicKeyInfo: Bytes
    /// SHA-256 of ``subjectPublicKeyInfo``: tells keys apart in tables.
    package let digest: FabricTypes.Digest
    /// The key's own bits: an uncompressed point, or Ed25519's 32 bytes.
    package let keyBytes: Bytes
    private let material: Material

    /// - Throws: ``DERError`` if the encoding is wrong, or is that of a known algorithm with an impossible key.
    package init(subjectPublicKeyInfo: Bytes) throws(DERError) {
        var outer = DERReader(subjectPublicKeyInfo)
        var reader = DERReader(try outer.read(.sequence))
        guard outer.isAtEnd else { throw DERError(.trailingBytes, offset: outer.position) }
        let identifier = try AlgorithmIdentifier(reader.read(.sequence))
        let keyBytes = try reader.readBitString().rightAligned
        self.subjectPublicKeyInfo = subjectPublicKeyInfo
        self.keyBytes = keyBytes
        digest = FabricTypes.Digest(of: subjectPublicKeyInfo)
        (algorithm, material) = try Self.read(identifier, keyBytes)
    }

    /// What key stores know the private key by: SHA-256 of the point, or of Ed25519's bytes.
    package var subjectKeyIdentifier: Bytes {
        FabricTypes.Digest(of: keyBytes).bytes
    }

    init(_ key: P256.Signing.PublicKey) {
        self.init(.ecdsa(.p256), .p256(key), keyBytes: Bytes(Array(key.x963Representation)))
    }

    init(_ key: P384.Signing.PublicKey) {
        self.init(.ecdsa(.p384), .p384(key), keyBytes: Bytes(Array(key.x963Representation)))
    }

    init(_ key: P521.Signing.PublicKey) {
        self.init(.ecdsa(.p521), .p521(key), keyBytes: Bytes(Array(key.x963Representation)))
    }

    init(_ key: Curve25519.Signing.PublicKey) {
        self.init(.ed25519, .ed25519(key), keyBytes: Bytes(Array(key.rawRepresentation)))
    }

    private init(_ algorithm: Algorithm, _ material: Material, keyBytes: Bytes) {
        let identifier: [UInt8] =
            if case .ecdsa(let curve) = algorithm {
                DERWriter.element(.objectIdentifier, ObjectIdentifiers.ecPublicKey)
                    + DERWriter.element(.objectIdentifier, curve.objectIdentifier)
            } else {
                DERWriter.element(.objectIdentifier, ObjectIdentifiers.ed25519)
            }
        self.algorithm = algorithm
        self.material = material
        self.keyBytes = keyBytes
        subjectPublicKeyInfo = Bytes(
            DERWriter.element(
                .sequence, DERWriter.element(.sequence, identifier) + DERWriter.bitString(keyBytes)))
        digest = FabricTypes.Digest(of: subjectPublicKeyInfo)
    }

    private static func read(
        _ identifier: AlgorithmIdentifier, _ keyBytes: Bytes
    ) throws(DERError) -> (Algorithm, Material) {
        switch identifier.algorithm {
        case ObjectIdentifiers.ecPublicKey:
            var parameters = DERReader(identifier.parameters)
            let curve = try parameters.readObjectIdentifier()
            // Only the uncompressed form is a key to Go.
            guard keyBytes.first == 4, let material = material(keyBytes.array, onCurve: curve) else {
                throw DERError(.invalidValue, offset: 0)
            }
            return material
        case ObjectIdentifiers.ed25519:
            guard identifier.parameters.isEmpty,
                let key = try? Curve25519.Signing.PublicKey(rawRepresentation: keyBytes.array)
            else { throw DERError(.invalidValue, offset: 0) }
            return (.ed25519, .ed25519(key))
        case ObjectIdentifiers.rsaEncryption:
            return (.rsa, .none)
        default:
            return (.unknown, .none)
        }
    }

    private static func material(_ point: [UInt8], onCurve identifier: Bytes) -> (Algorithm, Material)? {
        switch identifier {
        case ObjectIdentifiers.p256:
            (try? P256.Signing.PublicKey(x963Representation: point)).map { (.ecdsa(.p256), .p256($0)) }
        case ObjectIdentifiers.p384:
            (try? P384.Signing.PublicKey(x963Representation: point)).map { (.ecdsa(.p384), .p384($0)) }
        case ObjectIdentifiers.p521:
            (try? P521.Signing.PublicKey(x963Representation: point)).map { (.ecdsa(.p521), .p521($0)) }
        default:
            nil
        }
    }

    /// Whether `signature` is Fabric's over a message: ECDSA in DER with low s over the message's digest, or Ed25519
    /// over the message itself.
    ///
    /// - Parameter digest: the message's SHA-256, whatever the curve.
    func isMessageSignature(_ signature: Bytes, digest: some Crypto.Digest, message: () -> [UInt8]) -> Bool {
        switch algorithm {
        case .ecdsa(let curve):
            guard let parsed = try? ECDSASignature(derEncoded: signature), parsed.hasLowS(on: curve) else {
                return false
            }
            return isSignature(parsed, digest: digest)
        case .ed25519:
            return isEd25519Signature(signature, message: message())
        case .rsa, .unknown:
            return false
        }
    }

    /// Whether `signature` is ECDSA's over `digest`, whatever half its s lies in.
    func isSignature(_ signature: ECDSASignature, digest: some Crypto.Digest) -> Bool {
        guard case .ecdsa(let curve) = algorithm, let raw = signature.rawRepresentation(for: curve) else {
            return false
        }
        switch material {
        case .p256(let key):
            guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: raw) else { return false }
            return key.isValidSignature(signature, for: digest)
        case .p384(let key):
            guard let signature = try? P384.Signing.ECDSASignature(rawRepresentation: raw) else { return false }
            return key.isValidSignature(signature, for: digest)
        case .p521(let key):
            guard let signature = try? P521.Signing.ECDSASignature(rawRepresentation: raw) else { return false }
            return key.isValidSignature(signature, for: digest)
        case .ed25519, .none:
            return false
        }
    }

    func isEd25519Signature(_ signature: Bytes, message: [UInt8]) -> Bool {
        guard case .ed25519(let key) = material else { return false }
        return key.isValidSignature(signature.array, for: message)
    }
}

extension PublicKey: Hashable {
    package static func == (left: PublicKey, right: PublicKey) -> Bool {
        left.digest == right.digest
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(digest)
    }
}
