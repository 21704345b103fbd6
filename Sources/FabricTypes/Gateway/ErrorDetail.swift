/// What one of the nodes that a gateway asked said, in the details of a call's status.
///
/// Official clients decode every detail of a status as this. Source: Fabric's `gateway.ErrorDetail`.
package struct ErrorDetail: WireMessage {
    package static let messageName = "gateway.ErrorDetail"

    /// `host:port` of the node.
    package var address = Bytes()
    package var mspID = Bytes()
    package var message = Bytes()

    package init() {}

    package init(address: String, mspID: MSPID, message: String) {
        self.address = Bytes(address)
        self.mspID = mspID.bytes
        self.message = Bytes(message)
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&address)
        case 2: try field.readUTF8(&mspID)
        case 3: try field.readUTF8(&message)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, address)
        writer.write(2, mspID)
        writer.write(3, message)
    }
}
