internal import FabricTypes

/// A private key as files hold it.
///
/// Sources: PKCS #8 in RFC 5958, SEC 1 in RFC 5915, Ed25519 in RFC 8410.
struct PrivateKeyEncoding {
    let algorithm: PrivateKey.Algorithm
    /// At the curve's width.
    let keyBytes: [UInt8]

    init(algorithm: PrivateKey.Algorithm, keyBytes: [UInt8]) {
        self.algorithm = algorithm
        self.keyBytes = keyBytes
    }

    /// Reads either form.
    init(_ bytes: Bytes) throws(DERError) {
        var outer = DERReader(bytes)
        var reader = DERReader(try outer.read(.sequence))
        _ = try reader.readSmallInteger()
        guard reader.isNext(.sequence) else {
            try self.init(sec1: bytes, curve: nil)
            return
        }
        let identifier = try AlgorithmIdentifier(try reader.read(.sequence))
        let key = try reader.read(.octetString)
        switch identifier.algorithm {
        case ObjectIdentifiers.ed25519:
            var inner = DERReader(key)
            self.init(algorithm: .ed25519, keyBytes: try inner.read(.octetString).array)
        case ObjectIdentifiers.ecPublicKey:
            var parameters = DERReader(identifier.parameters)
            try self.init(sec1: key, curve: try Self.curve(try parameters.readObjectIdentifier()))
        default:
            throw DERError(.invalidValue, offset: 0)
        }
    }

    private init(sec1 bytes: Bytes, curve outerCurve: EllipticCurve?) throws(DERError) {
        var outer = DERReader(bytes)
        var reader = DERReader(try outer.read(.sequence))
        _ = try reader.readSmallInteger()
        let key = try reader.read(.octetString)
        var curve = outerCurve
        if let parameters = try reader.readIfPresent(.constructed(0)), curve == nil {
            var inner = DERReader(parameters)
            curve = try Self.curve(try inner.readObjectIdentifier())
        }
        // Some writers leave out leading zero bytes, some write more than there are.
        let significant = key.drop { $0 == 0 }
        guard let curve, significant.count <= curve.byteCount else { throw DERError(.invalidValue, offset: 0) }
        self.init(
            algorithm: .ecdsa(curve),
            keyBytes: [UInt8](repeating: 0, count: curve.byteCount - significant.count) + significant)
    }

    private static func curve(_ identifier: Bytes) throws(DERError) -> EllipticCurve {
        guard let curve = EllipticCurve.allCases.first(where: { $0.objectIdentifier == identifier }) else {
            throw DERError(.invalidValue, offset: 0)
        }
        return curve
    }

    /// PKCS #8 as Go and OpenSSL write it: ECDSA with the public key within.
    func pkcs8(publicKey: Bytes) -> Bytes {
        let identifier: [UInt8]
        let key: [UInt8]
        switch algorithm {
        case .ed25519:
            identifier = DERWriter.element(.objectIdentifier, ObjectIdentifiers.ed25519)
            key = DERWriter.element(.octetString, keyBytes)
        case .ecdsa(let curve):
            identifier =
                DERWriter.element(.objectIdentifier, ObjectIdentifiers.ecPublicKey)
                + DERWriter.element(.objectIdentifier, curve.objectIdentifier)
            key = DERWriter.element(
                .sequence,
                DERWriter.unsignedInteger([1]) + DERWriter.element(.octetString, keyBytes)
                    + DERWriter.element(.constructed(1), DERWriter.bitString(publicKey)))
        }
        return Bytes(
            DERWriter.element(
                .sequence,
                DERWriter.unsignedInteger([0]) + DERWriter.element(.sequence, identifier)
                    + DERWriter.element(.octetString, key)))
    }
}
