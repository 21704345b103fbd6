package import FabricTypes

/// Which algorithm a key or signature is of, with whatever parameters it has.
///
/// Source: `AlgorithmIdentifier` in RFC 5280, section 4.1.1.2.
package struct AlgorithmIdentifier: Hashable, Sendable {
    /// The content of the object identifier.
    package let algorithm: Bytes
    /// The encoded parameters; empty if there are none.
    package let parameters: Bytes

    /// Reads the content of the SEQUENCE.
    package init(_ content: Bytes) throws(DERError) {
        var reader = DERReader(content)
        algorithm = try reader.readObjectIdentifier()
        parameters = reader.isAtEnd ? Bytes() : try reader.read().encoded
    }

    /// Whether it names ECDSA signatures, of which each exists in two forms.
    package var isECDSA: Bool {
        switch algorithm {
        case ObjectIdentifiers.ecdsaWithSHA1, ObjectIdentifiers.ecdsaWithSHA256, ObjectIdentifiers.ecdsaWithSHA384,
            ObjectIdentifiers.ecdsaWithSHA512:
            true
        default: false
        }
    }
}

/// The contents of the object identifiers that certificates use here.
package enum ObjectIdentifiers {
    // Public keys: RFC 5480, RFC 8410, RFC 3279.
    package static let ecPublicKey: Bytes = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]
    package static let p256: Bytes = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]
    package static let p384: Bytes = [0x2B, 0x81, 0x04, 0x00, 0x22]
    package static let p521: Bytes = [0x2B, 0x81, 0x04, 0x00, 0x23]
    package static let ed25519: Bytes = [0x2B, 0x65, 0x70]
    package static let rsaEncryption: Bytes = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]

    // Signatures: RFC 5758, RFC 4055.
    package static let ecdsaWithSHA1: Bytes = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x01]
    package static let ecdsaWithSHA256: Bytes = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02]
    package static let ecdsaWithSHA384: Bytes = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x03]
    package static let ecdsaWithSHA512: Bytes = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x04]
    package static let sha1WithRSA: Bytes = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x05]
    package static let sha256WithRSA: Bytes = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B]
    package static let sha384WithRSA: Bytes = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0C]
    package static let sha512WithRSA: Bytes = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0D]

    // Name attributes: RFC 5280, appendix A.1.
    package static let commonName: Bytes = [0x55, 0x04, 0x03]
    package static let organizationalUnit: Bytes = [0x55, 0x04, 0x0B]

    // Extensions: RFC 5280, section 4.2, and Fabric CA's attributes.
    package static let subjectKeyIdentifier: Bytes = [0x55, 0x1D, 0x0E]
    package static let keyUsage: Bytes = [0x55, 0x1D, 0x0F]
    package static let subjectAlternativeName: Bytes = [0x55, 0x1D, 0x11]
    package static let basicConstraints: Bytes = [0x55, 0x1D, 0x13]
    package static let nameConstraints: Bytes = [0x55, 0x1D, 0x1E]
    package static let crlDistributionPoints: Bytes = [0x55, 0x1D, 0x1F]
    package static let certificatePolicies: Bytes = [0x55, 0x1D, 0x20]
    package static let policyMappings: Bytes = [0x55, 0x1D, 0x21]
    package static let authorityKeyIdentifier: Bytes = [0x55, 0x1D, 0x23]
    package static let policyConstraints: Bytes = [0x55, 0x1D, 0x24]
    package static let extendedKeyUsage: Bytes = [0x55, 0x1D, 0x25]
    package static let inhibitAnyPolicy: Bytes = [0x55, 0x1D, 0x36]
    package static let authorityInformationAccess: Bytes = [0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x01]
    /// 1.2.3.4.5.6.7.8.1
    package static let fabricAttributes: Bytes = [0x2A, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x01]

    // Extended key usages.
    package static let anyExtendedKeyUsage: Bytes = [0x55, 0x1D, 0x25, 0x00]
    package static let serverAuthentication: Bytes = [0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01]
    package static let clientAuthentication: Bytes = [0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02]
}
