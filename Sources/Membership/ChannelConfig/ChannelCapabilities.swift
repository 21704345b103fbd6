internal import FabricTypes

/// What a channel demands of its nodes, on three levels. Of several names the highest counts.
///
/// Source: Fabric's `common/capabilities`.
package struct ChannelCapabilities: Hashable, Sendable {
    /// Of all nodes.
    package enum Channel: String, Sendable, Comparable, CaseIterable {
        case none = ""
        case v11 = "V1_1"
        case v13 = "V1_3"
        case v142 = "V1_4_2"
        case v143 = "V1_4_3"
        case v20 = "V2_0"
        case v30 = "V3_0"
    }

    /// Of orderers.
    package enum Orderer: String, Sendable, Comparable, CaseIterable {
        case none = ""
        case v11 = "V1_1"
        case v142 = "V1_4_2"
        case v20 = "V2_0"
    }

    /// Of peers.
    package enum Application: String, Sendable, Comparable, CaseIterable {
        case none = ""
        case v11 = "V1_1"
        case v12 = "V1_2"
        case v13 = "V1_3"
        case v142 = "V1_4_2"
        case v20 = "V2_0"
        case v25 = "V2_5"
    }

    package let channel: Channel
    package let orderer: Orderer
    package let application: Application

    package init(channel: Channel, orderer: Orderer, application: Application) {
        self.channel = channel
        self.orderer = orderer
        self.application = application
    }

    package static let standard = ChannelCapabilities(channel: .v20, orderer: .v20, application: .v25)

    /// By which rules identities are judged.
    package var mspVersion: MSPVersion { MSPVersion(channelCapabilities: [channel.rawValue]) }

    /// Whether orderer organisations give their own endpoints, and consensus may migrate.
    package var allowsOrganizationEndpoints: Bool { channel >= .v142 }

    /// Whether blocks may be signed by consenters named by number; then every orderer organisation gives endpoints.
    package var allowsBFT: Bool { channel >= .v30 }

    /// Whether private data may be purged.
    package var allowsPurge: Bool { application >= .v25 }

    /// Whether an orderer looks at the expiry of a sender's certificate.
    package var checksExpiry: Bool { orderer >= .v11 }
}

// The cases stand in ascending order.
extension CaseIterable where Self: RawRepresentable, Self: Equatable, RawValue == String {
    fileprivate static func isAscending(_ left: Self, _ right: Self) -> Bool {
        for level in allCases where level == left || level == right { return level == left && left != right }
        return false
    }
}

extension ChannelCapabilities.Channel {
    package static func < (left: Self, right: Self) -> Bool { isAscending(left, right) }
}

extension ChannelCapabilities.Orderer {
    package static func < (left: Self, right: Self) -> Bool { isAscending(left, right) }
}

extension ChannelCapabilities.Application {
    package static func < (left: Self, right: Self) -> Bool { isAscending(left, right) }
}

extension ChannelCapabilities {
    /// Reads the capabilities of all three groups.
    ///
    /// - Throws: ``ConfigError`` `unsupportedCapability` for a name that is not known here. Application capabilities
    ///   below V2_0 are known and refused: transactions were judged by other rules then.
    init(
        channel: Capabilities, orderer: Capabilities, application: Capabilities
    ) throws(ConfigError) {
        self.channel = try Self.highest(channel, of: "channel") ?? .none
        self.orderer = try Self.highest(orderer, of: "orderer") ?? .none
        self.application = try Self.highest(application, of: "application") ?? .none
        if self.application < .v20 {
            let level = self.application == .none ? "none" : self.application.rawValue
            throw ConfigError(
                .unsupportedCapability,
                "The channel's application capability is \(level): V2_0 or later is needed here. Raise it first.")
        }
    }

    private static func highest<Level>(_ capabilities: Capabilities, of kind: String) throws(ConfigError) -> Level?
    where Level: RawRepresentable, Level.RawValue == String, Level: Comparable {
        var highest: Level?
        for name in capabilities.capabilities.keys.sorted() {
            guard !name.isEmpty, let level = Level(rawValue: name.lossyText) else {
                throw ConfigError(
                    .unsupportedCapability,
                    "The channel demands the \(kind) capability \"\(name.lossyText)\", which this version does not know. "
                        + "Install a newer version.")
            }
            highest = highest.map { max($0, level) } ?? level
        }
        return highest
    }
}
