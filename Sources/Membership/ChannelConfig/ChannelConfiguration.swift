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
        _ = try ConfigError.within("initializing configtx manager failed: error converting config to map") {
            () throws(ConfigError) in try ConfigElements(channelGroup)
        }
        try Self.checkCapabilityOrder(channelGroup)
        let sections = try ConfigError.within("initializing channelconfig failed") { () throws(ConfigError) in
            try Sections(channelGroup)
        }
        let resolver = try sections.resolver(resolvers)
        do throws(PolicyError) {
            policies = try PolicyManager(channelGroup: channelGroup, resolver: resolver)
        } catch {
            throw ConfigError(.invalidPolicy, error.message).within("initializing policymanager failed")
        }
        try sections.capabilities.checkAreSupported()
        self.channelID = channelID
        self.config = config
        self.channelGroup = channelGroup
        self.resolvers = resolvers
        capabilities = sections.capabilities.known
        orderer = sections.orderer
        application = sections.application
        ordererAddresses = sections.ordererAddresses
    }

    /// Orderers learnt capabilities first: without theirs nobody may demand any.
    private static func checkCapabilityOrder(_ channelGroup: ConfigGroup) throws(ConfigError) {
        guard
            let orderer = channelGroup.groups[ConfigKey.orderer], orderer.values[ConfigKey.capabilities] == nil
        else { return }
        let application = channelGroup.groups[ConfigKey.application]
        for (path, name, group) in [
            ("/Channel", "channel", channelGroup), ("/Channel/Application", "application", application),
        ] where group?.values[ConfigKey.capabilities] != nil {
            throw ConfigError(
                .missingElement,
                "The value \(path)/Capabilities needs the value /Channel/Orderer/Capabilities, which is missing.",
                stock: "cannot enable \(name) capabilities without orderer support first")
        }
    }
}

/// The values of a channel's tree, read and checked.
private struct Sections {
    let capabilities: ReceivedCapabilities
    let orderer: OrdererConfiguration
    let application: ApplicationConfiguration
    let ordererAddresses: [String]

    private static let valueKeys: Set<Bytes> = [
        ConfigKey.hashingAlgorithm, ConfigKey.blockDataHashingStructure, ConfigKey.ordererAddresses,
        ConfigKey.orderers, ConfigKey.consortium, ConfigKey.capabilities,
    ]

    init(_ channelGroup: ConfigGroup) throws(ConfigError) {
        let reader = try ConfigGroupReader(channelGroup, path: "/Channel", values: Self.valueKeys)
        let groups = try Self.groups(channelGroup)
        let capabilities = try Self.capabilities(reader, groups)
        try Self.checkHashing(reader)
        ordererAddresses = try Self.ordererAddresses(reader, capabilities.known)
        let _: Orderers = try reader.value(ConfigKey.orderers)
        let _: Consortium = try reader.value(ConfigKey.consortium)
        orderer = try ConfigError.within("could not create channel Orderer sub-group config") {
            () throws(ConfigError) in try OrdererConfiguration(groups.orderer, capabilities: capabilities.known)
        }
        application = try ConfigError.within("could not create channel Application sub-group config") {
            () throws(ConfigError) in try ApplicationConfiguration(groups.application, capabilities: capabilities.known)
        }
        self.capabilities = capabilities
    }

    /// Sets up the organisations' MSPs.
    func resolver(_ factory: IdentityResolverFactory) throws(ConfigError) -> any IdentityResolver {
        let msps = (orderer.organizations + application.organizations).map(\.msp)
        do throws(MSPConfigError) {
            return try factory.make(msps, capabilities.known.mspVersion)
        } catch {
            throw ConfigError(.invalidMSP, error.message).within("initializing channelconfig failed")
        }
    }

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

    /// Only these values are read here: what else stands in the groups is judged with them.
    private static func capabilities(
        _ channel: ConfigGroupReader, _ groups: Groups
    ) throws(ConfigError) -> ReceivedCapabilities {
        func read(_ group: ConfigGroup, _ path: String) throws(ConfigError) -> Capabilities {
            var alone = ConfigGroup()
            alone.values[ConfigKey.capabilities] = group.values[ConfigKey.capabilities]
            return try ConfigGroupReader(alone, path: path, values: [ConfigKey.capabilities])
                .value(ConfigKey.capabilities)
        }
        return ReceivedCapabilities(
            channel: try channel.value(ConfigKey.capabilities), orderer: try read(groups.orderer, "/Channel/Orderer"),
            application: try read(groups.application, "/Channel/Application"))
    }

    private static func ordererAddresses(
        _ reader: ConfigGroupReader, _ capabilities: ChannelCapabilities
    ) throws(ConfigError) -> [String] {
        let addresses = (try reader.value(ConfigKey.ordererAddresses) as OrdererAddresses).addresses
        if addresses.isEmpty, !capabilities.allowsOrganizationEndpoints {
            throw ConfigError(
                .missingElement, "The value /Channel/OrdererAddresses is missing: below V1_4_2 it names the orderers.",
                stock: "Must set some OrdererAddresses")
        }
        if !addresses.isEmpty, capabilities.allowsBFT {
            throw reader.invalid(
                ConfigKey.ordererAddresses, "under V3_0 each orderer organisation has Endpoints of its own instead",
                stock: "global OrdererAddresses are not allowed with V3_0 capability, use org specific addresses only")
        }
        return addresses
    }

    private static func checkHashing(_ reader: ConfigGroupReader) throws(ConfigError) {
        let algorithm: HashingAlgorithm = try reader.value(ConfigKey.hashingAlgorithm)
        guard algorithm.name == "SHA256" || algorithm.name == "SHA3_256" else {
            throw reader.invalid(
                ConfigKey.hashingAlgorithm, "\"\(algorithm.name.prefix(80))\" is neither SHA256 nor SHA3_256",
                stock: "Unknown hashing algorithm type: \(algorithm.name)")
        }
        let structure: BlockDataHashingStructure = try reader.value(ConfigKey.blockDataHashingStructure)
        guard structure.width == UInt32.max else {
            throw reader.invalid(
                ConfigKey.blockDataHashingStructure,
                "width \(structure.width) is not \(UInt32.max), the only one in use",
                stock: "BlockDataHashStructure width only supported at MaxUint32 in this version")
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
