import FabricTypes
import LedgerCore
import Membership
import OrdererService
import Synchronization
import Testing

@Suite("Cutting when idle")
struct CutWhenIdleTests {
    /// Submits envelopes while a peer is behind, and returns once the writer waits for it.
    private func submitWhileBehind(_ world: OrdererWorld, _ texts: [String], _ answers: Answers) async throws {
        for text in texts {
            world.orderer.submit(try OrdererWorld.envelope(text)) { answers.record($0) }
        }
        await world.time.sleeperHasCome()
    }

    @Test("envelopes gather while a peer is behind, and become one block when it has caught up")
    func peerCatchesUp() async throws {
        let world = try OrdererWorld(recordedBlocks: 110)
        let channel = try world.trade
        let reporter = channel.makeCommitReporter(height: 109)
        let answers = Answers()
        try await world.running {
            try await submitWhileBehind(world, ["one", "two", "three"], answers)
            #expect(answers.all.isEmpty)

            reporter.committed(height: 110)

            #expect(try await answers.first(3).allSatisfy { $0 == .success })
            #expect(channel.height == 111)
        }
    }

    @Test("a peer that does not come on holds envelopes back no longer than the batch timeout")
    func timeout() async throws {
        let world = try OrdererWorld(recordedBlocks: 110)
        let channel = try world.trade
        let reporter = channel.makeCommitReporter(height: 109)
        let answers = Answers()
        try await world.running {
            try await submitWhileBehind(world, ["one", "two"], answers)

            world.time.advance(by: channel.configuration.orderer.batchTimeout)

            #expect(try await answers.first(2).allSatisfy { $0 == .success })
            #expect(channel.height == 111)
        }
        withExtendedLifetime(reporter) {}
    }

    @Test("a peer that goes away holds nothing back any more")
    func peerLeaves() async throws {
        let world = try OrdererWorld(recordedBlocks: 110)
        let channel = try world.trade
        let leaving = Leaving(channel.makeCommitReporter(height: 109))
        let kept = channel.makeCommitReporter(height: 110)
        let answers = Answers()
        try await world.running {
            try await submitWhileBehind(world, ["one"], answers)
            #expect(answers.all.isEmpty)

            leaving.leave()

            #expect(try await answers.first(1) == [.success])
        }
        withExtendedLifetime(kept) {}
    }

    @Test("a full batch does not wait for a peer that is behind")
    func fullBatch() async throws {
        let world = try OrdererWorld(recordedBlocks: 110)
        let channel = try world.trade
        let countMax = Int(channel.configuration.orderer.batchSize.maxMessageCount)
        let reporter = channel.makeCommitReporter(height: 109)
        let answers = Answers()
        let envelopes = try (0...countMax).map { try OrdererWorld.envelope("number \($0)") }
        try await world.running {
            for envelope in envelopes { world.orderer.submit(envelope) { answers.record($0) } }

            #expect(try await answers.first(countMax).allSatisfy { $0 == .success })
            let block = try await Block(decoding: channel.block(110))
            #expect(block.data.entries.count == countMax)
            #expect(channel.height == 111)
        }
        // The one that was left over was written at the end.
        #expect(channel.height == 112)
        withExtendedLifetime(reporter) {}
    }
}

/// Holds a reporter until its peer goes away.
private final class Leaving: Sendable {
    private let reporter: Mutex<CommitReporter?>

    init(_ reporter: CommitReporter) {
        self.reporter = Mutex(reporter)
    }

    func leave() {
        reporter.withLock { $0 = nil }
    }
}
