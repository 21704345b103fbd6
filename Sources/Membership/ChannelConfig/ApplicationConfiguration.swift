package import FabricTypes

/// Who uses a channel, and who may do what there: the group /Channel/Application.
package struct ApplicationConfiguration: Hashable, Sendable {
    /// In the order of their names.
    package let organizations: [OrganizationConfiguration]
    /// The policies that the channel sets for resources, as absolute paths. Entries without a policy are left out.
    package let aclPolicies: [Bytes: PolicyPath]

    private let indexByMSPID: [MSPID: Int]

    init(_ group: ConfigGroup, capabilities: ChannelCapabilities) throws(ConfigError) {
        let reader = try ConfigGroupReader(
            group, path: "/Channel/Application", values: [ConfigKey.acls, ConfigKey.capabilities])
        let acls: ACLs = try reader.value(ConfigKey.acls)
        if capabilities.application < .v12, group.values[ConfigKey.acls] != nil {
            throw reader.invalid(
                ConfigKey.acls, "ACLs need application capability V1_2 or later",
                stock: "ACLs may not be specified without the required capability")
        }
        var policies: [Bytes: PolicyPath] = [:]
        for (resource, acl) in acls.acls where !acl.policyReference.isEmpty {
            let isAbsolute = acl.policyReference.first == UInt8(ascii: "/")
            policies[resource] = PolicyPath(
                isAbsolute
                    ? acl.policyReference : Bytes(joining: [Bytes("/Channel/Application/"), acl.policyReference]))
        }
        aclPolicies = policies
        var organizations: [OrganizationConfiguration] = []
        for name in group.groups.keys.sorted() {
            guard let organization = group.groups[name] else { continue }
            organizations.append(try OrganizationConfiguration(applicationGroup: organization, name: name))
        }
        self.organizations = organizations
        indexByMSPID = Dictionary(
            organizations.enumerated().map { ($0.element.mspID, $0.offset) }
        ) { first, _ in first }
    }

    /// The organisation with an MSP ID; of several the first by name.
    package func organization(_ mspID: MSPID) -> OrganizationConfiguration? {
        indexByMSPID[mspID].map { organizations[$0] }
    }

    package var mspIDs: Set<MSPID> { Set(indexByMSPID.keys) }
}
