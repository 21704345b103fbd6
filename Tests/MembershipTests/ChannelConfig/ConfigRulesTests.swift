internal import FabricTypes
internal import GoldenLedger
internal import Testing

@testable internal import Membership

@Suite("Rules of channel configurations")
struct ConfigRulesTests {
    struct Violation: CustomTestStringConvertible, Sendable {
        let name: String
        let code: ConfigError.Code
        /// Part of the message.
        let text: String
        let change: @Sendable (inout ConfigGroup) throws -> Void

        init(
            _ name: String, _ code: ConfigError.Code, _ text: String,
            _ change: @escaping @Sendable (inout ConfigGroup) throws -> Void
        ) {
            self.name = name
            self.code = code
            self.text = text
            self.change = change
        }

        var testDescription: String { name }
    }

    static func capabilities(_ names: String...) -> Capabilities {
        Capabilities(names: names.map { Bytes($0) })
    }

    static let violations: [Violation] = [
        // Sections and keys.
        Violation("no orderer group", .missingElement, "/Channel/Orderer is missing") {
            $0.groups[ConfigKey.orderer] = nil
            $0.values[ConfigKey.capabilities] = nil
        },
        Violation("no application group", .missingElement, "/Channel/Application is missing") {
            $0.groups[ConfigKey.application] = nil
        },
        Violation("an unknown group", .unknownElement, "/Channel/Consortiums") { $0["Consortiums"] = ConfigGroup() },
        Violation("an unknown value of the channel", .unknownElement, "/Channel/Colour") {
            $0.set(Bytes("Colour"), Consortium())
        },
        Violation("an unknown value of the orderer group", .unknownElement, "/Channel/Orderer/ACLs") {
            $0["Orderer"].set(ConfigKey.acls, ACLs())
        },
        Violation("an unknown value of the application group", .unknownElement, "/Channel/Application/BatchSize") {
            $0["Application"].set(ConfigKey.batchSize, BatchSize())
        },
        Violation("an unknown value of an organisation", .unknownElement, "/Channel/Application/A/Endpoints") {
            $0["Application/A"].set(ConfigKey.endpoints, OrdererAddresses(addresses: ["a:1"]))
        },
        Violation("an unknown value of an orderer organisation", .unknownElement, "/Channel/Orderer/H/AnchorPeers") {
            $0["Orderer/H"].set(ConfigKey.anchorPeers, AnchorPeers())
        },
        Violation("a group below an organisation", .unknownElement, "/Channel/Application/A/Inner") {
            $0["Application/A/Inner"] = ConfigGroup()
        },
        Violation("a group below an orderer organisation", .unknownElement, "/Channel/Orderer/H/Inner") {
            $0["Orderer/H/Inner"] = ConfigGroup()
        },
        // Names.
        Violation("a name with an underscore", .invalidName, "letters, digits") {
            $0["Application/Org_1"] = ConfigGroup()
        },
        Violation("an empty name", .invalidName, "must not be empty") {
            $0.groups[ConfigKey.application]?.policies[Bytes()] = ConfigPolicy()
        },
        Violation("a reserved name", .invalidName, "reserved") {
            $0.groups[ConfigKey.application]?.policies[Bytes("..")] = ConfigPolicy()
        },
        Violation("a name that is too long", .invalidName, "at most 249 bytes") {
            $0.groups[ConfigKey.application]?.values[Bytes(String(repeating: "a", count: 250))] = ConfigValue()
        },
        Violation("groups nested too deeply", .invalidName, "deeper than 8") {
            $0["Application/a/b/c/d/e/f/g"] = ConfigGroup()
        },
        // The channel's values.
        Violation("another hash", .invalidValue, "neither SHA256 nor SHA3_256") {
            $0.set(ConfigKey.hashingAlgorithm, HashingAlgorithm(name: "SHA384"))
        },
        Violation("no hash", .invalidValue, "neither SHA256 nor SHA3_256") {
            $0.values[ConfigKey.hashingAlgorithm] = nil
        },
        Violation("another width", .invalidValue, "4294967295") {
            $0.set(ConfigKey.blockDataHashingStructure, BlockDataHashingStructure(width: 2))
        },
        Violation("no width", .invalidValue, "4294967295") { $0.values[ConfigKey.blockDataHashingStructure] = nil },
        Violation("a value that does not decode", .malformed, "/Channel/HashingAlgorithm cannot be read") {
            $0.values[ConfigKey.hashingAlgorithm]?.value = Bytes([0x0A, 0x7F])
        },
        Violation("no orderer addresses below V1_4_2", .missingElement, "/Channel/OrdererAddresses") {
            $0.set(ConfigKey.capabilities, capabilities("V1_3"))
        },
        Violation("endpoints below V1_4_2", .invalidValue, "/Channel/Orderer/H/Endpoints") {
            $0.set(ConfigKey.capabilities, capabilities("V1_3"))
            $0.set(ConfigKey.ordererAddresses, OrdererAddresses(addresses: ["a:1"]))
        },
        Violation("orderer addresses under V3_0", .invalidValue, "Endpoints of its own") {
            $0.set(ConfigKey.capabilities, capabilities("V3_0"))
            $0.set(ConfigKey.ordererAddresses, OrdererAddresses(addresses: ["a:1"]))
        },
        Violation("no endpoints under V3_0", .missingElement, "/Channel/Orderer/H/Endpoints") {
            $0.set(ConfigKey.capabilities, capabilities("V3_0"))
            $0["Orderer/H"].values[ConfigKey.endpoints] = nil
        },
        Violation("empty endpoints under V3_0", .missingElement, "/Channel/Orderer/H/Endpoints") {
            $0.set(ConfigKey.capabilities, capabilities("V3_0"))
            $0["Orderer/H"].set(ConfigKey.endpoints, OrdererAddresses())
        },
        // Capabilities.
        Violation("an unknown channel capability", .unsupportedCapability, "\"V9_9\"") {
            $0.set(ConfigKey.capabilities, capabilities("V2_0", "V9_9"))
        },
        Violation("an unknown orderer capability", .unsupportedCapability, "orderer capability \"V3_0\"") {
            $0["Orderer"].set(ConfigKey.capabilities, capabilities("V3_0"))
        },
        Violation("an unknown application capability", .unsupportedCapability, "application capability \"V3_0\"") {
            $0["Application"].set(ConfigKey.capabilities, capabilities("V2_5", "V3_0"))
        },
        Violation("an application capability of old", .unsupportedCapability, "is V1_4_2: V2_0 or later") {
            $0["Application"].set(ConfigKey.capabilities, capabilities("V1_4_2", "V1_1"))
        },
        Violation("no application capability", .unsupportedCapability, "is none: V2_0 or later") {
            $0["Application"].values[ConfigKey.capabilities] = nil
        },
        Violation("channel capabilities without those of orderers", .missingElement, "/Channel/Capabilities needs") {
            $0["Orderer"].values[ConfigKey.capabilities] = nil
        },
        Violation("application capabilities without those of orderers", .missingElement, "/Application/Capabilities") {
            $0["Orderer"].values[ConfigKey.capabilities] = nil
            $0.values[ConfigKey.capabilities] = nil
        },
        Violation("ACLs below V1_2", .invalidValue, "ACLs need application capability V1_2") {
            $0["Application"].set(ConfigKey.acls, ACLs())
            $0["Application"].set(ConfigKey.capabilities, capabilities("V1_1"))
        },
        // Ordering.
        Violation("no batch size", .invalidValue, "max_message_count must be at least 1") {
            $0["Orderer"].values[ConfigKey.batchSize] = nil
        },
        Violation("no absolute size", .invalidValue, "absolute_max_bytes must be at least 1") {
            $0["Orderer"].set(
                ConfigKey.batchSize, BatchSize(maxMessageCount: 1, absoluteMaxBytes: 0, preferredMaxBytes: 1))
        },
        Violation("no preferred size", .invalidValue, "preferred_max_bytes must be at least 1") {
            $0["Orderer"].set(
                ConfigKey.batchSize, BatchSize(maxMessageCount: 1, absoluteMaxBytes: 1, preferredMaxBytes: 0))
        },
        Violation("preferred over absolute", .invalidValue, "preferred_max_bytes 2 is more than absolute_max_bytes 1") {
            $0["Orderer"].set(
                ConfigKey.batchSize, BatchSize(maxMessageCount: 1, absoluteMaxBytes: 1, preferredMaxBytes: 2))
        },
        Violation("no timeout", .invalidValue, "\"\" is no positive duration") {
            $0["Orderer"].values[ConfigKey.batchTimeout] = nil
        },
        Violation("a timeout without a unit", .invalidValue, "\"2\" is no positive duration") {
            $0["Orderer"].set(ConfigKey.batchTimeout, BatchTimeout(timeout: "2"))
        },
        Violation("no time", .invalidValue, "\"0s\" is no positive duration") {
            $0["Orderer"].set(ConfigKey.batchTimeout, BatchTimeout(timeout: "0s"))
        },
        Violation("negative time", .invalidValue, "\"-1s\" is no positive duration") {
            $0["Orderer"].set(ConfigKey.batchTimeout, BatchTimeout(timeout: "-1s"))
        },
        Violation("BFT below V3_0", .invalidValue, "BFT needs channel capability V3_0") {
            $0["Orderer"].set(ConfigKey.consensusType, ConsensusType(type: "BFT", metadata: Bytes()))
        },
        // Organisations.
        Violation("no MSP", .missingElement, "/Channel/Application/A/MSP is missing") {
            $0["Application/A"].values[ConfigKey.msp] = nil
        },
        Violation("an MSP of another kind", .invalidValue, "its type is 1") {
            var msp = MSPConfig(TestChannel.msp("A"))
            msp.type = 1
            $0["Application/A"].set(ConfigKey.msp, msp)
        },
        Violation("an MSP without a name", .invalidValue, "the MSP has no name") {
            $0["Application/A"].set(ConfigKey.msp, MSPConfig(TestChannel.msp("")))
        },
        Violation("an MSP that does not decode", .malformed, "/Channel/Orderer/H/MSP cannot be read") {
            var msp = MSPConfig()
            msp.config = Bytes([0x0A, 0x7F])
            $0["Orderer/H"].set(ConfigKey.msp, msp)
        },
        // Policies.
        Violation("an empty policy", .invalidPolicy, "/Channel/Application/Extra is not valid") {
            $0.groups[ConfigKey.application]?.policies[Bytes("Extra")] = ConfigPolicy()
        },
        Violation("a policy that names nobody", .invalidPolicy, "/Channel/Application/A/Readers is not valid") {
            var group = $0["Application/A"]
            group.policies[ConfigKey.readers]?.policy = Policy(
                SignaturePolicyEnvelope(rule: .signedBy(0), identities: []))
            $0["Application/A"] = group
        },
    ]

    @Test("each rule violated once", arguments: violations)
    func violated(violation: Violation) throws {
        var group = try TestChannel.standard().channelGroup
        try violation.change(&group)

        let error = try #require(throws: ConfigError.self) { try TestChannel.configuration(group) }

        #expect(error.code == violation.code, "\(error)")
        #expect(error.message.contains(violation.text), "\(error)")
    }

    @Test("a configuration without a tree is refused")
    func noTree() throws {
        let error = try #require(throws: ConfigError.self) {
            try ChannelConfiguration(
                channelID: try TestChannel.id.get(), config: Config(), resolvers: TestChannel.resolvers)
        }
        #expect(error.code == .missingElement)
    }

    @Test("what old and new channels may have besides is accepted")
    func accepted() throws {
        var group = try TestChannel.standard().channelGroup
        group.set(ConfigKey.consortium, Consortium())
        group.set(ConfigKey.orderers, Orderers())
        group.set(ConfigKey.ordererAddresses, OrdererAddresses(addresses: ["orderer.example:7050"]))
        group.set(ConfigKey.hashingAlgorithm, HashingAlgorithm(name: "SHA3_256"))
        group["Orderer"].set(ConfigKey.kafkaBrokers, KafkaBrokers())
        group.set(ConfigKey.capabilities, Self.capabilities("V1_4_3", "V2_0", "V1_1"))
        group["Application"].values[ConfigKey.acls] = nil

        let configuration = try TestChannel.configuration(group)

        #expect(configuration.ordererAddresses == ["orderer.example:7050"])
        #expect(configuration.capabilities.channel == .v20)
    }

    @Test("the highest capability counts, and sets the rules for identities")
    func capabilityLevels() throws {
        var group = try TestChannel.standard().channelGroup
        for (names, level, version) in [
            (Self.capabilities("V1_4_2"), ChannelCapabilities.Channel.v142, MSPVersion.v13),
            (Self.capabilities("V1_4_3", "V1_1"), .v143, .v143),
            (Self.capabilities("V2_0", "V3_0"), .v30, .v30),
        ] {
            group.set(ConfigKey.capabilities, names)
            let capabilities = try TestChannel.configuration(group).capabilities
            #expect(capabilities.channel == level)
            #expect(capabilities.mspVersion == version)
            #expect(capabilities.allowsBFT == (level == .v30))
        }
        #expect(ChannelCapabilities.Channel.v143 < .v20)
        #expect(!(ChannelCapabilities.Channel.v20 < .v20))
        #expect(ChannelCapabilities.Application.v25 > .v20)
    }

    @Test("two organisations may share an MSP only if they configure it alike")
    func sharedMSP() throws {
        let recorded = try RecordedConfigurations.read.get()
        var group = recorded.genesis.channelGroup
        let alder = group["Application/Alder"]
        group["Orderer/Alder"] = group["Orderer/Harbor"]
        group["Orderer/Alder"].values[ConfigKey.msp] = alder.values[ConfigKey.msp]
        func configuration() throws -> ChannelConfiguration {
            try ChannelConfiguration(
                channelID: recorded.genesis.channelID, config: Config(sequence: 0, channelGroup: group),
                signatures: SignatureTable())
        }

        #expect(throws: Never.self) { _ = try configuration() }

        var msp = try FabricMSPConfig(
            decoding: MSPConfig(decoding: alder.values[ConfigKey.msp]?.value ?? Bytes()).config)
        msp.tlsRootCertificates = []
        group["Orderer/Alder"].set(ConfigKey.msp, MSPConfig(msp))
        let error = try #require(throws: ConfigError.self) { _ = try configuration() }
        #expect(error.code == .invalidMSP)
        #expect(error.message.contains("AlderMSP"))
    }

    @Test("an MSP that cannot be set up is refused")
    func unusableMSP() throws {
        let recorded = try RecordedConfigurations.read.get()
        var group = recorded.genesis.channelGroup
        group["Application/Alder"].set(ConfigKey.msp, MSPConfig(TestChannel.msp("AlderMSP")))

        let error = try #require(throws: ConfigError.self) {
            try ChannelConfiguration(
                channelID: recorded.genesis.channelID, config: Config(sequence: 0, channelGroup: group),
                signatures: SignatureTable())
        }
        #expect(error.code == .invalidMSP)
    }

    @Test("mutated configurations are read or refused, never fatal", arguments: Seeds.sample(60))
    func mutated(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let bytes = random.mutated(try RecordedConfigurations.files.bytes("config/config.pb").array)
        guard let config = try? Config(decoding: Bytes(bytes)) else { return }

        // Whatever is read is written and read again without loss.
        #expect(try Config(decoding: config.encoded()) == config, "seed \(seed)")
        let configuration = try? ChannelConfiguration(
            channelID: try TestChannel.id.get(), config: config, signatures: SignatureTable())
        if let configuration { #expect(configuration.config == config, "seed \(seed)") }
    }
}
