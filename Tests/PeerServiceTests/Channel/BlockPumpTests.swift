internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore
internal import Testing

@testable internal import PeerService

@Suite("A block source")
struct BlockPumpTests {
    private static func run(
        _ source: ScriptedSource, to height: BlockNumber,
        _ body: (PeerChannel, ManualClock) async throws -> Void = { _, _ in }
    ) async throws -> PeerChannel {
        let channel = try RecordedPeer.begin(RecordedPeer.settings())
        let clock = ManualClock()
        let pump = BlockPump(channel: channel, source: source, retry: BlockPumpRetry(), clock: clock)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await pump.run() }
            try await body(channel, clock)
            while channel.commits.height < height {
                _ = try await channel.commits.wait(above: channel.commits.height)
            }
            group.cancelAll()
        }
        return channel
    }

    @Test("delivers all blocks, config blocks among them")
    func honest() async throws {
        let source = ScriptedSource(then: try RecordedPeer.ordererBlocks())
        let channel = try await Self.run(source, to: 110)
        #expect(channel.commits.height == 110)
        #expect(source.requests == [1])
        #expect(try channel.ledger.block(109) == GoldenFiles.trade.blocks()[109])
    }

    @Test("that lies, repeats, skips, ends or fails is asked anew, after growing pauses")
    func faults() async throws {
        let blocks = try RecordedPeer.ordererBlocks()
        var forged = try Block(decoding: blocks[3])
        forged.data.entries[0] = blocks[4]
        let source = ScriptedSource(
            [
                .init(blocks: [blocks[1], blocks[2], forged.encoded()], ending: .stall),
                .init(blocks: [blocks[2]], ending: .stall),
                .init(blocks: [blocks[4]], ending: .stall),
                .init(blocks: [Bytes([1, 2, 3])], ending: .stall),
                .init(blocks: [], ending: .fail),
                .init(blocks: [], ending: .end),
                .init(blocks: [blocks[3]], ending: .fail),
            ], then: Array(blocks.prefix(12)))
        var pauses: [Duration] = []
        let channel = try await Self.run(source, to: 12) { _, clock in
            for _ in 0..<7 { pauses.append(await clock.wakeNext(within: .seconds(10))) }
        }
        #expect(channel.commits.height == 12)
        #expect(source.requests == [1, 3, 3, 3, 3, 3, 3, 4])
        #expect(pauses[0] == .milliseconds(100))
        #expect(Array(pauses[1...5]) == pauses[1...5].sorted())
        #expect(pauses[5] > pauses[1])
        #expect(pauses[6] == .milliseconds(100))
    }

    @Test("that falls silent is asked anew")
    func silence() async throws {
        let blocks = try RecordedPeer.ordererBlocks()
        let source = ScriptedSource([.init(blocks: [blocks[1]], ending: .stall)], then: Array(blocks.prefix(5)))
        let channel = try await Self.run(source, to: 5) { channel, clock in
            _ = try await channel.commits.wait(above: 1)
            let silence = await clock.wakeNext(within: BlockPumpRetry().silenceMax)
            #expect(silence == BlockPumpRetry().silenceMax)
            _ = await clock.wakeNext(within: .seconds(10))
        }
        #expect(channel.commits.height == 5)
        #expect(source.requests == [1, 2])
    }

    @Test("is asked less and less often, to a bound")
    func pauses() {
        let retry = BlockPumpRetry()
        #expect(retry.pause(after: 0) == .milliseconds(100))
        #expect(retry.pause(after: 1) == .milliseconds(100))
        #expect(retry.pause(after: 2) == .milliseconds(120))
        #expect(retry.pause(after: 1_000_000) == retry.pauseMax)
    }
}
