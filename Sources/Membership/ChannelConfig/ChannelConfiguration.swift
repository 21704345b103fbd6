package import FabricTypes

/// A channel's configuration at one sequence: checked, read, its policies compiled, its identities' rules set up.
///
/// Immutable. Whoever holds one sees one consistent state; a config block makes a new one with ``following(_:)``.
/// Building it applies every rule that a stock node applies, so holding one is proof that nodes accept it.
/// Source: Fabric's `channelconfig.Bundle`.
package struct ChannelConfiguration: Sendable {
    package let channelID: ChannelID
    /// As received: updates are computed from it.
    package let config: Config
    package let channelGroup: ConfigGroup
    package let capabilities: ChannelCapabilities
    package let orderer: OrdererConfiguration
    package let application: ApplicationConfiguration
    /// Addresses of orderers that belong to no organisation: legacy, forbidden under V3_0.
    package let ordererAddresses: [String]
    package let policies: PolicyManager
    let resolvers: IdentityResolverFactory

    /// How often the configuration has changed; 0 in a genesis block.
    package var sequence: UInt64 { config.sequence }
    /// Reads and judges identities by this configuration.
    package var resolver: any IdentityResolver { policies.resolver }

    /// - Parameter signatures: remembers signatures that verified; may be shared by all channels of a process.
    /// - Throws: ``ConfigError`` with the first rule that the configuration breaks.
    package init(channelID: ChannelID, config: Config, signatures: SignatureTable) throws(ConfigError) {
        try self.init(channelID: channelID, config: config, resolvers: .channelMSPs(signatures))
    }

    init(channelID: ChannelID, config: Config, resolvers: IdentityResolverFactory) throws(ConfigError) {
        guard let channelGroup = config.channelGroup else {
            throw ConfigError(.missingElement, "The configuration of channel \"\(channelID)\" has no group /Channel.")
        }
        // First of all, so that nothing below meets names or depths that no tree may have.
        _ = try ConfigElements(channelGroup)
        let reader = try ConfigGroupReader(channelGroup, path: "/Channel", values: Self.valueKeys)
        let groups = try Self.groups(channelGroup)
        try Self.checkCapabilityOrder(channelGroup, groups)

        capabilities = try Self.capabilities(reader, groups)
        ordererAddresses = try Self.ordererAddresses(reader, capabilities)
        try Self.checkHashing(reader)
        let _: Orderers = try reader.value(ConfigKey.orderers)
        let _: Consortium = try reader.value(ConfigKey.consortium)
        orderer = try OrdererConfiguration(groups.orderer, capabilities: capabilities)
        application = try ApplicationConfiguration(groups.application)

        let msps = (orderer.organizations + application.organizations).map(\.msp)
        let resolver: any IdentityResolver
        do throws(MSPConfigError) {
            resolver = try resolvers.make(msps, capabilities.mspVersion)
        } catch {
            throw ConfigError(.invalidMSP, error.message)
        }
        do throws(PolicyError) {
            policies = try PolicyManager(channelGroup: channelGroup, resolver: resolver)
        } catch {
            throw ConfigError(.invalidPolicy, error.message)
        }
        self.channelID = channelID
        self.config = config
        self.channelGroup = channelGroup
        self.resolvers = resolvers
    }

    static let valueKeys: Set<Bytes> = [
        ConfigKey.hashingAlgorithm, ConfigKey.blockDataHashingStructure, ConfigKey.ordererAddresses,
        ConfigKey.orderers, ConfigKey.consortium, ConfigKey.capabilities,
    ]

    private typealias Groups = (orderer: ConfigGroup, application: ConfigGroup)

    private static func groups(_ channelGroup: ConfigGroup) throws(ConfigError) -> Groups {
        for name in channelGroup.groups.keys.sorted() where name != ConfigKey.orderer && name != ConfigKey.application {
            throw ConfigError(
                .unknownElement, "The group /Channel/\(name.lossyText) is none that an application channel has.")
        }
        guard let orderer = channelGroup.groups[ConfigKey.orderer] else {
            throw ConfigError(.missingElement, "The group /Channel/Orderer is missing.")
        }
        guard let application = channelGroup.groups[ConfigKey.application] else {
            throw ConfigError(.missingElement, "The group /Channel/Application is missing.")
        }
        return (orderer, application)
    }

    /// Orderers learnt capabilities first: without theirs nobody may demand any.
    private static func checkCapabilityOrder(_ channel: ConfigGroup, _ groups: Groups) throws(ConfigError) {
        guard groups.orderer.values[ConfigKey.capabilities] == nil else { return }
        for (path, group) in [("/Channel", channel), ("/Channel/Application", groups.application)]
        where group.values[ConfigKey.capabilities] != nil {
            throw ConfigError(
                .missingElement,
                "The value \(path)/Capabilities needs the value /Channel/Orderer/Capabilities, which is missing.")
        }
    }

    private static func capabilities(
        _ channel: ConfigGroupReader, _ groups: Groups
    ) throws(ConfigError) -> ChannelCapabilities {
        let orderer = try ConfigGroupReader(
            groups.orderer, path: "/Channel/Orderer", values: OrdererConfiguration.valueKeys)
        let application = try ConfigGroupReader(
            groups.application, path: "/Channel/Application", values: [ConfigKey.acls, ConfigKey.capabilities])
        return try ChannelCapabilities(
            channel: channel.value(ConfigKey.capabilities), orderer: orderer.value(ConfigKey.capabilities),
            application: application.value(ConfigKey.capabilities))
    }

    private static func ordererAddresses(
        _ reader: ConfigGroupReader, _ capabilities: ChannelCapabilities
    ) throws(ConfigError) -> [String] {
        let addresses = (try reader.value(ConfigKey.ordererAddresses) as OrdererAddresses).addresses
        if addresses.isEmpty, !capabilities.allowsOrganizationEndpoints {
            throw ConfigError(
                .missingElement, "The value /Channel/OrdererAddresses is missing: below V1_4_2 it names the orderers.")
        }
        if !addresses.isEmpty, capabilities.allowsBFT {
            throw reader.invalid(
                ConfigKey.ordererAddresses, "under V3_0 each orderer organisation has Endpoints of its own instead")
        }
        return addresses
    }

    private static func checkHashing(_ reader: ConfigGroupReader) throws(ConfigError) {
        let algorithm: HashingAlgorithm = try reader.value(ConfigKey.hashingAlgorithm)
        guard algorithm.name == "SHA256" || algorithm.name == "SHA3_256" else {
            throw reader.invalid(
                ConfigKey.hashingAlgorithm, "\"\(algorithm.name.prefix(80))\" is neither SHA256 nor SHA3_256")
        }
        let structure: BlockDataHashingStructure = try reader.value(ConfigKey.blockDataHashingStructure)
        guard structure.width == UInt32.max else {
            throw reader.invalid(
                ConfigKey.blockDataHashingStructure,
                "width \(structure.width) is not \(UInt32.max), the only one in use")
        }
    }
}

/// Makes the rules for identities of a configuration from its MSPs.
struct IdentityResolverFactory: Sendable {
    let make: @Sendable ([MSPConfig], MSPVersion) throws(MSPConfigError) -> any IdentityResolver

    static func channelMSPs(_ signatures: SignatureTable) -> IdentityResolverFactory {
        IdentityResolverFactory { configs, version throws(MSPConfigError) in
            try ChannelMSPs(configs, version: version, signatures: signatures)
        }
    }
}
