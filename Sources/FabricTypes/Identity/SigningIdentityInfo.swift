/// A node's own certificate and, rarely, its private key, inside the configuration of its own MSP.
///
/// Source: Fabric's `msp.SigningIdentityInfo`.
package struct SigningIdentityInfo: WireMessage {
    package static let messageName = "msp.SigningIdentityInfo"

    /// PEM text of the certificate.
    package var publicSigner = Bytes()
    package var privateSigner: KeyInfo?

    package init() {}

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&publicSigner)
        case 2: try field.merge(into: &privateSigner)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, publicSigner)
        writer.write(2, message: privateSigner)
    }
}

/// A private key, or the name under which a key store has it.
///
/// Source: Fabric's `msp.KeyInfo`.
package struct KeyInfo: WireMessage {
    package static let messageName = "msp.KeyInfo"

    package var keyIdentifier = Bytes()
    /// PEM text of the key. A secret.
    package var keyMaterial = Bytes()

    package init() {}

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&keyIdentifier)
        case 2: field.read(&keyMaterial)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, keyIdentifier)
        writer.write(2, keyMaterial)
    }
}
