package import FabricTypes

/// What a new channel is to be, in the words of those who found it.
///
/// Everything not said is what Fabric's sample network has: the usual policies, `Admins` as every `mod_policy`.
package struct ChannelDescription: Sendable {
    package struct Organization: Sendable {
        /// The name of its group: letters, digits, `.` and `-`.
        package var name: String
        package var msp: FabricMSPConfig
        /// An orderer organisation's orderers, `host:port`.
        package var endpoints: [String]
        package var anchorPeers: [AnchorPeers.AnchorPeer]

        /// An organisation that orders.
        package init(name: String, msp: FabricMSPConfig, endpoints: [String]) {
            self.name = name
            self.msp = msp
            self.endpoints = endpoints
            anchorPeers = []
        }

        /// An organisation that uses the channel.
        package init(name: String, msp: FabricMSPConfig, anchorPeers: [AnchorPeers.AnchorPeer] = []) {
            self.name = name
            self.msp = msp
            self.anchorPeers = anchorPeers
            endpoints = []
        }

        var mspID: MSPID { MSPID(unchecked: msp.name) }
    }

    package enum Consensus: Sendable {
        case raft(RaftConfigMetadata)
        /// Consenters with their identities, and encoded `smartbft.Options`. Needs channel capability V3_0.
        case bft([Consenter], options: Bytes)
    }

    package var channelID: ChannelID
    package var ordererOrganizations: [Organization]
    package var applicationOrganizations: [Organization]
    package var consensus: Consensus
    package var capabilities = ChannelCapabilities.standard
    package var batchSize = BatchSize(
        maxMessageCount: 500, absoluteMaxBytes: 10 * 1024 * 1024, preferredMaxBytes: 2 * 1024 * 1024)
    /// As Go writes durations.
    package var batchTimeout = "2s"
    /// Policies for resources, by path or by name within /Channel/Application.
    package var acls: [AccessResource: PolicyPath] = [:]

    package init(
        channelID: ChannelID, ordererOrganizations: [Organization], applicationOrganizations: [Organization],
        consensus: Consensus
    ) {
        self.channelID = channelID
        self.ordererOrganizations = ordererOrganizations
        self.applicationOrganizations = applicationOrganizations
        self.consensus = consensus
    }

    /// The configuration at sequence 0. Build a ``ChannelConfiguration`` from it to have it checked.
    package var config: Config {
        var channel = ConfigGroup(policies: Self.commonPolicies)
        channel.set(ConfigKey.hashingAlgorithm, HashingAlgorithm(name: "SHA256"))
        channel.set(ConfigKey.blockDataHashingStructure, BlockDataHashingStructure(width: UInt32.max))
        channel.setCapability(capabilities.channel.rawValue)
        channel.groups[ConfigKey.orderer] = ordererGroup
        channel.groups[ConfigKey.application] = applicationGroup
        return Config(sequence: 0, channelGroup: channel)
    }

    private static let commonPolicies = [
        ConfigKey.readers: Policy(ImplicitMetaPolicy(.any, of: ConfigKey.readers)),
        ConfigKey.writers: Policy(ImplicitMetaPolicy(.any, of: ConfigKey.writers)),
        ConfigKey.admins: Policy(ImplicitMetaPolicy(.majority, of: ConfigKey.admins)),
    ]

    private var ordererGroup: ConfigGroup {
        var policies = Self.commonPolicies
        policies[ConfigKey.blockValidation] = Policy(ImplicitMetaPolicy(.any, of: ConfigKey.writers))
        let consensusType: ConsensusType
        switch consensus {
        case .raft(let metadata):
            consensusType = ConsensusType(type: OrdererConfiguration.raft, metadata: metadata.encoded())
        case .bft(let consenters, let options):
            consensusType = ConsensusType(type: OrdererConfiguration.bft, metadata: options)
            policies[ConfigKey.blockValidation] = Policy(SignaturePolicyEnvelope(quorumOf: consenters))
        }
        var group = ConfigGroup(policies: policies)
        group.set(ConfigKey.consensusType, consensusType)
        if case .bft(let consenters, _) = consensus {
            group.set(ConfigKey.orderers, Orderers(consenterMapping: consenters))
        }
        group.set(ConfigKey.batchSize, batchSize)
        group.set(ConfigKey.batchTimeout, BatchTimeout(timeout: batchTimeout))
        group.set(ConfigKey.channelRestrictions, ChannelRestrictions())
        group.setCapability(capabilities.orderer.rawValue)
        for organization in ordererOrganizations {
            group.groups[Bytes(organization.name)] = ConfigGroup(ordererOrganization: organization)
        }
        return group
    }

    private var applicationGroup: ConfigGroup {
        var policies = Self.commonPolicies
        let endorsement = Policy(ImplicitMetaPolicy(.majority, of: ConfigKey.endorsement))
        policies[ConfigKey.endorsement] = endorsement
        policies[ConfigKey.lifecycleEndorsement] = endorsement
        var group = ConfigGroup(policies: policies)
        group.setCapability(capabilities.application.rawValue)
        if !acls.isEmpty {
            var value = ACLs()
            for (resource, path) in acls {
                value.acls[resource.name] = ACLs.APIResource(policyReference: path.bytes)
            }
            group.set(ConfigKey.acls, value)
        }
        for organization in applicationOrganizations {
            group.groups[Bytes(organization.name)] = ConfigGroup(applicationOrganization: organization)
        }
        return group
    }
}

extension ConfigGroup {
    fileprivate init(policies: [Bytes: Policy]) {
        self.init()
        modPolicy = ConfigKey.admins
        self.policies = policies.mapValues { ConfigPolicy($0, modPolicy: ConfigKey.admins) }
    }

    fileprivate mutating func set(_ key: Bytes, _ value: some WireMessage) {
        values[key] = ConfigValue(value, modPolicy: ConfigKey.admins)
    }

    fileprivate mutating func setCapability(_ name: String) {
        if !name.isEmpty { set(ConfigKey.capabilities, Capabilities(names: [Bytes(name)])) }
    }

    /// The group of an organisation that orders, as it is added to /Channel/Orderer.
    package init(ordererOrganization organization: ChannelDescription.Organization) {
        let mspID = organization.mspID
        self.init(policies: [
            ConfigKey.readers: Policy(anyOf: [.member], in: mspID),
            ConfigKey.writers: Policy(anyOf: [.member], in: mspID),
            ConfigKey.admins: Policy(anyOf: [.admin], in: mspID),
        ])
        set(ConfigKey.msp, MSPConfig(organization.msp))
        if !organization.endpoints.isEmpty {
            set(ConfigKey.endpoints, OrdererAddresses(addresses: organization.endpoints))
        }
    }

    /// The group of an organisation that uses the channel, as it is added to /Channel/Application.
    package init(applicationOrganization organization: ChannelDescription.Organization) {
        let mspID = organization.mspID
        self.init(policies: [
            ConfigKey.readers: Policy(anyOf: [.admin, .peer, .client], in: mspID),
            ConfigKey.writers: Policy(anyOf: [.admin, .client], in: mspID),
            ConfigKey.admins: Policy(anyOf: [.admin], in: mspID),
            ConfigKey.endorsement: Policy(anyOf: [.peer], in: mspID),
        ])
        set(ConfigKey.msp, MSPConfig(organization.msp))
        if !organization.anchorPeers.isEmpty {
            set(ConfigKey.anchorPeers, AnchorPeers(anchorPeers: organization.anchorPeers))
        }
    }
}

extension Policy {
    /// Anybody who has one of the roles in an organisation.
    fileprivate init(anyOf roles: [MSPRole.Role], in mspID: MSPID) {
        let leaves = roles.indices.map { SignaturePolicy.signedBy(Int32(clamping: $0)) }
        self.init(
            SignaturePolicyEnvelope(
                rule: .nOutOf(1, leaves), identities: roles.map { MSPPrincipal(MSPRole($0, of: mspID)) }))
    }
}
