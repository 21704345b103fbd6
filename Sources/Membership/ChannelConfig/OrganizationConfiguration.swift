package import FabricTypes

/// An organisation as a channel's configuration describes it.
package struct OrganizationConfiguration: Hashable, Sendable {
    /// The name of its group, which need not be its MSP ID.
    package let name: String
    package let mspID: MSPID
    package let msp: MSPConfig
    /// Addresses of its orderers, `host:port`; only orderer organisations have them.
    package let endpoints: [String]
    /// Only application organisations have them.
    package let anchorPeers: [AnchorPeers.AnchorPeer]

    /// Reads a group of /Channel/Orderer.
    init(
        ordererGroup group: ConfigGroup, name: Bytes, capabilities: ChannelCapabilities
    ) throws(ConfigError) {
        let path = "/Channel/Orderer/\(name.lossyText)"
        let reader = try ConfigGroupReader(group, path: path, values: [ConfigKey.msp, ConfigKey.endpoints])
        try reader.checkHasNoGroups(kind: "OrdererOrg")
        let endpoints: OrdererAddresses? = try reader.optionalValue(ConfigKey.endpoints)
        if endpoints != nil, !capabilities.allowsOrganizationEndpoints {
            throw ConfigError(
                .invalidValue, "The value \(path)/Endpoints needs channel capability V1_4_2 or later. Raise it first.",
                stock:
                    "Orderer Org \(name.lossyText) cannot contain endpoints value until V1_4_2+ capabilities have been "
                    + "enabled")
        }
        if capabilities.allowsBFT, endpoints?.addresses.isEmpty ?? true {
            throw ConfigError(
                .missingElement,
                "The value \(path)/Endpoints is missing: under V3_0 every orderer organisation names its orderers.",
                stock: "some orderer organizations endpoints are empty: [\(name.lossyText)]")
        }
        try self.init(reader, name: name, endpoints: endpoints?.addresses ?? [], anchorPeers: [])
    }

    /// Reads a group of /Channel/Application.
    init(applicationGroup group: ConfigGroup, name: Bytes) throws(ConfigError) {
        let reader = try ConfigGroupReader(
            group, path: "/Channel/Application/\(name.lossyText)", values: [ConfigKey.msp, ConfigKey.anchorPeers])
        try reader.checkHasNoGroups(kind: "ApplicationOrg")
        let anchors: AnchorPeers = try reader.value(ConfigKey.anchorPeers)
        try self.init(reader, name: name, endpoints: [], anchorPeers: anchors.anchorPeers)
    }

    private init(
        _ reader: ConfigGroupReader, name: Bytes, endpoints: [String], anchorPeers: [AnchorPeers.AnchorPeer]
    ) throws(ConfigError) {
        self.name = name.lossyText
        self.endpoints = endpoints
        self.anchorPeers = anchorPeers
        msp = try reader.requiredValue(ConfigKey.msp)
        guard msp.type == MSPConfig.fabricType else {
            throw reader.invalid(ConfigKey.msp, "its type is \(msp.type); only X.509 MSPs (type 0) are supported")
        }
        do throws(WireError) {
            mspID = MSPID(unchecked: try FabricMSPConfig(decoding: msp.config).name)
        } catch {
            throw ConfigError(.malformed, "The value \(reader.path)/MSP cannot be read: \(error)")
        }
        guard !mspID.bytes.isEmpty else {
            throw reader.invalid(
                ConfigKey.msp, "the MSP has no name", stock: "MSP for org \(name.lossyText) has empty MSP ID")
        }
    }
}
