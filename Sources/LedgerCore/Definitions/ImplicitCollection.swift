package import FabricTypes

/// The collection that every organisation of a channel has in every chaincode without anybody defining it.
///
/// Source: Fabric's `implicitcollection`.
package enum ImplicitCollection {
    private static let prefix = Bytes("_implicit_org_")

    package static func name(of organization: MSPID) -> Bytes {
        Bytes(prefix.array + organization.bytes.array)
    }

    /// The organisation whose implicit collection has this name, which may be no member of the channel; nil for any other
    /// name.
    package static func organization(of collection: Bytes) -> MSPID? {
        guard collection.starts(with: prefix) else { return nil }
        return MSPID(unchecked: collection[prefix.count..<collection.count])
    }

    /// How an organisation's peers treat the collection.
    ///
    /// - Parameters:
    ///   - requiredPeerCount: 0 unless the node is told otherwise.
    ///   - maximumPeerCount: 1 among the organisation's own peers, 0 for everybody else's.
    package static func configuration(
        of organization: MSPID, requiredPeerCount: Int32 = 0, maximumPeerCount: Int32
    ) -> StaticCollectionConfig {
        let anyMember = SignaturePolicyEnvelope(
            rule: .nOutOf(1, [.signedBy(0)]), identities: [MSPPrincipal(MSPRole(.member, of: organization))])
        return StaticCollectionConfig(
            name: name(of: organization), memberOrganizationsPolicy: anyMember,
            requiredPeerCount: requiredPeerCount, maximumPeerCount: maximumPeerCount)
    }
}
