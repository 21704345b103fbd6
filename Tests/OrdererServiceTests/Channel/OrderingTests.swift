import FabricTypes
import GoldenLedger
import LedgerCore
import Membership
import OrdererService
import OrderingCore
import Testing

@Suite("Ordering on a channel")
struct OrderingTests {
    @Test("a lone envelope is in a durable block when it is answered, without any timer")
    func loneEnvelope() async throws {
        let world = try OrdererWorld(recordedBlocks: 110)
        let envelope = try OrdererWorld.envelope("a nonce of 24 bytes here")
        let channel = try world.trade

        let response = try await world.running { await world.orderer.broadcast(envelope) }

        #expect(response == .success)
        #expect(channel.height == 111)
        let block = try await Block(decoding: channel.block(110))
        #expect(block.data.entries == [envelope])
    }

    @Test("blocks are such as peers take: chained, well-formed, signed, naming their configuration")
    func verifiable() async throws {
        let world = try OrdererWorld(recordedBlocks: 110)
        let channel = try world.trade
        let envelopes = try (0..<40).map { try OrdererWorld.envelope("nonce number \($0)") }

        try await world.running {
            try await withThrowingTaskGroup(of: BroadcastResponse.self) { group in
                for envelope in envelopes { group.addTask { await world.orderer.broadcast(envelope) } }
                for try await response in group { #expect(response == .success) }
            }
        }

        var previous = try await Block(decoding: channel.block(109)).header
        var ordered: [Bytes] = []
        for number in 110..<channel.height {
            let block = try await Block(decoding: channel.block(number))
            try BlockVerification.check(
                PreparedBlock(block), after: previous, configuration: channel.configuration)
            #expect(try block.lastConfigIndex() == 98)
            previous = block.header
            ordered += block.data.entries
        }
        #expect(ordered.sorted() == envelopes.sorted())
    }

    @Test("what one sender submits in a row stands in the blocks in that order")
    func order() async throws {
        let world = try OrdererWorld(recordedBlocks: 110)
        let channel = try world.trade
        let envelopes = try (0..<60).map { try OrdererWorld.envelope("nonce number \($0)") }
        let (requests, continuation) = AsyncStream.makeStream(of: Bytes.self)
        for envelope in envelopes { continuation.yield(envelope) }
        continuation.finish()
        let answers = Answers()

        try await world.running {
            try await BroadcastStream(world.orderer).serve(requests) { answers.record($0) }
        }

        #expect(answers.all == Array(repeating: .success, count: 60))
        var ordered: [Bytes] = []
        for number in 110..<channel.height {
            ordered += try await Block(decoding: channel.block(number)).data.entries
        }
        #expect(ordered == envelopes)
    }

    @Test("the first refusal ends a broadcast stream")
    func refusalEndsStream() async throws {
        let world = try OrdererWorld(recordedBlocks: 110)
        let envelopes = [
            try OrdererWorld.envelope("one"), try OrdererWorld.envelope("two", channel: "nowhere"),
            try OrdererWorld.envelope("three"),
        ]
        // The client keeps the stream open and waits.
        let (requests, continuation) = AsyncStream.makeStream(of: Bytes.self)
        for envelope in envelopes { continuation.yield(envelope) }
        let answers = Answers()

        try await world.running {
            try await BroadcastStream(world.orderer).serve(requests) { answers.record($0) }
        }

        #expect(answers.all.map(\.status) == [.success, .badRequest])
        #expect(answers.all.last?.info == "channel does not exist")
    }

    @Test("a full queue answers what clients try again on")
    func fullQueue() async throws {
        var options = OrdererOptions()
        options.queuedEnvelopeCountMax = 2
        let world = try OrdererWorld(recordedBlocks: 110, options: options)
        let answers = Answers()
        // Nobody writes yet.
        for text in ["one", "two", "three"] {
            world.orderer.submit(try OrdererWorld.envelope(text)) { answers.record($0) }
        }
        #expect(answers.all.map(\.status) == [.serviceUnavailable])

        try await world.running {
            let statuses = try await answers.first(3).map(\.status)
            #expect(statuses == [.serviceUnavailable, .success, .success])
        }
    }

    @Test("what was taken in is written when the orderer is shut down, and nothing after it")
    func shutdown() async throws {
        let world = try OrdererWorld(recordedBlocks: 110)
        let channel = try world.trade
        // A peer that is behind, so that envelopes wait.
        let reporter = channel.makeCommitReporter(height: 0)
        let answers = Answers()

        try await world.running {
            for text in ["one", "two"] {
                world.orderer.submit(try OrdererWorld.envelope(text)) { answers.record($0) }
            }
            await world.time.sleeperHasCome()
            #expect(answers.all.isEmpty)
        }

        #expect(answers.all == [.success, .success])
        #expect(channel.height == 111)
        let late = try OrdererWorld.envelope("three")
        #expect(await world.orderer.broadcast(late).status == .serviceUnavailable)
        withExtendedLifetime(reporter) {}
    }
}
