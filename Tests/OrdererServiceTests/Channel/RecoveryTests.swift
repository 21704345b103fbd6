import FabricTypes
import GoldenLedger
import LedgerCore
import LedgerStorage
import LedgerTestKit
import OrdererService
import OrderingCore
import Synchronization
import Testing

@Suite("Recovery of an orderer")
struct RecoveryTests {
    /// One channel whose log lies in a folder that can fail.
    private struct OneLog: OrderedBlockLogs {
        let folder: FaultyFolder

        func channels() throws -> [ChannelID] { [try ChannelID(validating: "trade")] }
        func open(_ channel: ChannelID) throws -> any OrderedBlockLog {
            try OrderedBlockFiles(in: folder, segmentByteCount: 20_000)
        }
        func create(_ channel: ChannelID, genesis: Bytes) throws -> any OrderedBlockLog { try open(channel) }
        func remove(_ channel: ChannelID) throws {}
    }

    private func folder(blocks count: Int = 5) throws -> FaultyFolder {
        let folder = FaultyFolder()
        let log = try OrderedBlockFiles(in: folder, segmentByteCount: 20_000)
        try log.append(
            OrdererWorld.recordedBlocks(count).enumerated().map { (BlockNumber($0.offset), $0.element) })
        return folder
    }

    @Test(
        "whenever the process ends, every envelope that was answered with success is in a block after the restart",
        arguments: Seeds.sample(30))
    func crash(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let folder = try folder()
        folder.fail(Int.random(in: 1...10, using: &random), with: .crash)
        let world = try OrdererWorld(logs: OneLog(folder: folder))
        let acknowledged = Mutex<[Bytes]>([])
        let answers = Answers()
        let envelopes = try (0..<12).map { try OrdererWorld.envelope("number \($0)") }
        try await world.running {
            for (index, envelope) in envelopes.enumerated() {
                world.orderer.submit(envelope) { answer in
                    if answer == .success { acknowledged.withLock { $0.append(envelope) } }
                    answers.record(answer)
                }
                // Some alone, some together.
                if index % 3 == 2 { _ = try await answers.first(index + 1) }
            }
            _ = try await answers.first(envelopes.count)
        }
        let allowed: Set<StatusCode> = [.success, .serviceUnavailable]
        #expect(answers.all.allSatisfy { allowed.contains($0.status) }, "seed \(seed)")

        let restarted = try OrdererWorld(logs: OneLog(folder: folder.afterCrash(keeping: &random)))
        let channel = try restarted.trade
        var found: [Bytes] = []
        for number in 5..<max(5, channel.height) {
            found += try await Block(decoding: channel.block(number)).data.entries
        }
        // Answered ones first and in their order; what was never answered may be there too.
        let expected = acknowledged.withLock { $0 }
        #expect(Array(found.prefix(expected.count)) == expected, "seed \(seed)")
        #expect(Array(envelopes.prefix(found.count)) == found, "seed \(seed)")

        let more = try OrdererWorld.envelope("after the restart")
        let height = channel.height
        #expect(try await restarted.running { await restarted.orderer.broadcast(more) } == .success)
        #expect(channel.height == height + 1)
    }

    @Test(
        "a disk that fails ends the channel before anything is lost, and what is there can still be read",
        arguments: [FaultyFolder.Fault.diskFull, .shortWrite, .syncFails])
    func failingDisk(fault: FaultyFolder.Fault) async throws {
        let folder = try folder()
        let world = try OrdererWorld(logs: OneLog(folder: folder))
        let channel = try world.trade
        let time = Timestamp(seconds: 1_795_219_500)
        try await world.running {
            #expect(await world.orderer.broadcast(try OrdererWorld.envelope("good")) == .success)
            // A write, and the sync behind it.
            folder.fail(fault == .syncFails ? 2 : 1, with: fault)

            let refused = await world.orderer.broadcast(try OrdererWorld.envelope("lost"))
            #expect(refused.status == .serviceUnavailable)
            #expect(channel.isHalted)
            #expect(channel.height == 6)
            let later = await world.orderer.broadcast(try OrdererWorld.envelope("later"))
            #expect(later.status == .serviceUnavailable)

            let strict = try OrdererWorld.seek(SeekInfo(start: .newest, stop: .newest), at: time)
            #expect(try await world.orderer.deliver(strict, binding: .none) { _ in } == .serviceUnavailable)
            var info = SeekInfo(start: .newest, stop: .newest)
            info.errorResponse = SeekInfo.ErrorResponse.bestEffort
            let bestEffort = try OrdererWorld.seek(info, at: time)
            #expect(try await world.orderer.deliver(bestEffort, binding: .none) { _ in } == .success)
        }
        var random = SeededGenerator(seed: 1)
        let restarted = try OrdererWorld(logs: OneLog(folder: folder.afterCrash(keeping: &random)))
        #expect(try restarted.trade.height >= 6)
    }

    /// A log in memory on a disk whose space a test decides.
    private final class TightLog: OrderedBlockLog {
        let log: InMemoryBlockLog
        let room = Atomic(true)

        init(_ log: InMemoryBlockLog) {
            self.log = log
        }

        var height: BlockNumber { log.height }
        var hasRoom: Bool { room.load(ordering: .relaxed) }
        func append(_ blocks: [(number: BlockNumber, bytes: Bytes)]) { log.append(blocks) }
        func block(_ number: BlockNumber) -> Bytes { log.block(number) }
    }

    private struct TightLogs: OrderedBlockLogs {
        let log: TightLog

        func channels() throws -> [ChannelID] { [try ChannelID(validating: "trade")] }
        func open(_ channel: ChannelID) -> any OrderedBlockLog { log }
        func create(_ channel: ChannelID, genesis: Bytes) -> any OrderedBlockLog { log }
        func remove(_ channel: ChannelID) {}
    }

    @Test("a disk that is nearly full is said before it is written to, until there is space again")
    func shortOfSpace() async throws {
        let log = TightLog(InMemoryBlockLog(try OrdererWorld.recordedBlocks(5)))
        let world = try OrdererWorld(logs: TightLogs(log: log))
        try await world.running {
            #expect(await world.orderer.broadcast(try OrdererWorld.envelope("one")) == .success)
            log.room.store(false, ordering: .relaxed)
            // Seen behind the next block.
            #expect(await world.orderer.broadcast(try OrdererWorld.envelope("two")) == .success)

            let refused = await world.orderer.broadcast(try OrdererWorld.envelope("three"))
            #expect(refused.status == .serviceUnavailable)
            #expect(log.height == 7)

            log.room.store(true, ordering: .relaxed)
            #expect(await world.orderer.broadcast(try OrdererWorld.envelope("four")) == .success)
        }
    }

    @Test("blocks that are no chain are not opened")
    func brokenChain() throws {
        let folder = FaultyFolder()
        let blocks = try OrdererWorld.recordedBlocks(3)
        let log = try OrderedBlockFiles(in: folder)
        try log.append([(0, blocks[0]), (1, blocks[2])])
        let error = #expect(throws: StorageError.self) { try OrderedBlockFiles(in: folder) }
        #expect(error?.code == .damaged)
    }
}
