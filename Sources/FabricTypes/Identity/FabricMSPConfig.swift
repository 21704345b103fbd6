/// The certificates and rules of an X.509 MSP. Certificates and revocation lists are PEM text.
///
/// Source: Fabric's `msp.FabricMSPConfig`.
package struct FabricMSPConfig: WireMessage {
    package static let messageName = "msp.FabricMSPConfig"

    /// The MSP ID.
    package var name = Bytes()
    package var rootCertificates: [Bytes] = []
    package var intermediateCertificates: [Bytes] = []
    package var admins: [Bytes] = []
    package var revocationLists: [Bytes] = []
    /// Only in the configuration of a node's own MSP.
    package var signingIdentity: SigningIdentityInfo?
    package var organizationalUnitIdentifiers: [FabricOUIdentifier] = []
    package var cryptoConfig: FabricCryptoConfig?
    package var tlsRootCertificates: [Bytes] = []
    package var tlsIntermediateCertificates: [Bytes] = []
    package var nodeOUs: FabricNodeOUs?

    package init() {}

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&name)
        case 2: field.append(to: &rootCertificates)
        case 3: field.append(to: &intermediateCertificates)
        case 4: field.append(to: &admins)
        case 5: field.append(to: &revocationLists)
        case 6: try field.merge(into: &signingIdentity)
        case 7: try field.append(to: &organizationalUnitIdentifiers)
        case 8: try field.merge(into: &cryptoConfig)
        case 9: field.append(to: &tlsRootCertificates)
        case 10: field.append(to: &tlsIntermediateCertificates)
        case 11: try field.merge(into: &nodeOUs)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, name)
        writer.write(2, repeated: rootCertificates)
        writer.write(3, repeated: intermediateCertificates)
        writer.write(4, repeated: admins)
        writer.write(5, repeated: revocationLists)
        writer.write(6, message: signingIdentity)
        writer.write(7, messages: organizationalUnitIdentifiers)
        writer.write(8, message: cryptoConfig)
        writer.write(9, repeated: tlsRootCertificates)
        writer.write(10, repeated: tlsIntermediateCertificates)
        writer.write(11, message: nodeOUs)
    }
}

/// Which hashes an MSP uses; empty names stand for the defaults.
///
/// Source: Fabric's `msp.FabricCryptoConfig`.
package struct FabricCryptoConfig: WireMessage {
    package static let messageName = "msp.FabricCryptoConfig"

    /// `SHA2` (default) or `SHA3`: what is signed is the 256-bit hash of this family.
    package var signatureHashFamily = Bytes()
    /// `SHA256` (default), `SHA384`, `SHA3_256` or `SHA3_384`.
    package var identityIdentifierHashFunction = Bytes()

    package init() {}

    package init(signatureHashFamily: Bytes, identityIdentifierHashFunction: Bytes) {
        self.signatureHashFamily = signatureHashFamily
        self.identityIdentifierHashFunction = identityIdentifierHashFunction
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&signatureHashFamily)
        case 2: try field.readUTF8(&identityIdentifierHashFunction)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, signatureHashFamily)
        writer.write(2, identityIdentifierHashFunction)
    }
}
