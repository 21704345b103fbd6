internal import FabricTypes
internal import Testing

@testable internal import Membership

@Suite("Updates of configurations")
struct ConfigUpdatesTests {
    static let (adminA, adminB, adminC) = (FakePerson.admin("A"), FakePerson.admin("B"), FakePerson.admin("C"))
    static let adminH = FakePerson.admin("H")

    struct Change: CustomTestStringConvertible, Sendable {
        let name: String
        /// Who must sign; nobody less suffices.
        let signers: [FakePerson]
        let change: @Sendable (inout ConfigGroup) throws -> Void

        init(
            _ name: String, _ signers: [FakePerson], _ change: @escaping @Sendable (inout ConfigGroup) throws -> Void
        ) {
            self.name = name
            self.signers = signers
            self.change = change
        }

        var testDescription: String { name }
    }

    static let changes: [Change] = [
        Change("an organisation sets its anchor peers", [adminB]) {
            $0["Application/B"].set(
                ConfigKey.anchorPeers, AnchorPeers(anchorPeers: [.init(host: "peer0.b.example", port: 7051)]))
        },
        Change("an organisation changes its readers", [adminB]) {
            $0["Application/B"].policies[ConfigKey.readers]?.policy = Policy(
                try SignaturePolicyText.policy("OR('B.admin')"))
        },
        Change("an organisation removes its readers", [adminB]) {
            $0["Application/B"].policies[ConfigKey.readers] = nil
        },
        Change("an organisation hands itself to another", [adminB]) {
            $0["Application/B"].modPolicy = Bytes("/Channel/Application/A/Admins")
        },
        Change("the batch size", [adminH]) {
            $0["Orderer"].set(
                ConfigKey.batchSize, BatchSize(maxMessageCount: 1, absoluteMaxBytes: 2, preferredMaxBytes: 2))
        },
        Change("the batch timeout", [adminH]) {
            $0["Orderer"].set(ConfigKey.batchTimeout, BatchTimeout(timeout: "1m"))
        },
        Change("ACLs", [adminA, adminC]) {
            var acls = ACLs()
            acls.acls[AccessResource.getChainInfo.name] = .init(policyReference: Bytes("Admins"))
            $0["Application"].set(ConfigKey.acls, acls)
        },
        Change("the application capabilities", [adminA, adminB]) {
            $0["Application"].set(ConfigKey.capabilities, Capabilities(names: [Bytes("V2_0")]))
        },
        Change("the orderer capabilities", [adminH]) {
            $0["Orderer"].set(ConfigKey.capabilities, Capabilities(names: [Bytes("V1_4_2")]))
        },
        Change("the channel capabilities", [adminA, adminB, adminH]) {
            $0.set(ConfigKey.capabilities, Capabilities(names: [Bytes("V3_0")]))
        },
        Change("the endorsement policy", [adminB, adminC]) {
            $0["Application"].policies[ConfigKey.endorsement]?.policy = Policy(
                try ImplicitMetaPolicy(text: "ANY Endorsement"))
        },
        Change("a new organisation", [adminB, adminC]) {
            $0["Application/D"] = ConfigGroup(applicationOrganization: .init(name: "D", msp: TestChannel.msp("D")))
        },
        Change("an organisation leaves", [adminA, adminB]) { $0["Application"].groups[Bytes("C")] = nil },
        Change("an organisation comes and another leaves", [adminA, adminB]) {
            $0["Application"].groups[Bytes("C")] = nil
            $0["Application/D"] = ConfigGroup(applicationOrganization: .init(name: "D", msp: TestChannel.msp("D")))
        },
        Change("a new orderer organisation", [adminH]) {
            $0["Orderer/D"] = ConfigGroup(
                ordererOrganization: .init(name: "D", msp: TestChannel.msp("D"), endpoints: ["d:7050"]))
        },
        Change("values of several groups", [adminA, adminH]) {
            $0["Orderer"].set(ConfigKey.batchTimeout, BatchTimeout(timeout: "5s"))
            $0["Application/A"].set(
                ConfigKey.anchorPeers, AnchorPeers(anchorPeers: [.init(host: "peer0.a.example", port: 7051)]))
        },
        Change("one consenter more", [adminH]) {
            $0["Orderer"].set(ConfigKey.consensusType, try raft([0, 1]))
        },
        Change("another consenter", [adminH]) { $0["Orderer"].set(ConfigKey.consensusType, try raft([1])) },
        Change("into maintenance", [adminH]) {
            var consensus = try raft([0])
            consensus.stateNumber = 1
            $0["Orderer"].set(ConfigKey.consensusType, consensus)
        },
    ]

    static func raft(_ consenters: [Int]) throws -> ConsensusType {
        ConsensusType(
            type: "etcdraft",
            metadata: RaftConfigMetadata(consenters: try consenters.map { try TestChannel.consenter($0) }).encoded())
    }

    @Test("changes and who must sign them", arguments: changes)
    func accepted(change: Change) throws {
        let configuration = try TestChannel.standard()
        var target = configuration.channelGroup
        try change.change(&target)

        let (envelope, next) = try configuration.changed(signedBy: change.signers, change.change)

        #expect(next.sequence == 1)
        #expect(next.channelGroup.withoutVersions == target.withoutVersions)
        #expect(next.config == envelope.config)
        // A peer that receives it comes to the same.
        let followed = try configuration.following(
            ConfigTransaction(decoding: Self.transaction(envelope)))
        #expect(followed.config == next.config)
        // One signature less, or clients' instead, does not do.
        for index in change.signers.indices {
            var fewer = change.signers
            let absent = fewer.remove(at: index)
            let refusal = try #require(try configuration.refusal(signedBy: fewer, change.change))
            #expect(refusal.code == .notAuthorized)
            #expect(refusal.missing.compactMap(\.mspID).contains(absent.mspID))
        }
        let clients = ["A", "B", "C"].map { FakePerson.client($0) } + [.orderer("H")]
        #expect(try configuration.refusal(signedBy: clients, change.change)?.code == .notAuthorized)
    }

    /// An orderer's encoded CONFIG transaction.
    static func transaction(_ envelope: ConfigEnvelope, of channelID: ChannelID? = nil) throws -> Bytes {
        let payload = ConfigTransaction.payload(
            envelope, of: try channelID ?? TestChannel.id.get(), timestamp: Timestamp(seconds: 2),
            signatureHeader: SignatureHeader(creator: Bytes("orderer"), nonce: Bytes("nonce")))
        return Envelope(payload: payload, signature: Bytes("orderer's")).encoded()
    }

    /// Proposes an update that is not computed but written by hand.
    static func refusal(
        _ configuration: ChannelConfiguration, signedBy signers: [FakePerson] = [adminA, adminB, adminC, adminH],
        _ change: (inout ConfigUpdate) throws -> Void
    ) throws -> ConfigError {
        var update = ConfigUpdate()
        update.channelID = TestChannel.name
        update.readSet = ConfigGroup()
        update.readSet?["Orderer"] = ConfigGroup()
        update.writeSet = update.readSet
        try change(&update)
        return try #require(throws: ConfigError.self) {
            try configuration.proposing(update: TestChannel.envelope(update, signedBy: signers))
        }
    }

    static func value(version: UInt64, modPolicy: String = "Admins") -> ConfigValue {
        ConfigValue(version: version, BatchTimeout(timeout: "3s"), modPolicy: Bytes(modPolicy))
    }

    @Test("versions that do not fit are refused, with the element and both versions")
    func versions() throws {
        let configuration = try TestChannel.standard()
        let timeout = ConfigKey.batchTimeout

        var error = try Self.refusal(configuration) { $0.readSet?["Orderer"].version = 1 }
        #expect(error.code == .wrongVersion)
        #expect(error.message.contains("version 1 of the group /Channel/Orderer, which is at version 0"))

        error = try Self.refusal(configuration) { $0.readSet?["Orderer"].values[Bytes("None")] = ConfigValue() }
        #expect(error.message.contains("relies on the value /Channel/Orderer/None, which does not exist"))

        for version in [0, 2, UInt64.max] {
            error = try Self.refusal(configuration) {
                $0.writeSet?["Orderer"].values[timeout] = Self.value(version: version)
            }
            #expect(error.code == .wrongVersion)
            #expect(error.message.contains("version \(version) of the value /Channel/Orderer/BatchTimeout"))
        }

        error = try Self.refusal(configuration) {
            $0.writeSet?["Orderer"].version = 1
            $0.writeSet?["Orderer"].modPolicy = ConfigKey.admins
            $0.writeSet?["Orderer"].values[ConfigKey.kafkaBrokers] = Self.value(version: 1)
        }
        #expect(error.code == .wrongVersion)
        #expect(error.message.contains("KafkaBrokers, which is new: give it 0"))
    }

    @Test("an element at its last version cannot change any more")
    func lastVersion() throws {
        var group = try TestChannel.standard().channelGroup
        group["Orderer"].values[ConfigKey.batchTimeout]?.version = UInt64.max

        let error = try Self.refusal(TestChannel.configuration(group)) {
            $0.writeSet?["Orderer"].values[ConfigKey.batchTimeout] = Self.value(version: 0)
        }
        #expect(error.code == .wrongVersion)
        let last = try TestChannel.configuration(TestChannel.standard().channelGroup, sequence: UInt64.max)
        let refusal = try last.refusal(signedBy: [Self.adminH]) {
            $0["Orderer"].set(ConfigKey.batchTimeout, BatchTimeout(timeout: "3s"))
        }
        #expect(refusal?.code == .notAllowed)
    }

    @Test("every changed element must say who may change it next")
    func modPolicies() throws {
        let configuration = try TestChannel.standard()
        for (modPolicy, reason) in [
            ("", "no mod_policy"), ("/", "must not be empty"), ("Admins/", "must not be empty"),
            ("Ad mins", "letters, digits"), ("..", "reserved"), ("//Admins", "must not be empty"),
        ] {
            let error = try Self.refusal(configuration) {
                $0.writeSet?["Orderer"].values[ConfigKey.batchTimeout] = Self.value(version: 1, modPolicy: modPolicy)
            }
            #expect(error.code == .invalidModPolicy)
            #expect(error.message.contains(reason), "\(error)")
        }
        // A path that is well formed may lead nowhere: then nobody changes the element again.
        let (_, next) = try configuration.changed(signedBy: [Self.adminH]) {
            $0["Orderer"].values[ConfigKey.batchTimeout]?.modPolicy = Bytes("Nobody")
        }
        let refusal = try next.refusal(signedBy: [Self.adminA, Self.adminB, Self.adminC, Self.adminH]) {
            $0["Orderer"].set(ConfigKey.batchTimeout, BatchTimeout(timeout: "3s"))
        }
        #expect(refusal?.code == .notAuthorized)
        #expect(refusal?.message.contains("changed by nobody: its policy \"Nobody\" does not exist") == true)
    }

    @Test("the policy in force decides, not the one that the update brings")
    func currentPolicyDecides() throws {
        let configuration = try TestChannel.standard()
        let refusal = try configuration.refusal(signedBy: [Self.adminA]) {
            $0["Orderer"].values[ConfigKey.batchTimeout]?.modPolicy = Bytes("/Channel/Application/A/Admins")
            $0["Orderer"].values[ConfigKey.batchTimeout]?.value = BatchTimeout(timeout: "3s").encoded()
        }
        #expect(refusal?.code == .notAuthorized)
        #expect(refusal?.missing.map(\.description) == ["H.admin"])

        let (_, next) = try configuration.changed(signedBy: [Self.adminH]) {
            $0["Orderer"].values[ConfigKey.batchTimeout]?.modPolicy = Bytes("/Channel/Application/A/Admins")
        }
        let (_, last) = try next.changed(signedBy: [Self.adminA]) {
            $0["Orderer"].values[ConfigKey.batchTimeout]?.value = BatchTimeout(timeout: "3s").encoded()
        }
        #expect(last.orderer.batchTimeout == .seconds(3))
    }

    @Test("an update that changes nothing is refused, however it says so")
    func nothingChanges() throws {
        let configuration = try TestChannel.standard()
        #expect(try configuration.refusal(signedBy: [Self.adminA]) { _ in }?.code == .nothingChanges)
        for change: (inout ConfigUpdate) -> Void in [
            { _ in },
            { ($0.readSet, $0.writeSet) = (nil, nil) },
            { $0.writeSet = nil },
        ] {
            #expect(try Self.refusal(configuration, change).code == .nothingChanges)
        }
    }

    @Test("an update for another channel is refused")
    func otherChannel() throws {
        let error = try Self.refusal(try TestChannel.standard()) { $0.channelID = Bytes("another") }

        #expect(error.code == .wrongChannel)
        #expect(error.message == "The config update is for channel \"another\", this is \"test\".")

        // However long a name from outside is, messages stay short.
        let long = try Self.refusal(try TestChannel.standard()) {
            $0.channelID = Bytes(String(repeating: "a", count: 1_000_000))
        }
        #expect(long.message.utf8.count < 5000)
        #expect(long.stockMessage.utf8.count < 5000)
    }

    @Test("signatures count only over these very bytes")
    func signatures() throws {
        let configuration = try TestChannel.standard()
        var target = configuration.channelGroup
        target["Orderer"].set(ConfigKey.batchTimeout, BatchTimeout(timeout: "3s"))
        let update = try ConfigUpdate(
            channelID: configuration.channelID, from: configuration.channelGroup, to: target)
        var envelope = ConfigUpdateEnvelope(configUpdate: update.encoded(), signatures: [])
        envelope.addSignature(SignatureHeader(creator: Self.adminH.serialized, nonce: Bytes("1"))) {
            Self.adminH.sign($0)
        }
        func propose(_ envelope: ConfigUpdateEnvelope) throws {
            let payload = ConfigTransaction.payload(
                envelope, of: configuration.channelID, timestamp: Timestamp(seconds: 1),
                signatureHeader: SignatureHeader(creator: Bytes(), nonce: Bytes()))
            _ = try configuration.proposing(update: Envelope(payload: payload, signature: Bytes()).encoded())
        }

        #expect(throws: Never.self) { try propose(envelope) }

        var otherHeader = envelope
        otherHeader.signatures[0].signatureHeader =
            SignatureHeader(creator: Self.adminH.serialized, nonce: Bytes("2")).encoded()
        #expect(throws: ConfigError.self) { try propose(otherHeader) }

        var damaged = envelope
        damaged.signatures[0].signatureHeader = Bytes([0x0A, 0x7F])
        let error = try #require(throws: ConfigError.self) { try propose(damaged) }
        #expect(error.code == .malformed)
    }

    @Test("an orderer refuses what would vanish unnoticed; a peer follows stock nodes, which let it vanish")
    func unlistedElement() throws {
        let configuration = try TestChannel.standard()
        var update = ConfigUpdate()
        update.channelID = TestChannel.name
        update.readSet = ConfigGroup()
        update.readSet?["Application"] = ConfigGroup()
        update.writeSet = update.readSet
        update.writeSet?["Application"].values[ConfigKey.acls] = ConfigValue(ACLs(), modPolicy: ConfigKey.admins)
        let envelope = try TestChannel.envelope(update, signedBy: [])

        let error = try #require(throws: ConfigError.self) { try configuration.proposing(update: envelope) }
        #expect(error.code == .wrongVersion)
        #expect(error.message.contains("does not raise the version of the group it is in"))

        let config = Config(sequence: 1, channelGroup: configuration.channelGroup)
        let transaction = try ConfigTransaction(
            decoding: Self.transaction(ConfigEnvelope(config: config, lastUpdate: envelope)))
        #expect(try configuration.following(transaction).config == config)
    }

    @Test("a peer refuses a CONFIG transaction that is not what its update leads to")
    func wrongResult() throws {
        let configuration = try TestChannel.standard()
        let (right, _) = try configuration.changed(signedBy: [Self.adminH]) {
            $0["Orderer"].set(ConfigKey.batchTimeout, BatchTimeout(timeout: "3s"))
        }
        let group = try #require(right.config?.channelGroup)
        var tampered = group
        tampered["Orderer"].set(ConfigKey.batchTimeout, BatchTimeout(timeout: "4s"))
        var unknownField = group
        unknownField.unknownFields = try ConfigGroup(decoding: Bytes([0x48, 0x01])).unknownFields

        for (envelope, code) in [
            (
                ConfigEnvelope(config: Config(sequence: 1, channelGroup: tampered), lastUpdate: right.lastUpdate),
                ConfigError.Code.wrongResult
            ),
            (
                ConfigEnvelope(config: Config(sequence: 1, channelGroup: unknownField), lastUpdate: right.lastUpdate),
                .wrongResult
            ),
            (
                ConfigEnvelope(config: Config(sequence: 2, channelGroup: group), lastUpdate: right.lastUpdate),
                .wrongResult
            ),
            (
                ConfigEnvelope(config: Config(sequence: 0, channelGroup: group), lastUpdate: right.lastUpdate),
                .wrongResult
            ),
            (ConfigEnvelope(config: Config(sequence: 1, channelGroup: group), lastUpdate: nil), .malformed),
            (ConfigEnvelope(config: Config(sequence: 1, channelGroup: group), lastUpdate: Bytes()), .malformed),
        ] {
            let transaction = try ConfigTransaction(decoding: Self.transaction(envelope))
            let error = try #require(throws: ConfigError.self) { try configuration.following(transaction) }
            #expect(error.code == code, "\(error)")
        }
        let elsewhere = try Self.transaction(right, of: try ChannelID(validating: "another"))
        let error = try #require(throws: ConfigError.self) {
            try configuration.following(ConfigTransaction(decoding: elsewhere))
        }
        #expect(error.code == .wrongChannel)
    }

    @Test("the maps' order on the wire plays no part")
    func mapOrder() throws {
        let configuration = try TestChannel.standard()
        let (right, next) = try configuration.changed(signedBy: [Self.adminH]) {
            $0["Orderer"].set(ConfigKey.batchTimeout, BatchTimeout(timeout: "3s"))
        }
        // The two halves of the tree's fields the other way round.
        let encoded = try #require(right.config?.channelGroup).encoded()
        var fields: [Bytes] = []
        var reader = try WireReader(encoded)
        while let field = try reader.next() { fields.append(field.bytes) }
        let reversed = Bytes(joining: fields.reversed())
        #expect(reversed != encoded)
        let group = try ConfigGroup(decoding: reversed)

        let transaction = try ConfigTransaction(
            decoding: Self.transaction(
                ConfigEnvelope(config: Config(sequence: 1, channelGroup: group), lastUpdate: right.lastUpdate)))
        #expect(try configuration.following(transaction).config == next.config)
    }

    @Test("an update to a configuration that breaks a rule is refused for that rule")
    func brokenResult() throws {
        let configuration = try TestChannel.standard()
        #expect(
            try configuration.refusal(signedBy: [Self.adminH]) {
                $0["Orderer"].set(ConfigKey.batchSize, BatchSize())
            }?.code == .invalidValue)
        #expect(
            try configuration.refusal(signedBy: [Self.adminA, Self.adminB, Self.adminH]) {
                $0.groups[ConfigKey.application] = nil
            }?.code == .missingElement)
        #expect(
            try configuration.refusal(signedBy: [Self.adminA, Self.adminB]) {
                $0["Application"].set(ConfigKey.capabilities, Capabilities(names: [Bytes("V9")]))
            }?.code == .unsupportedCapability)
    }

    @Test("an organisation keeps its MSP ID")
    func mspID() throws {
        let configuration = try TestChannel.standard()
        let refusal = try configuration.refusal(signedBy: [Self.adminA]) {
            $0["Application/A"].set(ConfigKey.msp, MSPConfig(TestChannel.msp("D")))
        }
        #expect(refusal?.code == .notAllowed)
        #expect(refusal?.message.contains("cannot change from A to D") == true)
        let ordering = try configuration.refusal(signedBy: [Self.adminH]) {
            $0["Orderer/H"].set(ConfigKey.msp, MSPConfig(TestChannel.msp("D")))
        }
        #expect(ordering?.code == .notAllowed)
    }

    @Test("elements of old channels without mod_policy get one with the next update")
    func legacyModPolicies() throws {
        var group = try TestChannel.standard().channelGroup
        group["Application/A"].modPolicy = Bytes()
        group["Application/A"].policies[ConfigKey.readers]?.modPolicy = Bytes()
        group.values[ConfigKey.hashingAlgorithm]?.modPolicy = Bytes()
        let configuration = try TestChannel.configuration(group)

        let (_, next) = try configuration.changed(signedBy: [Self.adminH]) {
            $0["Orderer"].set(ConfigKey.batchTimeout, BatchTimeout(timeout: "3s"))
        }

        #expect(next.channelGroup["Application/A"].modPolicy == ConfigKey.admins)
        #expect(next.channelGroup["Application/A"].policies[ConfigKey.readers]?.modPolicy == ConfigKey.admins)
        #expect(next.channelGroup.values[ConfigKey.hashingAlgorithm]?.modPolicy == ConfigKey.admins)
    }

    @Test("transactions of other types, without header or undecodable are refused")
    func malformed() throws {
        let configuration = try TestChannel.standard()
        let header = Header(
            channelHeader: ChannelHeader(type: .endorserTransaction, timestamp: nil, channelID: Bytes("test"))
                .encoded(),
            signatureHeader: Bytes())
        for payload in [
            Bytes("?"), Bytes(), Payload(header: nil, data: Bytes()).encoded(),
            Payload(header: header, data: Bytes()).encoded(),
            Payload(header: Header(channelHeader: Bytes("?"), signatureHeader: Bytes()), data: Bytes()).encoded(),
        ] {
            let envelope = Envelope(payload: payload, signature: Bytes()).encoded()
            #expect(throws: ConfigError.self) { try configuration.proposing(update: envelope) }
            #expect(throws: ConfigError.self) { try ConfigTransaction(decoding: envelope) }
        }
        let block = Block(following: BlockHeader(), envelopes: [Bytes("a"), Bytes("b")])
        #expect(throws: ConfigError.self) { try ConfigTransaction(block: block) }
    }
}
