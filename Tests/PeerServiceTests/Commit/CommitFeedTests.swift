internal import FabricTypes
internal import LedgerCore
internal import Testing

@testable internal import PeerService

@Suite("Waiting for commits")
struct CommitFeedTests {
    @Test("a waiter is answered at once when there is more, and woken when there will be")
    func wakes() async throws {
        let feed = CommitFeed(height: 3)
        #expect(try await feed.wait(above: 2) == 3)
        async let later = feed.wait(above: 4)
        while feed.waiterCount == 0 { await Task.yield() }
        feed.publish(height: 4)
        #expect(feed.waiterCount == 1)
        feed.publish(height: 6)
        #expect(try await later == 6)
        #expect(feed.waiterCount == 0)
    }

    @Test("a cancelled waiter leaves nothing behind, before and while it waits")
    func cancellation() async throws {
        let feed = CommitFeed(height: 1)
        for waitsFirst in [false, true] {
            let task = Task { try await feed.wait(above: 1) }
            if waitsFirst { while feed.waiterCount == 0 { await Task.yield() } }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(feed.waiterCount == 0)
        }
    }

    @Test("waiters beyond the bound are refused, and all are told of the end")
    func boundAndEnd() async throws {
        let feed = CommitFeed(height: 1, waiterCountMax: 1)
        let task = Task { try await feed.wait(above: 1) }
        while feed.waiterCount == 0 { await Task.yield() }
        let refusal = await #expect(throws: PeerError.self) { try await feed.wait(above: 1) }
        #expect(refusal?.code == .tooManyWaiters)
        feed.finish(PeerError(.channelStopped, "The disk is full."))
        let end = await #expect(throws: PeerError.self) { try await task.value }
        #expect(end?.code == .channelStopped)
        await #expect(throws: PeerError.self) { try await feed.wait(above: 1) }
        #expect(try await feed.wait(above: 0) == 1)
    }

    @Test("whoever waits for a transaction is told where it stands, whether it came before or after")
    func transactions() async throws {
        let waits = TransactionWaits(countMax: 3)
        let early = try waits.register(Bytes("a"))
        let late = try waits.register(Bytes("a"))
        let other = try waits.register(Bytes("b"))
        #expect(throws: PeerError.self) { try waits.register(Bytes("c")) }
        let waiting = Task { try await waits.position(late) }
        waits.publish([Bytes("x"), Bytes("a"), Bytes("a")], codes: [.valid, .mvccReadConflict, .valid], of: 7)
        let position = TransactionPosition(blockNumber: 7, transactionIndex: 1, code: .mvccReadConflict)
        #expect(try await waits.position(early) == position)
        #expect(try await waiting.value == position)
        let cancelled = Task { try await waits.position(other) }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        for ticket in [early, late, other] { waits.forget(ticket) }
        waits.forget(other)
        #expect(waits.count == 0)
        waits.finish(PeerError(.channelStopped, "over"))
        let last = try waits.register(Bytes("d"))
        await #expect(throws: PeerError.self) { try await waits.position(last) }
    }

    @Test("a channel tells where a transaction stands, however late it comes")
    func positions() async throws {
        let channel = try RecordedPeer.begin(RecordedPeer.settings())
        let blocks = try RecordedPeer.ordererBlocks()
        let prepared = PreparedBlock(try Block(decoding: blocks[5]))
        let id = prepared.transactions[0].transactionID
        async let later = channel.position(waitingForTransaction: id)
        for block in blocks[1...5] { try await channel.commit(block) }
        #expect(try await later.blockNumber == 5)
        #expect(try await channel.position(waitingForTransaction: id).blockNumber == 5)
        let waiting = Task { try await channel.position(waitingForTransaction: Bytes("never")) }
        channel.close()
        await #expect(throws: PeerError.self) { try await waiting.value }
    }

    @Test("work that blocks runs on a bounded number of threads, all of it")
    func threads() async throws {
        let threads = StorageThreads(label: "test", countMax: 3)
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<5_000 { group.addTask { try await threads.run { number } } }
            return try await group.reduce(0, +)
        }
        #expect(sum == 4_999 * 5_000 / 2)
        await #expect(throws: ScriptedSource.Failure.self) { try await threads.run { throw ScriptedSource.Failure() } }
    }
}
