internal import FabricTypes

extension ConfigElements {
    /// The tree that hangs on the root, without what no group names any more.
    ///
    /// Elements of old channels that lack a `mod_policy` get `Admins`, once the orderer group has capabilities.
    /// Source: Fabric's `configtx.configMapToConfig`.
    ///
    /// - Throws: ``ConfigError`` `missingElement` if a group names an element that the table lacks.
    func tree() throws(ConfigError) -> ConfigGroup {
        let capabilities = ConfigElementID.channel.child(.group, ConfigKey.orderer)
            .child(.value, ConfigKey.capabilities)
        return try tree(at: .channel, fillsModPolicies: table[capabilities] != nil)
    }

    private func tree(at id: ConfigElementID, fillsModPolicies: Bool) throws(ConfigError) -> ConfigGroup {
        guard case .group(var group) = table[id]?.content else { throw missing(id) }
        for key in group.groups.keys {
            group.groups[key] = try tree(at: id.child(.group, key), fillsModPolicies: fillsModPolicies)
        }
        for key in group.values.keys {
            let childID = id.child(.value, key)
            guard case .value(var value) = table[childID]?.content else { throw missing(childID) }
            if fillsModPolicies, value.modPolicy.isEmpty { value.modPolicy = ConfigKey.admins }
            group.values[key] = value
        }
        for key in group.policies.keys {
            let childID = id.child(.policy, key)
            guard case .policy(var policy) = table[childID]?.content else { throw missing(childID) }
            if fillsModPolicies, policy.modPolicy.isEmpty { policy.modPolicy = ConfigKey.admins }
            group.policies[key] = policy
        }
        if fillsModPolicies, group.modPolicy.isEmpty { group.modPolicy = ConfigKey.admins }
        return group
    }

    private func missing(_ id: ConfigElementID) -> ConfigError {
        ConfigError(.missingElement, "The \(id) is named by its group, but is not there.")
    }
}
