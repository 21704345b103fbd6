/// The private data collections of a chaincode.
///
/// Source: Fabric's `protos.CollectionConfigPackage`.
package struct CollectionConfigPackage: WireMessage {
    package static let messageName = "protos.CollectionConfigPackage"

    package var configs: [CollectionConfig] = []

    package init() {}

    package init(_ collections: [StaticCollectionConfig]) {
        configs = collections.map { CollectionConfig($0) }
    }

    /// The collections of a kind we know; there is only one.
    package var collections: [StaticCollectionConfig] { configs.compactMap(\.staticConfig) }

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 1 { try field.append(to: &configs) }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, messages: configs)
    }
}

/// One collection, of a kind that the message says. Source: Fabric's `protos.CollectionConfig`.
package struct CollectionConfig: WireMessage {
    package static let messageName = "protos.CollectionConfig"

    /// Nil for a kind we do not know.
    package var staticConfig: StaticCollectionConfig?

    package init() {}

    package init(_ staticConfig: StaticCollectionConfig) {
        self.staticConfig = staticConfig
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 1 { try field.merge(into: &staticConfig) }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, message: staticConfig)
    }
}

/// Who holds a collection's data, and for how long.
///
/// Source: Fabric's `protos.StaticCollectionConfig`.
package struct StaticCollectionConfig: WireMessage {
    package static let messageName = "protos.StaticCollectionConfig"

    package var name = Bytes()
    package var memberOrganizationsPolicy: CollectionPolicyConfig?
    /// How many peers of other members must have got the data before an endorser signs.
    package var requiredPeerCount: Int32 = 0
    /// To how many peers an endorser hands the data at most.
    package var maximumPeerCount: Int32 = 0
    /// How many blocks the data lives beyond its own; 0 for ever.
    package var blocksToLive: UInt64 = 0
    package var isMemberOnlyRead = false
    package var isMemberOnlyWrite = false
    /// Stands in for the chaincode's policy; nil to keep that one.
    package var endorsementPolicy: ApplicationPolicy?

    package init() {}

    package init(
        name: Bytes, memberOrganizationsPolicy: SignaturePolicyEnvelope, requiredPeerCount: Int32 = 0,
        maximumPeerCount: Int32 = 1, blocksToLive: UInt64 = 0, isMemberOnlyRead: Bool = false,
        isMemberOnlyWrite: Bool = false, endorsementPolicy: ApplicationPolicy? = nil
    ) {
        self.name = name
        self.memberOrganizationsPolicy = CollectionPolicyConfig(memberOrganizationsPolicy)
        self.requiredPeerCount = requiredPeerCount
        self.maximumPeerCount = maximumPeerCount
        self.blocksToLive = blocksToLive
        self.isMemberOnlyRead = isMemberOnlyRead
        self.isMemberOnlyWrite = isMemberOnlyWrite
        self.endorsementPolicy = endorsementPolicy
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&name)
        case 2: try field.merge(into: &memberOrganizationsPolicy)
        case 3: field.read(&requiredPeerCount)
        case 4: field.read(&maximumPeerCount)
        case 5: field.read(&blocksToLive)
        case 6: field.read(&isMemberOnlyRead)
        case 7: field.read(&isMemberOnlyWrite)
        case 8: try field.merge(into: &endorsementPolicy)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, name)
        writer.write(2, message: memberOrganizationsPolicy)
        writer.write(3, requiredPeerCount)
        writer.write(4, maximumPeerCount)
        writer.write(5, blocksToLive)
        writer.write(6, isMemberOnlyRead)
        writer.write(7, isMemberOnlyWrite)
        writer.write(8, message: endorsementPolicy)
    }
}

/// Source: Fabric's `protos.CollectionPolicyConfig`.
package struct CollectionPolicyConfig: WireMessage {
    package static let messageName = "protos.CollectionPolicyConfig"

    package var signaturePolicy: SignaturePolicyEnvelope?

    package init() {}

    package init(_ signaturePolicy: SignaturePolicyEnvelope) {
        self.signaturePolicy = signaturePolicy
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 1 { try field.merge(into: &signaturePolicy) }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, message: signaturePolicy)
    }
}
