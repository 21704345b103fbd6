/// Somebody a policy may ask for, as its classification and the encoded message that this classification names.
///
/// Source: Fabric's `common.MSPPrincipal`.
package struct MSPPrincipal: WireMessage {
    package static let messageName = "common.MSPPrincipal"

    /// An open protobuf enumeration: values unknown to us survive and are satisfied by nobody.
    package var classification: Int32 = 0
    package var principal = Bytes()

    package init() {}

    package init(classification: Int32, principal: Bytes) {
        self.classification = classification
        self.principal = principal
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&classification)
        case 2: field.read(&principal)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, classification)
        writer.write(2, principal)
    }
}
