internal import FabricTypes
internal import GoldenLedger
internal import Membership
internal import Testing

@Suite("Recorded configuration")
struct RecordedConfigTests {
    struct Update {
        let block: Int
        let id: String
        let envelope: Bytes
    }

    static let files = GoldenFiles.trade

    static func updates() throws -> [Update] {
        try files.json("config/updates.json").array.map { entry in
            Update(
                block: Int(try entry["block"].integer), id: try entry["id"].string,
                envelope: try entry["envelope"].base64)
        }
    }

    static func block(_ number: Int) throws -> Block {
        try Block(
            decoding: files.bytes("blocks/\(String(repeating: "0", count: 6 - "\(number)".count))\(number).block"))
    }

    static func genesis() throws -> ChannelConfiguration {
        try ChannelConfiguration(
            trusting: Block(decoding: files.bytes("genesis.block")), signatures: SignatureTable())
    }

    @Test("the genesis block's configuration is read")
    func readGenesis() throws {
        let configuration = try Self.genesis()

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
        let readers = configuration.policies[Bytes("/Channel/Application/Alder/Readers")].signaturePolicy
        #expect(
            readers.flatMap { SignaturePolicyText.text(of: $0) }
                == "OR('AlderMSP.admin', 'AlderMSP.peer', 'AlderMSP.client')")
    }

    @Test("every recorded update, applied to the configuration before it, gives the configuration of its block")
    func replay() throws {
        let updates = try Self.updates()
        #expect(updates.count == 11)
        let byBlock = Dictionary(uniqueKeysWithValues: updates.map { ($0.block, $0) })
        var configuration = try Self.genesis()
        var blocks: [Int] = []

        for number in 1..<110 {
            let block = try Self.block(number)
            guard block.isConfigBlock else { continue }
            let transaction = try ConfigTransaction(block: block)
            // One update was sent by the command line and stands in its block only.
            let recorded = try byBlock[number]?.envelope ?? #require(transaction.envelope.lastUpdate)

            let (proposed, next) = try configuration.proposing(update: recorded)
            let followed = try configuration.following(transaction)

            #expect(proposed == transaction.envelope, "block \(number)")
            #expect(next.config == followed.config, "block \(number)")
            configuration = followed
            blocks.append(number)
        }
        #expect(blocks == [1, 2, 3, 61, 72, 83, 87, 89, 90, 91, 93, 98])
        #expect(Set(byBlock.keys).isSubset(of: blocks))
        #expect(configuration.config == (try Config(decoding: Self.files.bytes("config/config.pb"))))
    }

    @Test("updates computed from one recorded configuration to the next are what the tools computed")
    func recompute() throws {
        var configuration = try Self.genesis()
        for update in try Self.updates() where update.block < 98 {
            let transaction = try ConfigTransaction(block: Self.block(update.block))
            let target = try #require(transaction.envelope.config?.channelGroup)

            let computed = try ConfigUpdate(
                channelID: configuration.channelID, from: configuration.channelGroup, to: target)

            let recorded = try ConfigUpdate(
                decoding: ConfigTransaction.update(decoding: update.envelope).configUpdate)
            #expect(computed == recorded, "\(update.id)")
            configuration = try configuration.following(transaction)
        }
    }

    @Test("an update that has been applied cannot be applied again, nor before its turn")
    func order() throws {
        let genesis = try Self.genesis()
        let updates = try Self.updates()
        let (_, next) = try genesis.proposing(update: updates[0].envelope)

        for (configuration, update) in [(next, updates[0]), (genesis, updates[6])] {
            let error = try #require(throws: ConfigError.self) { try configuration.proposing(update: update.envelope) }
            #expect(error.code == .wrongVersion)
        }
    }

    @Test("every block's signature satisfies the configuration in force")
    func blockSignatures() throws {
        var configuration = try Self.genesis()
        for number in 1..<110 {
            let block = try Self.block(number)
            try BlockSignatureVerifier(configuration).verify(header: block.header, metadata: block.metadata)
            if block.isConfigBlock { configuration = try configuration.following(ConfigTransaction(block: block)) }
        }
        #expect(configuration.sequence == 12)
    }

    @Test("a block signature over another header, or none at all, is refused")
    func wrongBlockSignatures() throws {
        let verifier = BlockSignatureVerifier(try Self.genesis())
        var block = try Self.block(1)
        block.header.previousHash = Bytes("another")

        let error = try #require(throws: PolicyError.self) {
            try verifier.verify(header: block.header, metadata: block.metadata)
        }
        #expect(error.code == .notSatisfied)
        #expect(error.missingOrganizations == [MSPID("HarborMSP")])
        #expect(error.message.contains("signature 1 is not the HarborMSP signer's over this message"))

        let original = try Self.block(1)
        #expect(throws: PolicyError.self) { try verifier.verify(header: original.header, metadata: .empty) }
        #expect(throws: PolicyError.self) {
            try verifier.verify(header: original.header, metadata: BlockMetadata(slots: []))
        }
        #expect(throws: WireError.self) {
            try verifier.verify(header: original.header, metadata: BlockMetadata(slots: [Bytes([0xFF])]))
        }
    }
}
