internal import FabricTypes

/// The name of one element of a configuration tree.
struct ConfigElementID: Hashable, Comparable {
    enum Kind: Int, Hashable {
        case group, value, policy
    }

    let kind: Kind
    /// From the root: `/Channel/Application/Org1`.
    let path: Bytes

    static let channel = ConfigElementID(kind: .group, path: Bytes("/Channel"))

    static func < (left: ConfigElementID, right: ConfigElementID) -> Bool {
        left.path == right.path ? left.kind.rawValue < right.kind.rawValue : left.path < right.path
    }

    /// An element that stands in this group.
    func child(_ kind: Kind, _ key: Bytes) -> ConfigElementID {
        ConfigElementID(kind: kind, path: Bytes(joining: [path, Bytes("/"), key]))
    }
}

extension ConfigElementID {
    /// The name in a stock node's messages, which aligns the paths of different kinds.
    var stockName: String { kind.stockPrefix + path.lossyText }
}

extension ConfigElementID.Kind {
    fileprivate var stockPrefix: String {
        switch self {
        case .group: "[Group]  "
        case .value: "[Value]  "
        case .policy: "[Policy] "
        }
    }
}

extension ConfigElementID: CustomStringConvertible {
    var description: String {
        switch kind {
        case .group: "group \(path.lossyText)"
        case .value: "value \(path.lossyText)"
        case .policy: "policy \(path.lossyText)"
        }
    }
}

/// A group, value or policy with the path of the group it stands in.
struct ConfigElement: Hashable {
    enum Content: Hashable {
        case group(ConfigGroup)
        case value(ConfigValue)
        case policy(ConfigPolicy)
    }

    let content: Content
    /// The group whose policies a relative `mod_policy` means, below the root: a group's own path, else its parent's.
    let policyGroup: Bytes

    var version: UInt64 {
        switch content {
        case .group(let group): group.version
        case .value(let value): value.version
        case .policy(let policy): policy.version
        }
    }

    var modPolicy: Bytes {
        switch content {
        case .group(let group): group.modPolicy
        case .value(let value): value.modPolicy
        case .policy(let policy): policy.modPolicy
        }
    }
}

/// A configuration tree as a flat table, the form in which updates are judged.
///
/// Source: Fabric's `configtx.mapConfig`.
struct ConfigElements {
    /// Longer names are refused.
    static let nameByteCountMax = 249
    /// How deep groups may stand within each other: three levels are in use.
    static let nestingMax = 8

    private(set) var table: [ConfigElementID: ConfigElement] = [:]

    /// - Parameter channelGroup: nil stands for a tree without any element.
    /// - Throws: ``ConfigError`` `invalidName` for a name that no element may have, or groups nested too deeply.
    init(_ channelGroup: ConfigGroup?) throws(ConfigError) {
        guard let channelGroup else { return }
        try insert(channelGroup, .channel, policyGroup: Bytes(), depth: 1)
    }

    private mutating func insert(
        _ group: ConfigGroup, _ id: ConfigElementID, policyGroup: Bytes, depth: Int
    ) throws(ConfigError) {
        guard depth <= Self.nestingMax else {
            throw ConfigError(.invalidName, "The \(id) stands deeper than \(Self.nestingMax) groups within each other.")
        }
        table[id] = ConfigElement(content: .group(group), policyGroup: policyGroup)
        for (key, child) in group.groups {
            try Self.checkName(key, of: .group, in: id)
            try insert(child, id.child(.group, key), policyGroup: policyGroup.joined(with: key), depth: depth + 1)
        }
        for (key, value) in group.values {
            try Self.checkName(key, of: .value, in: id)
            table[id.child(.value, key)] = ConfigElement(content: .value(value), policyGroup: policyGroup)
        }
        for (key, policy) in group.policies {
            try Self.checkName(key, of: .policy, in: id)
            table[id.child(.policy, key)] = ConfigElement(content: .policy(policy), policyGroup: policyGroup)
        }
    }

    subscript(id: ConfigElementID) -> ConfigElement? {
        get { table[id] }
        set { table[id] = newValue }
    }

    private static func checkName(
        _ name: Bytes, of kind: ConfigElementID.Kind, in group: ConfigElementID
    ) throws(ConfigError) {
        guard let reason = reasonToRefuse(name: name) else { return }
        throw ConfigError(
            .invalidName, "The \(group) holds a \(kind) named \"\(name.lossyText.prefix(300))\": \(reason).",
            stock: "illegal characters in key: \(kind.stockPrefix): \(stockReason(name: name))")
    }

    /// Nil for a name that an element may have: `[a-zA-Z0-9.-]+`, at most 249 bytes, neither `.` nor `..`.
    static func reasonToRefuse(name: Bytes) -> String? {
        if name.isEmpty { return "names must not be empty" }
        if name.count > nameByteCountMax { return "names have at most \(nameByteCountMax) bytes" }
        if name == Bytes(".") || name == Bytes("..") { return "this name is reserved" }
        guard name.allSatisfy(SignaturePolicyParser.isNameByte) else {
            return "names consist of letters, digits, \".\" and \"-\""
        }
        return nil
    }

    /// How a stock node refuses a name that ``reasonToRefuse(name:)`` refuses.
    static func stockReason(name: Bytes) -> String {
        if name.isEmpty { return "config ID illegal, cannot be empty" }
        if name.count > nameByteCountMax { return "config ID illegal, cannot be longer than \(nameByteCountMax)" }
        if name == Bytes(".") || name == Bytes("..") {
            return "name '\(name.lossyText)' for config ID is not allowed"
        }
        return "config ID '\(name.lossyText)' contains illegal characters"
    }
}
