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

/// The capabilities of all three groups as they stand, with the names that are not known.
struct ReceivedCapabilities {
    /// The highest of the known names.
    let known: ChannelCapabilities
    private let unknownNames: (channel: [Bytes], orderer: [Bytes], application: [Bytes])

    init(channel: Capabilities, orderer: Capabilities, application: Capabilities) {
        func read<Level: CaseIterable>(_ capabilities: Capabilities, _: Level.Type) -> (
            highest: Level?, unknown: [Bytes]
        )
        where Level: RawRepresentable, Level.RawValue == String {
            let names = Set(capabilities.capabilities.keys)
            let levels = Level.allCases.filter { !$0.rawValue.isEmpty }
            // The cases stand in ascending order.
            let highest = levels.filter { names.contains(Bytes($0.rawValue)) }.map { $0 }.last
            return (highest, names.subtracting(levels.map { Bytes($0.rawValue) }).sorted())
        }
        let channel = read(channel, ChannelCapabilities.Channel.self)
        let orderer = read(orderer, ChannelCapabilities.Orderer.self)
        let application = read(application, ChannelCapabilities.Application.self)
        known = ChannelCapabilities(
            channel: channel.highest ?? .none, orderer: orderer.highest ?? .none,
            application: application.highest ?? .none)
        unknownNames = (channel.unknown, orderer.unknown, application.unknown)
    }

    /// - Throws: ``ConfigError`` `unsupportedCapability` for a name that is not known here, and for application
    ///   capabilities below V2_0: transactions were judged by other rules then.
    func checkAreSupported() throws(ConfigError) {
        try Self.check(unknownNames.orderer, kind: "Orderer")
        try Self.check(unknownNames.channel, kind: "Channel")
        try Self.check(unknownNames.application, kind: "Application")
        if known.application < .v20 {
            let level = known.application == .none ? "none" : known.application.rawValue
            throw ConfigError(
                .unsupportedCapability,
                "The channel's application capability is \(level): V2_0 or later is needed here. Raise it first.")
        }
    }

    private static func check(_ unknownNames: [Bytes], kind: String) throws(ConfigError) {
        guard let name = unknownNames.first?.lossyText else { return }
        let stock = "\(kind) capability \(name) is required but not supported"
        throw ConfigError(
            .unsupportedCapability,
            "The channel demands the \(kind.lowercased()) capability \"\(name.prefix(80))\", which this version does not "
                + "know. Install a newer version.",
            stock: "config update is not compatible: config requires unsupported \(kind.lowercased()) capabilities: "
                + "\(stock): \(stock)")
    }
}
