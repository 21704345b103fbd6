/// An identity as it travels: the MSP it claims and its certificate as PEM text.
///
/// Being readable does not make it valid. Source: Fabric's `msp.SerializedIdentity`.
package struct SerializedIdentity: WireMessage {
    package static let messageName = "msp.SerializedIdentity"

    package var mspID = Bytes()
    package var idBytes = Bytes()

    package init() {}

    package init(mspID: MSPID, idBytes: Bytes) {
        self.mspID = mspID.bytes
        self.idBytes = idBytes
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&mspID)
        case 2: field.read(&idBytes)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, mspID)
        writer.write(2, idBytes)
    }
}
