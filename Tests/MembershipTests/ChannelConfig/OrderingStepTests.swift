internal import FabricTypes
internal import Testing

@testable internal import Membership

@Suite("Changes of consensus")
struct OrderingStepTests {
    static let everybody = [FakePerson.admin("A"), .admin("B"), .admin("C"), .admin("H")]

    static func consensus(_ type: String, _ metadata: Bytes, state: Int32) -> ConsensusType {
        var consensus = ConsensusType(type: type, metadata: metadata)
        consensus.stateNumber = state
        return consensus
    }

    static func metadata(
        _ consenters: [Int], _ change: (inout RaftConfigMetadata) -> Void = { _ in }
    ) throws -> Bytes {
        var metadata = RaftConfigMetadata(consenters: try consenters.map { try TestChannel.consenter($0) })
        change(&metadata)
        return metadata.encoded()
    }

    static func refusal(
        from configuration: ChannelConfiguration, _ change: (inout ConfigGroup) throws -> Void
    ) throws -> ConfigError {
        try #require(try configuration.refusal(signedBy: everybody, change))
    }

    @Test("maintenance begins and ends with an update of its own")
    func maintenance() throws {
        let configuration = try TestChannel.standard()
        let raft = try Self.metadata([0])
        let (_, maintained) = try configuration.changed(signedBy: Self.everybody) {
            $0["Orderer"].set(ConfigKey.consensusType, Self.consensus("etcdraft", raft, state: 1))
        }
        #expect(maintained.orderer.isInMaintenance)
        let (_, back) = try maintained.changed(signedBy: Self.everybody) {
            $0["Orderer"].set(ConfigKey.consensusType, Self.consensus("etcdraft", raft, state: 0))
        }
        #expect(!back.orderer.isInMaintenance)

        let withOther = try Self.refusal(from: configuration) {
            $0["Orderer"].set(ConfigKey.consensusType, Self.consensus("etcdraft", raft, state: 1))
            $0["Orderer"].set(ConfigKey.batchTimeout, BatchTimeout(timeout: "3s"))
        }
        #expect(withOther.code == .notAllowed)
        #expect(withOther.message.contains("must be the only change"))
        let withMetadata = try Self.refusal(from: configuration) {
            $0["Orderer"].set(
                ConfigKey.consensusType, Self.consensus("etcdraft", try Self.metadata([0, 1]), state: 1))
        }
        #expect(withMetadata.message.contains("cannot change type or metadata"))
        let unknown = try Self.refusal(from: configuration) {
            $0["Orderer"].set(ConfigKey.consensusType, Self.consensus("etcdraft", raft, state: 2))
        }
        #expect(unknown.code == .invalidValue)
    }

    @Test("maintenance needs orderer capability V1_4_2")
    func capability() throws {
        var group = try TestChannel.standard().channelGroup
        group["Orderer"].set(ConfigKey.capabilities, Capabilities(names: [Bytes("V1_1")]))
        let configuration = try TestChannel.configuration(group)

        let error = try Self.refusal(from: configuration) {
            $0["Orderer"].set(
                ConfigKey.consensusType, Self.consensus("etcdraft", try Self.metadata([0]), state: 1))
        }
        #expect(error.code == .notAllowed)
    }

    @Test("the consensus type changes only in maintenance, and only to BFT")
    func consensusType() throws {
        let configuration = try TestChannel.standard()
        let raft = try Self.metadata([0])
        let outside = try Self.refusal(from: configuration) {
            $0["Orderer"].set(ConfigKey.consensusType, Self.consensus("solo", Bytes(), state: 0))
        }
        #expect(outside.code == .notAllowed)
        #expect(outside.message.contains("only while the channel is in maintenance"))

        let (_, maintained) = try configuration.changed(signedBy: Self.everybody) {
            $0["Orderer"].set(ConfigKey.consensusType, Self.consensus("etcdraft", raft, state: 1))
        }
        let other = try Self.refusal(from: maintained) {
            $0["Orderer"].set(ConfigKey.consensusType, Self.consensus("solo", Bytes(), state: 1))
        }
        #expect(other.message.contains("cannot change from etcdraft to solo"))
        let leaving = try Self.refusal(from: maintained) {
            $0["Orderer"].set(ConfigKey.consensusType, Self.consensus("BFT", Bytes(), state: 0))
            $0.set(ConfigKey.capabilities, Capabilities(names: [Bytes("V3_0")]))
        }
        #expect(leaving.code == .notAllowed)
    }

    @Test("a channel migrates to BFT with the consenters it has and a quorum of them for blocks")
    func migration() throws {
        var group = try TestChannel.standard().channelGroup
        group.set(ConfigKey.capabilities, Capabilities(names: [Bytes("V3_0")]))
        group["Orderer"].set(
            ConfigKey.consensusType, Self.consensus("etcdraft", try Self.metadata([0]), state: 1))
        let configuration = try TestChannel.configuration(group)
        let raft = try TestChannel.consenter(0)
        var consenter = Consenter()
        consenter.id = 1
        consenter.host = raft.host
        consenter.port = raft.port
        consenter.mspID = Bytes("H")
        consenter.identity = Bytes("orderer")
        consenter.clientTLSCertificate = raft.clientTLSCertificate
        consenter.serverTLSCertificate = raft.serverTLSCertificate
        func migrate(_ consenters: [Consenter], quorumOf signers: [Consenter]) throws -> ConfigError? {
            try configuration.refusal(signedBy: Self.everybody) {
                $0["Orderer"].set(ConfigKey.consensusType, Self.consensus("BFT", Bytes(), state: 1))
                $0["Orderer"].set(ConfigKey.orderers, Orderers(consenterMapping: consenters))
                $0["Orderer"].policies[ConfigKey.blockValidation]?.policy = Policy(
                    SignaturePolicyEnvelope(quorumOf: signers))
            }
        }

        #expect(try migrate([consenter], quorumOf: [consenter]) == nil)

        var stranger = consenter
        stranger.host = "elsewhere.example"
        #expect(
            try migrate([stranger], quorumOf: [stranger])?.message.contains("consenters that the channel has") == true)
        #expect(try migrate([], quorumOf: [])?.code == .notAllowed)
        #expect(try migrate([consenter, consenter], quorumOf: [consenter, consenter])?.code == .notAllowed)
        #expect(try migrate([consenter], quorumOf: [stranger, stranger])?.code == .invalidValue)
    }

    @Test("consenters change one at a time")
    func consenters() throws {
        func step(_ old: [Int], _ new: [Int]) throws -> ConfigError? {
            try TestChannel.standard(consenters: old).refusal(signedBy: Self.everybody) {
                $0["Orderer"].set(
                    ConfigKey.consensusType, Self.consensus("etcdraft", try Self.metadata(new), state: 0))
            }
        }

        #expect(try step([0], [0, 1]) == nil)
        #expect(try step([0, 1], [1]) == nil)
        #expect(try step([0, 1], [0, 2]) == nil)
        #expect(try step([0, 1], [1, 0]) == nil)
        #expect(try step([0], [0, 1, 2])?.message.contains("adds 2 consenters and removes 0") == true)
        #expect(try step([0, 1, 2], [0])?.code == .notAllowed)
        #expect(try step([0], [])?.message.contains("no consenters") == true)
        #expect(try step([0], [0, 0])?.message.contains("TLS certificate of another one") == true)
    }

    @Test("raft metadata that a stock orderer would not run with is refused")
    func metadataRules() throws {
        let configuration = try TestChannel.standard()
        let changes: [(String, (inout RaftConfigMetadata) -> Void)] = [
            ("no options", { $0.options = nil }),
            ("at least 1", { $0.options?.heartbeatTick = 0 }),
            ("at least 1", { $0.options?.electionTick = 0 }),
            ("at least 1", { $0.options?.maxInflightBlocks = 0 }),
            ("more than heartbeat_tick", { $0.options?.electionTick = 1 }),
            ("no duration", { $0.options?.tickInterval = "often" }),
            ("no duration", { $0.options?.tickInterval = "0s" }),
            ("cannot be read", { $0.consenters[0].serverTLSCertificate = Bytes("no certificate") }),
            ("cannot be read", { $0.consenters[0].clientTLSCertificate = Bytes() }),
        ]
        for (text, change) in changes {
            let error = try Self.refusal(from: configuration) {
                $0["Orderer"].set(
                    ConfigKey.consensusType,
                    Self.consensus("etcdraft", try Self.metadata([0], change), state: 0))
            }
            #expect(error.code == .invalidValue)
            #expect(error.message.contains(text), "\(error)")
        }
        let damaged = try Self.refusal(from: configuration) {
            $0["Orderer"].set(ConfigKey.consensusType, Self.consensus("etcdraft", Bytes([0x0A, 0x7F]), state: 0))
        }
        #expect(damaged.code == .malformed)
    }
}
