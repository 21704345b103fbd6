/// A signed message: to the orderer, in a block, to a deliver service.
///
/// The signature covers `payload` as it stands; decoding it never changes what is verified. Source: Fabric's
/// `common.Envelope`.
package struct Envelope: WireMessage {
    package static let messageName = "common.Envelope"

    /// An encoded ``Payload``.
    package var payload = Bytes()
    package var signature = Bytes()

    package init() {}

    package init(payload: Bytes, signature: Bytes) {
        self.payload = payload
        self.signature = signature
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&payload)
        case 2: field.read(&signature)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, payload)
        writer.write(2, signature)
    }
}
