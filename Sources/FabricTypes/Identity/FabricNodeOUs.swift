/// An organisational unit under a certificate authority of the MSP.
///
/// Source: Fabric's `msp.FabricOUIdentifier`.
package struct FabricOUIdentifier: WireMessage {
    package static let messageName = "msp.FabricOUIdentifier"

    /// PEM text of the authority; empty means any of the MSP's.
    package var certificate = Bytes()
    package var organizationalUnitIdentifier = Bytes()

    package init() {}

    package init(certificate: Bytes, organizationalUnitIdentifier: Bytes) {
        self.certificate = certificate
        self.organizationalUnitIdentifier = organizationalUnitIdentifier
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&certificate)
        case 2: try field.readUTF8(&organizationalUnitIdentifier)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, certificate)
        writer.write(2, organizationalUnitIdentifier)
    }
}

/// Which organisational units make an identity a client, a peer, an admin or an orderer. An absent entry switches its
/// class off.
///
/// Source: Fabric's `msp.FabricNodeOUs`.
package struct FabricNodeOUs: WireMessage {
    package static let messageName = "msp.FabricNodeOUs"

    package var isEnabled = false
    package var client: FabricOUIdentifier?
    package var peer: FabricOUIdentifier?
    package var admin: FabricOUIdentifier?
    package var orderer: FabricOUIdentifier?

    package init() {}

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&isEnabled)
        case 2: try field.merge(into: &client)
        case 3: try field.merge(into: &peer)
        case 4: try field.merge(into: &admin)
        case 5: try field.merge(into: &orderer)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, isEnabled)
        writer.write(2, message: client)
        writer.write(3, message: peer)
        writer.write(4, message: admin)
        writer.write(5, message: orderer)
    }
}
