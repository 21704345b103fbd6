import FabricTypes
import GoldenLedger
import LedgerCore
import Membership
import OrdererService
import OrderingCore
import Testing

@Suite("Config updates on a channel")
struct ConfigUpdateTests {
    let updates: [(block: Int, envelope: Bytes)]

    init() throws {
        updates = try GoldenFiles.trade.json("config/updates.json").array.map { update in
            (Int(try update["block"].integer), try update["envelope"].base64)
        }
    }

    @Test("recorded updates take effect alone in their blocks, with the recorded result")
    func recorded() async throws {
        let recordedBlocks = try OrdererWorld.recordedBlocks()
        for update in updates {
            let world = try OrdererWorld(recordedBlocks: update.block)
            let channel = try world.trade
            let recorded = try Block(decoding: recordedBlocks[update.block])
            let sequence = channel.configuration.sequence

            let response = try await world.running { await world.orderer.broadcast(update.envelope) }

            #expect(response == .success)
            let block = try await Block(decoding: channel.block(BlockNumber(update.block)))
            #expect(block.isConfigBlock)
            #expect(try block.lastConfigIndex() == block.number)
            #expect(
                try ConfigTransaction(block: block).envelope.config
                    == ConfigTransaction(block: recorded).envelope.config)
            #expect(channel.configuration.sequence == sequence + 1)
            #expect(channel.lastConfigIndex == block.number)
        }
    }

    @Test("envelopes before an update stand before it, those behind it are judged by what it brings")
    func order() async throws {
        let update = try #require(updates.first)
        let world = try OrdererWorld(recordedBlocks: update.block)
        let channel = try world.trade
        let answers = Answers()
        // Nobody writes yet, so that all are admitted by the old configuration.
        for envelope in [
            try OrdererWorld.envelope("before"), update.envelope, try OrdererWorld.envelope("behind"),
        ] {
            world.orderer.submit(envelope) { answers.record($0) }
        }

        try await world.running { _ = try await answers.first(3) }

        #expect(answers.all == [.success, .success, .success])
        #expect(channel.height == BlockNumber(update.block) + 3)
        let number = BlockNumber(update.block)
        #expect(try await Block(decoding: channel.block(number)).isConfigBlock == false)
        #expect(try await Block(decoding: channel.block(number + 1)).isConfigBlock)
        let last = try await Block(decoding: channel.block(number + 2))
        #expect(try last.lastConfigIndex() == number + 1)
    }

    @Test("of two updates that were made for the same configuration the second is proposed again, and refused if stale")
    func staleUpdate() async throws {
        // The same update twice: the second reads versions that the first has changed.
        let update = try #require(updates.first)
        let world = try OrdererWorld(recordedBlocks: update.block)
        let answers = Answers()
        for _ in 0..<2 { world.orderer.submit(update.envelope) { answers.record($0) } }

        try await world.running { _ = try await answers.first(2) }

        #expect(answers.all.map(\.status) == [.success, .badRequest])
        #expect(answers.all.last?.info.contains("error applying config update") == true)
        #expect(try world.trade.height == BlockNumber(update.block) + 1)
    }

    @Test("two updates that do not concern each other both take effect")
    func independentUpdates() async throws {
        // The anchor peers of two organisations: blocks 1 and 2 of the recording.
        let world = try OrdererWorld(recordedBlocks: 1)
        let answers = Answers()
        for update in updates.prefix(2) { world.orderer.submit(update.envelope) { answers.record($0) } }

        try await world.running { _ = try await answers.first(2) }

        #expect(answers.all == [.success, .success])
        let channel = try world.trade
        #expect(channel.configuration.sequence == 2)
        #expect(channel.configuration.application.organizations.count { !$0.anchorPeers.isEmpty } == 2)
    }

    @Test("an envelope whose sender an update shuts out does not get into a block behind it")
    func shutOut() async throws {
        // The recorded update that revoked a client, and that client's envelope.
        let refusals = try GoldenFiles.trade.json("broadcast/refused.json").array
        let revoked = try #require(try refusals.first { try $0["id"].string == "bc-revoked" })
        let envelope = try revoked["envelope"].base64
        let claim = try ReceivedEnvelope(decoding: envelope).signedData()
        let blocks = try OrdererWorld.recordedBlocks()
        let update = try #require(
            try updates.first { update in
                let configuration = try ChannelConfiguration(
                    trusting: Block(decoding: blocks[update.block]), signatures: SignatureTable())
                return (try? configuration.policies.check(.channelWriters, [claim])) == nil
            })
        let world = try OrdererWorld(recordedBlocks: update.block)
        let answers = Answers()
        for envelope in [update.envelope, envelope] { world.orderer.submit(envelope) { answers.record($0) } }

        try await world.running { _ = try await answers.first(2) }

        #expect(answers.all.map(\.status) == [.success, .forbidden])
        #expect(try world.trade.height == BlockNumber(update.block) + 1)
    }
}
