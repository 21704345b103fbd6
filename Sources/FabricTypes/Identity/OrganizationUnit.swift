/// An organisational unit that a policy asks for.
///
/// Source: Fabric's `common.OrganizationUnit`.
package struct OrganizationUnit: WireMessage {
    package static let messageName = "common.OrganizationUnit"

    package var mspID = Bytes()
    package var organizationalUnitIdentifier = Bytes()
    /// Hash over the chain of authorities that must have issued the certificate.
    package var certifiersIdentifier = Bytes()

    package init() {}

    package init(mspID: MSPID, organizationalUnitIdentifier: Bytes, certifiersIdentifier: Bytes) {
        self.mspID = mspID.bytes
        self.organizationalUnitIdentifier = organizationalUnitIdentifier
        self.certifiersIdentifier = certifiersIdentifier
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&mspID)
        case 2: try field.readUTF8(&organizationalUnitIdentifier)
        case 3: field.read(&certifiersIdentifier)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, mspID)
        writer.write(2, organizationalUnitIdentifier)
        writer.write(3, certifiersIdentifier)
    }
}
