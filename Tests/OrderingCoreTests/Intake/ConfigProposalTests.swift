import FabricTypes
import GoldenLedger
import Membership
import OrderingCore
import Testing

@Suite("Config proposals")
struct ConfigProposalTests {
    @Test("every recorded update becomes the configuration that the recorded orderer made of it")
    func recordedUpdates() throws {
        let blocks = try RecordedOrderer.blocks()
        let updates = try GoldenFiles.trade.json("config/updates.json").array
        #expect(updates.count == 11)
        for update in updates {
            let number = Int(try update["block"].integer)
            let rules = IntakeRules(try RecordedOrderer.configuration(after: Array(blocks.prefix(number))))
            let received = try ReceivedEnvelope(decoding: update["envelope"].base64)
            #expect(received.kind == .configUpdate)
            let recorded = try ConfigTransaction(block: blocks[number])
            let recordedHeader = try #require(
                try Payload(decoding: Envelope(decoding: blocks[number].data.entries[0]).payload).header)
            let time = try #require(try ChannelHeader(decoding: recordedHeader.channelHeader).timestamp)

            let proposal = try rules.propose(received, now: time, signer: RecordedOrderer.signer())

            let made = try ConfigTransaction(decoding: proposal.envelope)
            #expect(made.envelope.config == recorded.envelope.config)
            #expect(made.envelope.lastUpdate == recorded.envelope.lastUpdate)
            #expect(proposal.next.sequence == rules.configuration.sequence + 1)
            #expect(proposal.baseSequence == rules.configuration.sequence)
            let madeHeader = try #require(
                try Payload(decoding: Envelope(decoding: proposal.envelope).payload).header)
            #expect(madeHeader.channelHeader == recordedHeader.channelHeader)
        }
    }

    @Test("channels of several orderers, or of another consensus, are not this orderer's to order")
    func loneOrderer() throws {
        let configuration = try RecordedOrderer.configuration(after: RecordedOrderer.blocks())
        try LoneOrdererRule.check(configuration)

        let twice = try changed(configuration) { type in
            var metadata = try RaftConfigMetadata(decoding: type.metadata)
            metadata.consenters += metadata.consenters
            type.metadata = metadata.encoded()
        }
        let other = try changed(configuration) { $0.type = "solo" }
        let unreadable = try changed(configuration) { $0.metadata = Bytes([0x0A, 0xFF]) }

        for (configuration, words) in [(twice, "2 consenters"), (other, "\"solo\""), (unreadable, "cannot be read")] {
            let violation = #expect(throws: LoneOrdererRule.Violation.self) {
                try LoneOrdererRule.check(configuration)
            }
            #expect(violation?.description.contains(words) == true, "\(violation?.description ?? "")")
        }
    }

    private func changed(
        _ configuration: ChannelConfiguration, _ change: (inout ConsensusType) throws -> Void
    ) throws -> ChannelConfiguration {
        var config = configuration.config
        var group = try #require(config.channelGroup)
        let encoded = try #require(group.groups[ConfigKey.orderer]?.values[ConfigKey.consensusType]?.value)
        var type = try ConsensusType(decoding: encoded)
        try change(&type)
        group.groups[ConfigKey.orderer]?.values[ConfigKey.consensusType]?.value = type.encoded()
        config.channelGroup = group
        return try ChannelConfiguration(
            channelID: configuration.channelID, config: config, signatures: SignatureTable())
    }
}
