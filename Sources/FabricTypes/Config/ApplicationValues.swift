// The values of the group /Channel/Application and of its organisations.

/// Which policy guards which resource, where the channel deviates from the defaults.
///
/// Source: Fabric's `protos.ACLs`.
package struct ACLs: WireMessage {
    package static let messageName = "protos.ACLs"

    /// Source: Fabric's `protos.APIResource`.
    package struct APIResource: WireMessage {
        package static let messageName = "protos.APIResource"

        /// A policy's path, or its name within `/Channel/Application`.
        package var policyReference = Bytes()

        package init() {}

        package init(policyReference: Bytes) {
            self.policyReference = policyReference
        }

        package mutating func merge(_ field: WireField) throws(WireError) {
            if field.number == 1 { try field.readUTF8(&policyReference) }
        }

        package func encode(to writer: inout WireWriter) {
            writer.write(1, policyReference)
        }
    }

    package var acls: [Bytes: APIResource] = [:]

    package init() {}

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 1 { try field.merge(into: &acls) }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, map: acls)
    }
}

/// The peers through which an organisation's other peers can be found.
///
/// Source: Fabric's `protos.AnchorPeers`.
package struct AnchorPeers: WireMessage {
    package static let messageName = "protos.AnchorPeers"

    /// Source: Fabric's `protos.AnchorPeer`.
    package struct AnchorPeer: WireMessage {
        package static let messageName = "protos.AnchorPeer"

        package var host = ""
        package var port: Int32 = 0

        package init() {}

        package init(host: String, port: Int32) {
            self.host = host
            self.port = port
        }

        package mutating func merge(_ field: WireField) throws(WireError) {
            switch field.number {
            case 1: try field.read(&host)
            case 2: field.read(&port)
            default: break
            }
        }

        package func encode(to writer: inout WireWriter) {
            writer.write(1, host)
            writer.write(2, port)
        }
    }

    package var anchorPeers: [AnchorPeer] = []

    package init() {}

    package init(anchorPeers: [AnchorPeer]) {
        self.anchorPeers = anchorPeers
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 1 { try field.append(to: &anchorPeers) }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, messages: anchorPeers)
    }
}
