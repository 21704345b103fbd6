/// Who signed, and the nonce that makes the transaction's id unique.
///
/// Source: Fabric's `common.SignatureHeader`.
package struct SignatureHeader: WireMessage {
    package static let messageName = "common.SignatureHeader"

    /// An encoded ``SerializedIdentity``, kept as received because hashes and signatures cover it.
    package var creator = Bytes()
    package var nonce = Bytes()

    package init() {}

    package init(creator: Bytes, nonce: Bytes) {
        self.creator = creator
        self.nonce = nonce
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&creator)
        case 2: field.read(&nonce)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, creator)
        writer.write(2, nonce)
    }
}
