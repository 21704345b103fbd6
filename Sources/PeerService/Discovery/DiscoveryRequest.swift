package import FabricTypes

/// Source: Fabric's `discovery.SignedRequest`.
package struct SignedDiscoveryRequest: WireMessage {
    package static let messageName = "discovery.SignedRequest"

    /// An encoded ``DiscoveryRequest``. The signature covers these bytes.
    package var payload = Bytes()
    package var signature = Bytes()

    package init() {}

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

/// Source: Fabric's `discovery.Request`.
struct DiscoveryRequest: WireMessage {
    static let messageName = "discovery.Request"

    var authentication: DiscoveryAuthentication?
    var queries: [DiscoveryQuery] = []

    mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.merge(into: &authentication)
        case 2: try field.append(to: &queries)
        default: break
        }
    }

    func encode(to writer: inout WireWriter) {
        writer.write(1, message: authentication)
        writer.write(2, messages: queries)
    }
}

/// Source: Fabric's `discovery.AuthInfo`.
struct DiscoveryAuthentication: WireMessage {
    static let messageName = "discovery.AuthInfo"

    /// An encoded ``SerializedIdentity``.
    var clientIdentity = Bytes()
    var clientTLSCertificateHash = Bytes()

    mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&clientIdentity)
        case 2: field.read(&clientTLSCertificateHash)
        default: break
        }
    }

    func encode(to writer: inout WireWriter) {
        writer.write(1, clientIdentity)
        writer.write(2, clientTLSCertificateHash)
    }
}

/// Source: Fabric's `discovery.Query`, with the messages of its oneof.
struct DiscoveryQuery: WireMessage {
    static let messageName = "discovery.Query"

    enum Kind: Hashable {
        case config
        case peers(DiscoveryInterests)
        case endorsers(DiscoveryInterests)
        case localPeers
    }

    var channel = Bytes()
    /// Nil where it is one that we do not know, or none.
    var kind: Kind?

    mutating func merge(_ field: WireField) throws(WireError) {
        var interests = DiscoveryInterests()
        switch field.number {
        case 1: try field.readUTF8(&channel)
        case 2:
            try field.merge(into: &interests)
            kind = .config
        case 3:
            try field.merge(into: &interests)
            kind = .peers(interests)
        case 4:
            try field.merge(into: &interests)
            kind = .endorsers(interests)
        case 5:
            try field.merge(into: &interests)
            kind = .localPeers
        default: break
        }
    }

    func encode(to writer: inout WireWriter) {
        writer.write(1, channel)
        switch kind {
        case .config: writer.write(2, message: DiscoveryInterests())
        case .peers(let filter): writer.write(3, message: filter)
        case .endorsers(let interests): writer.write(4, message: interests)
        case .localPeers: writer.write(5, message: DiscoveryInterests())
        case nil: break
        }
    }
}

/// `discovery.ChaincodeQuery`, and `PeerMembershipQuery`, which has at most one of the same field.
struct DiscoveryInterests: WireMessage {
    static let messageName = "discovery.ChaincodeQuery"

    var interests: [ChaincodeInterest] = []

    mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 1 { try field.append(to: &interests) }
    }

    func encode(to writer: inout WireWriter) {
        writer.write(1, messages: interests)
    }
}
