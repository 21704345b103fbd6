/// The data of a CONFIG_UPDATE transaction: an encoded update with the signatures that authorise it.
///
/// Source: Fabric's `common.ConfigUpdateEnvelope`.
package struct ConfigUpdateEnvelope: WireMessage {
    package static let messageName = "common.ConfigUpdateEnvelope"

    /// The encoded ``ConfigUpdate``, exactly as it was signed.
    package var configUpdate = Bytes()
    package var signatures: [ConfigSignature] = []

    package init() {}

    package init(configUpdate: Bytes, signatures: [ConfigSignature]) {
        self.configUpdate = configUpdate
        self.signatures = signatures
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&configUpdate)
        case 2: try field.append(to: &signatures)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, configUpdate)
        writer.write(2, messages: signatures)
    }
}

/// One signature over `signatureHeader` followed by the encoded update.
///
/// Source: Fabric's `common.ConfigSignature`.
package struct ConfigSignature: WireMessage {
    package static let messageName = "common.ConfigSignature"

    /// The encoded `common.SignatureHeader`, exactly as it was signed.
    package var signatureHeader = Bytes()
    package var signature = Bytes()

    package init() {}

    package init(signatureHeader: Bytes, signature: Bytes) {
        self.signatureHeader = signatureHeader
        self.signature = signature
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&signatureHeader)
        case 2: field.read(&signature)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, signatureHeader)
        writer.write(2, signature)
    }
}
