internal import FabricTypes
internal import GoldenLedger
internal import Testing

@testable internal import Membership

@Suite("New channels")
struct ChannelDescriptionTests {
    @Test("the recorded channel, described anew, is the recorded one")
    func recorded() throws {
        let files = RecordedConfigurations.files
        let genesis = try Block(decoding: files.bytes("genesis.block"))
        let original = try RecordedConfigurations.read.get().genesis
        func msp(_ organization: OrganizationConfiguration) throws -> FabricMSPConfig {
            try FabricMSPConfig(decoding: organization.msp.config)
        }
        var description = ChannelDescription(
            channelID: original.channelID,
            ordererOrganizations: try original.orderer.organizations.map {
                .init(name: $0.name, msp: try msp($0), endpoints: $0.endpoints)
            },
            applicationOrganizations: try original.application.organizations.map {
                .init(name: $0.name, msp: try msp($0))
            },
            consensus: .raft(try RaftConfigMetadata(decoding: original.orderer.consensusType.metadata)))
        description.batchTimeout = "1s"

        #expect(description.config == original.config)

        // And so is the block, but for the order of maps.
        let payload = try Payload(decoding: Envelope(decoding: genesis.data.entries[0]).payload)
        let header = try #require(payload.header)
        let channelHeader = try ChannelHeader(decoding: header.channelHeader)
        let block = Block(
            genesisOf: original.channelID, description.config,
            timestampSeconds: try #require(channelHeader.timestamp).seconds,
            nonce: try SignatureHeader(decoding: header.signatureHeader).nonce)
        let made = try Payload(decoding: Envelope(decoding: block.data.entries[0]).payload)
        #expect(made.header == header)
        #expect(made.data.count == payload.data.count)
        #expect(block.metadata == genesis.metadata)
        #expect(block.header.number == 0)
        #expect(block.header.previousHash.isEmpty)
        #expect(block.isConfigBlock)
        let again = try ChannelConfiguration(trusting: block, signatures: SignatureTable())
        #expect(again.config == original.config)
        #expect(again.channelID == original.channelID)
    }

    @Test("the defaults are those of the development network")
    func defaults() throws {
        let configuration = try TestChannel.standard()

        #expect(configuration.capabilities == ChannelCapabilities(channel: .v20, orderer: .v20, application: .v25))
        #expect(configuration.orderer.batchTimeout == .seconds(2))
        #expect(configuration.orderer.batchSize.maxMessageCount == 500)
        #expect(configuration.orderer.batchSize.preferredMaxBytes == 2 * 1024 * 1024)
        #expect(configuration.orderer.consensusType.type == "etcdraft")
        #expect(configuration.policies[.blockValidation].text == "ANY Writers (1 of 1)")
        #expect(configuration.policies[.lifecycleEndorsement].text == "MAJORITY Endorsement (2 of 3)")
        #expect(configuration.policies[Bytes("/Channel/Application/A/Endorsement")].text == "OR('A.peer')")
        #expect(configuration.policies[Bytes("/Channel/Orderer/H/Writers")].text == "OR('H.member')")
    }

    @Test("anchor peers and ACLs are set from the beginning where they are described")
    func extras() throws {
        var description = try TestChannel.description()
        description.applicationOrganizations[0].anchorPeers = [.init(host: "peer0.a.example", port: 7051)]
        description.acls = [.getChainInfo: PolicyPath("Admins"), .propose: .channelWriters]

        let configuration = try TestChannel.configuration(#require(description.config.channelGroup))

        #expect(configuration.application.organization(MSPID("A"))?.anchorPeers.map(\.port) == [7051])
        #expect(configuration.accessRule(for: .getChainInfo) == .channel(.applicationAdmins))
        #expect(configuration.accessRule(for: .propose) == .channel(.channelWriters))
    }

    @Test("a BFT channel asks for a quorum of its consenters' identities")
    func bft() throws {
        let configuration = try BFTBlockSignaturesTests.configuration()

        #expect(configuration.capabilities.allowsBFT)
        #expect(configuration.orderer.consenters.map(\.id) == [1, 2, 3, 4])
        let policy = try #require(configuration.policies[.blockValidation].signaturePolicy)
        guard case .nOutOf(let gate) = policy.rule?.rule else {
            Issue.record("the policy is no gate")
            return
        }
        #expect(gate.n == 3)
        #expect(policy.identities.count == 4)
        #expect(policy.identities.allSatisfy { $0.classification == MSPPrincipal.Classification.identity })
    }

    @Test(
        "quorums",
        arguments: [(1, 1), (2, 2), (3, 2), (4, 3), (5, 4), (6, 4), (7, 5), (10, 7), (13, 9)])
    func quorum(consenterCount: Int, size: Int) {
        #expect(BFTQuorum.size(of: consenterCount) == size)
        // Two quorums share more consenters than may be faulty.
        #expect(2 * size - consenterCount > BFTQuorum.faultyCountMax(of: consenterCount))
    }

    @Test("a description that breaks a rule is refused when it is built")
    func invalid() throws {
        var description = try TestChannel.description()
        description.capabilities = ChannelCapabilities(channel: .v30, orderer: .v20, application: .v25)
        description.ordererOrganizations[0].endpoints = []

        let group = try #require(description.config.channelGroup)
        #expect(throws: ConfigError.self) { try TestChannel.configuration(group) }
    }
}
