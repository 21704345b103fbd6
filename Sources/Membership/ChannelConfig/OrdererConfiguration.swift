package import FabricTypes

/// How a channel's blocks are ordered: the group /Channel/Orderer.
package struct OrdererConfiguration: Hashable, Sendable {
    /// The kind of consensus by its name in the configuration.
    package static let raft = "etcdraft"
    package static let bft = "BFT"

    package let organizations: [OrganizationConfiguration]
    package let consensusType: ConsensusType
    package let batchSize: BatchSize
    package let batchTimeout: Duration
    /// The consenters of a BFT channel, empty elsewhere.
    package let consenters: [Consenter]

    init(_ group: ConfigGroup, capabilities: ChannelCapabilities) throws(ConfigError) {
        let reader = try ConfigGroupReader(group, path: "/Channel/Orderer", values: Self.valueKeys)
        consensusType = try reader.value(ConfigKey.consensusType)
        let _: KafkaBrokers = try reader.value(ConfigKey.kafkaBrokers)
        let _: ChannelRestrictions = try reader.value(ConfigKey.channelRestrictions)
        let orderers: Orderers = try reader.value(ConfigKey.orderers)
        consenters = orderers.consenterMapping
        batchSize = try Self.batchSize(reader)
        batchTimeout = try Self.batchTimeout(reader)
        if consensusType.type == Self.bft, !capabilities.allowsBFT {
            throw reader.invalid(ConfigKey.consensusType, "BFT needs channel capability V3_0")
        }
        var organizations: [OrganizationConfiguration] = []
        for name in group.groups.keys.sorted() {
            guard let organization = group.groups[name] else { continue }
            organizations.append(
                try OrganizationConfiguration(ordererGroup: organization, name: name, capabilities: capabilities))
        }
        self.organizations = organizations
    }

    static let valueKeys: Set<Bytes> = [
        ConfigKey.consensusType, ConfigKey.batchSize, ConfigKey.batchTimeout, ConfigKey.kafkaBrokers,
        ConfigKey.channelRestrictions, ConfigKey.orderers, ConfigKey.capabilities,
    ]

    private static func batchSize(_ reader: ConfigGroupReader) throws(ConfigError) -> BatchSize {
        let size: BatchSize = try reader.value(ConfigKey.batchSize)
        func refuse(_ reason: String, stock: String) -> ConfigError {
            reader.invalid(ConfigKey.batchSize, reason, stock: "Attempted to set the batch size \(stock)")
        }
        for (name, stockName, value) in [
            ("max_message_count", "max message count", size.maxMessageCount),
            ("absolute_max_bytes", "absolute max bytes", size.absoluteMaxBytes),
            ("preferred_max_bytes", "preferred max bytes", size.preferredMaxBytes),
        ] where value == 0 {
            throw refuse("\(name) must be at least 1", stock: "\(stockName) to an invalid value: 0")
        }
        let (preferred, absolute) = (size.preferredMaxBytes, size.absoluteMaxBytes)
        guard preferred <= absolute else {
            throw refuse(
                "preferred_max_bytes \(preferred) is more than absolute_max_bytes \(absolute)",
                stock: "preferred max bytes (\(preferred)) greater than the absolute max bytes (\(absolute)).")
        }
        return size
    }

    private static func batchTimeout(_ reader: ConfigGroupReader) throws(ConfigError) -> Duration {
        let text = (try reader.value(ConfigKey.batchTimeout) as BatchTimeout).timeout
        let timeout = GoDuration.parse(text)
        guard let timeout, timeout > .zero else {
            let stockReason =
                timeout == nil
                ? "a invalid value: time: invalid duration \"\(text)\"" : "a non-positive value: \(text)"
            throw reader.invalid(
                ConfigKey.batchTimeout, "\"\(text.prefix(80))\" is no positive duration with a unit, such as \"2s\"",
                stock: "Attempted to set the batch timeout to \(stockReason)")
        }
        return timeout
    }

    /// Whether the channel is in maintenance, during which only orderer organisations may write.
    package var isInMaintenance: Bool { consensusType.stateNumber == 1 }

    /// Settings and consenters of a channel ordered by `etcdraft`; nil for other kinds.
    ///
    /// - Throws: ``ConfigError`` `malformed` if the metadata cannot be read: peers never look at it.
    package func raftMetadata() throws(ConfigError) -> RaftConfigMetadata? {
        guard consensusType.type == Self.raft else { return nil }
        do throws(WireError) {
            return try RaftConfigMetadata(decoding: consensusType.metadata)
        } catch {
            throw ConfigError(
                .malformed, "The metadata in the value /Channel/Orderer/ConsensusType cannot be read: \(error)")
        }
    }

    /// The addresses of all orderer organisations, in the order of their names.
    package var endpoints: [String] { organizations.flatMap(\.endpoints) }
}
