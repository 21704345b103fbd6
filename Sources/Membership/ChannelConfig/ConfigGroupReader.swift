internal import FabricTypes

/// A group of a configuration that is being read, with its path for errors.
struct ConfigGroupReader {
    let group: ConfigGroup
    let path: String

    /// - Parameter values: the keys that may stand here.
    /// - Throws: ``ConfigError`` `unknownElement` for any other value.
    init(_ group: ConfigGroup, path: String, values: Set<Bytes>) throws(ConfigError) {
        self.group = group
        self.path = path
        if let key = group.values.keys.sorted().first(where: { !values.contains($0) }) {
            throw ConfigError(
                .unknownElement, "The value \(path)/\(key.lossyText) is none that a channel has. Take it out.",
                stock: "failed to deserialize values: Unexpected key \(key.lossyText)")
        }
    }

    /// The value of a key; the empty message if it is absent, as in Fabric.
    func value<Message: WireMessage>(_ key: Bytes) throws(ConfigError) -> Message {
        try optionalValue(key) ?? Message()
    }

    func optionalValue<Message: WireMessage>(_ key: Bytes) throws(ConfigError) -> Message? {
        guard let value = group.values[key]?.value else { return nil }
        do throws(WireError) {
            return try Message(decoding: value)
        } catch {
            throw ConfigError(
                .malformed, "The value \(path)/\(key.lossyText) cannot be read: \(error)",
                stock: "failed to deserialize values: proto: cannot parse invalid wire-format data")
        }
    }

    func requiredValue<Message: WireMessage>(_ key: Bytes) throws(ConfigError) -> Message {
        guard let value: Message = try optionalValue(key) else {
            throw ConfigError(.missingElement, "The value \(path)/\(key.lossyText) is missing.")
        }
        return value
    }

    /// A mistake in a value that decodes.
    func invalid(_ key: Bytes, _ reason: String, stock: String? = nil) -> ConfigError {
        ConfigError(.invalidValue, "The value \(path)/\(key.lossyText) is not valid: \(reason).", stock: stock)
    }

    /// - Parameter kind: what the group is to a stock node.
    /// - Throws: ``ConfigError`` `unknownElement` if there are groups below.
    func checkHasNoGroups(kind: String) throws(ConfigError) {
        if let name = group.groups.keys.min() {
            throw ConfigError(
                .unknownElement, "The group \(path)/\(name.lossyText) stands below an organisation, where none may be.",
                stock: "\(kind) config does not allow sub-groups")
        }
    }
}
