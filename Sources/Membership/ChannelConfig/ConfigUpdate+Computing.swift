package import FabricTypes

extension ConfigUpdate {
    /// The update that turns one configuration into another, as Fabric's `configtxlator compute_update` makes it.
    ///
    /// A changed value or policy goes up by one version, alone. A group goes up when the names of its elements or its
    /// `mod_policy` change; it then lists all that stays, too. Versions within `target` are ignored.
    ///
    /// - Throws: ``ConfigError`` `nothingChanges` if the two are equal, versions aside.
    package init(channelID: ChannelID, from original: ConfigGroup, to target: ConfigGroup) throws(ConfigError) {
        guard let difference = GroupDifference(from: original, to: target) else {
            throw ConfigError(.nothingChanges, "The two configurations of channel \"\(channelID)\" are the same.")
        }
        self.init()
        self.channelID = Bytes(channelID.rawValue)
        readSet = difference.readSet
        writeSet = difference.writeSet
    }
}

/// What a group relies on and what it sets when it changes.
private struct GroupDifference {
    let readSet: ConfigGroup
    let writeSet: ConfigGroup

    /// Nil if nothing changes in the group.
    init?(from original: ConfigGroup, to target: ConfigGroup) {
        var readSet = ConfigGroup()
        var writeSet = ConfigGroup()
        // What stays as it is, to be listed if the group itself changes.
        var same = ConfigGroup()

        for (key, old) in original.groups {
            guard let new = target.groups[key] else { continue }
            if let difference = GroupDifference(from: old, to: new) {
                readSet.groups[key] = difference.readSet
                writeSet.groups[key] = difference.writeSet
            } else {
                same.groups[key] = ConfigGroup(version: old.version)
            }
        }
        for (key, old) in original.values {
            guard let new = target.values[key] else { continue }
            if old.modPolicy == new.modPolicy, old.value == new.value {
                same.values[key] = ConfigValue(version: old.version)
            } else {
                writeSet.values[key] = ConfigValue(version: old.version &+ 1, of: new)
            }
        }
        for (key, old) in original.policies {
            guard let new = target.policies[key] else { continue }
            if old.modPolicy == new.modPolicy, old.policy == new.policy {
                same.policies[key] = ConfigPolicy(version: old.version)
            } else {
                writeSet.policies[key] = ConfigPolicy(version: old.version &+ 1, of: new)
            }
        }
        for (key, new) in target.groups where original.groups[key] == nil { writeSet.groups[key] = new.atFirstVersion }
        for (key, new) in target.values where original.values[key] == nil {
            writeSet.values[key] = ConfigValue(version: 0, of: new)
        }
        for (key, new) in target.policies where original.policies[key] == nil {
            writeSet.policies[key] = ConfigPolicy(version: 0, of: new)
        }

        readSet.version = original.version
        writeSet.version = original.version
        let hasSameMembers =
            original.groups.keys == target.groups.keys && original.values.keys == target.values.keys
            && original.policies.keys == target.policies.keys
        if hasSameMembers, original.modPolicy == target.modPolicy {
            if writeSet.isLeaf { return nil }
        } else {
            // Updates whose membership changes are rare and the counts small: merging is plain, not clever.
            readSet.groups.merge(same.groups) { listed, _ in listed }
            readSet.values.merge(same.values) { listed, _ in listed }
            readSet.policies.merge(same.policies) { listed, _ in listed }
            writeSet.groups.merge(same.groups) { listed, _ in listed }
            writeSet.values.merge(same.values) { listed, _ in listed }
            writeSet.policies.merge(same.policies) { listed, _ in listed }
            writeSet.version = original.version &+ 1
            writeSet.modPolicy = target.modPolicy
        }
        self.readSet = readSet
        self.writeSet = writeSet
    }
}

extension ConfigGroup {
    fileprivate init(version: UInt64) {
        self.init()
        self.version = version
    }

    fileprivate var isLeaf: Bool { groups.isEmpty && values.isEmpty && policies.isEmpty }

    /// The same tree as a new one, all versions 0.
    fileprivate var atFirstVersion: ConfigGroup {
        var group = ConfigGroup()
        group.modPolicy = modPolicy
        group.groups = groups.mapValues(\.atFirstVersion)
        group.values = values.mapValues { ConfigValue(version: 0, of: $0) }
        group.policies = policies.mapValues { ConfigPolicy(version: 0, of: $0) }
        return group
    }
}

extension ConfigValue {
    fileprivate init(version: UInt64, of source: ConfigValue? = nil) {
        self.init()
        self.version = version
        value = source?.value ?? Bytes()
        modPolicy = source?.modPolicy ?? Bytes()
    }
}

extension ConfigPolicy {
    fileprivate init(version: UInt64, of source: ConfigPolicy? = nil) {
        self.init()
        self.version = version
        policy = source?.policy
        modPolicy = source?.modPolicy ?? Bytes()
    }
}
