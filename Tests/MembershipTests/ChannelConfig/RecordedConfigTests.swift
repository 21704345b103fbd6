internal import FabricTypes
internal import GoldenLedger
internal import Membership
internal import Testing

@Suite("Recorded configuration")
struct RecordedConfigTests {
    let recorded: RecordedConfigurations

    init() throws {
        recorded = try RecordedConfigurations.read.get()
    }

    @Test("the genesis block's configuration is read")
    func readGenesis() throws {
        let configuration = recorded.genesis

        #expect(configuration.channelID.rawValue == "trade")
        #expect(configuration.sequence == 0)
        #expect(configuration.capabilities == .standard)
        #expect(configuration.application.organizations.map(\.name) == ["Alder", "Birch", "Cedar"])
        #expect(configuration.application.organizations.map(\.mspID.rawValue) == ["AlderMSP", "BirchMSP", "CedarMSP"])
        #expect(configuration.application.organization(MSPID("CedarMSP"))?.name == "Cedar")
        #expect(configuration.application.organizations.allSatisfy { $0.anchorPeers.isEmpty })
        #expect(configuration.application.aclPolicies.isEmpty)
        #expect(configuration.orderer.organizations.map(\.name) == ["Harbor"])
        #expect(configuration.orderer.endpoints == ["orderer0.harbor.example:7050"])
        #expect(
            configuration.orderer.batchSize
                == BatchSize(maxMessageCount: 500, absoluteMaxBytes: 10_485_760, preferredMaxBytes: 2_097_152))
        #expect(configuration.orderer.batchTimeout == .seconds(1))
        #expect(!configuration.orderer.isInMaintenance)
        let metadata = try configuration.orderer.raftMetadata()
        let raft = try #require(metadata)
        #expect(raft.options == .standard)
        #expect(raft.consenters.map { "\($0.host):\($0.port)" } == ["orderer0.harbor.example:7050"])
        #expect(configuration.policies[.endorsement].implicitMeta?.threshold == 2)
        let readers = configuration.policies[Bytes("/Channel/Application/Alder/Readers")]
        #expect(readers.text == "OR('AlderMSP.admin', 'AlderMSP.peer', 'AlderMSP.client')")
    }

    @Test("every recorded update, applied to the configuration before it, gives the configuration of its block")
    func replay() throws {
        #expect(recorded.updates.count == 11)
        let byBlock = Dictionary(uniqueKeysWithValues: recorded.updates.map { ($0.block, $0) })
        var configuration = recorded.genesis

        for (number, followed) in recorded.configurations.dropFirst() {
            let transaction = try ConfigTransaction(block: recorded.blocks[number])
            // One update was sent by the command line and stands in its block only.
            let update = try byBlock[number]?.envelope ?? #require(transaction.envelope.lastUpdate)

            let (proposed, next) = try configuration.proposing(update: update)

            #expect(proposed == transaction.envelope, "block \(number)")
            #expect(next.config == followed.config, "block \(number)")
            configuration = followed
        }
        #expect(recorded.configurations.map(\.block) == [0, 1, 2, 3, 61, 72, 83, 87, 89, 90, 91, 93, 98])
        #expect(Set(byBlock.keys).isSubset(of: recorded.configurations.map(\.block)))
        let last = try Config(decoding: RecordedConfigurations.files.bytes("config/config.pb"))
        #expect(configuration.config == last)
    }

    @Test("updates computed from one recorded configuration to the next are what the tools computed")
    func recompute() throws {
        for update in recorded.updates {
            let before = try recorded.configuration(ledgerHeight: update.block)
            let after = try recorded.configuration(ledgerHeight: update.block + 1)

            let computed = try ConfigUpdate(
                channelID: before.channelID, from: before.channelGroup, to: after.channelGroup)

            let envelope = try ConfigTransaction.update(decoding: update.envelope)
            #expect(try computed == ConfigUpdate(decoding: envelope.configUpdate), "\(update.id)")
        }
    }

    @Test("an update that has been applied cannot be applied again, nor before its turn")
    func order() throws {
        let (genesis, next) = (recorded.genesis, recorded.configurations[1].configuration)
        for (configuration, update) in [(next, recorded.updates[0]), (genesis, recorded.updates[6])] {
            let error = try #require(throws: ConfigError.self) { try configuration.proposing(update: update.envelope) }
            #expect(error.code == .wrongVersion)
        }
    }

    @Test("every block's signature satisfies the configuration in force")
    func blockSignatures() throws {
        for (number, block) in recorded.blocks.enumerated().dropFirst() {
            let configuration = try recorded.configuration(ledgerHeight: number)
            try BlockSignatureVerifier(configuration).verify(header: block.header, metadata: block.metadata)
        }
    }

    @Test("a block signature over another header, or none at all, is refused")
    func wrongBlockSignatures() throws {
        let verifier = BlockSignatureVerifier(recorded.genesis)
        let original = recorded.blocks[1]
        var header = original.header
        header.previousHash = Bytes("another")

        let error = try #require(throws: PolicyError.self) {
            try verifier.verify(header: header, metadata: original.metadata)
        }
        #expect(error.code == .notSatisfied)
        #expect(error.missingOrganizations == [MSPID("HarborMSP")])
        #expect(error.message.contains("signature 1 is not the HarborMSP signer's over this message"))

        #expect(throws: PolicyError.self) { try verifier.verify(header: original.header, metadata: .empty) }
        #expect(throws: PolicyError.self) {
            try verifier.verify(header: original.header, metadata: BlockMetadata(slots: []))
        }
        #expect(throws: WireError.self) {
            try verifier.verify(header: original.header, metadata: BlockMetadata(slots: [Bytes([0xFF])]))
        }
    }

    @Test("the description for people says who is there and what holds")
    func describe() throws {
        let last = try #require(recorded.configurations.last).configuration

        #expect(
            last.description == """
                Channel trade, configuration 12
                Capabilities: channel V2_0, orderer V2_0, application V2_5
                Ordering: etcdraft; blocks of at most 500 transactions and 2097152 bytes, after at most 0.9 seconds
                Orderer organisation: Harbor (HarborMSP) at orderer0.harbor.example:7050
                Member organisation: Alder (AlderMSP) at peer0.alder.example:7051
                Member organisation: Birch (BirchMSP) at peer0.birch.example:7051
                Member organisation: Cedar (CedarMSP) at peer0.cedar.example:7051
                /Channel/Application/Endorsement: MAJORITY Endorsement (2 of 3)
                /Channel/Application/LifecycleEndorsement: MAJORITY Endorsement (2 of 3)
                /Channel/Orderer/BlockValidation: ANY Writers (1 of 1)
                qscc/GetBlockByHash: /Channel/Application/Writers
                """)
    }
}
