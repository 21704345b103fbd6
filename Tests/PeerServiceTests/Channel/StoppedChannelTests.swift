internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore
internal import PeerService
internal import Synchronization
internal import Testing

@Suite("A channel whose store fails")
struct StoppedChannelTests {
    @Test("stops and says why, can still be read, and leaves other channels alone")
    func failedStore() async throws {
        let store = FailingLedger(at: 5)
        let ledger = ChannelLedger(store: store, transientStore: InMemoryTransientStore())
        let channel = try RecordedPeer.begin(RecordedPeer.settings(), in: ledger)
        let healthy = try RecordedPeer.begin(RecordedPeer.settings())
        let blocks = try RecordedPeer.ordererBlocks()
        for block in blocks[1..<5] { try await channel.commit(block) }
        let waiting = Task { try await channel.commits.wait(above: 5) }

        let error = await #expect(throws: PeerError.self) { try await channel.commit(blocks[5]) }
        #expect(error?.code == .channelStopped)
        #expect(error?.message.contains("stopped at block 5: No space is left.") == true)
        await #expect(throws: PeerError.self) { try await waiting.value }
        guard case .stopped = channel.condition else {
            Issue.record("the channel runs on")
            return
        }
        await #expect(throws: PeerError.self) { try await channel.commit(blocks[5]) }
        #expect(store.commitCount == 6)
        #expect(try await channel.block(4) == GoldenFiles.trade.blocks()[4])
        for block in blocks[1..<8] { try await healthy.commit(block) }
        #expect(healthy.commits.height == 8)
    }
}

/// A ledger in memory whose disk is full from a block on.
private final class FailingLedger: LedgerStore {
    private let base = InMemoryLedger()
    private let failing: BlockNumber
    private let count = Mutex(0)

    init(at failing: BlockNumber) {
        self.failing = failing
    }

    var commitCount: Int { count.withLock { $0 } }
    var height: BlockNumber { base.height }

    func block(_ number: BlockNumber) throws -> Bytes? { try base.block(number) }
    func blockNumber(ofHeaderHash hash: Digest) throws -> BlockNumber? { try base.blockNumber(ofHeaderHash: hash) }
    func position(ofTransaction id: Bytes) throws -> TransactionPosition? { try base.position(ofTransaction: id) }
    func lastCommitHash() throws -> Digest? { try base.lastCommitHash() }
    func snapshot() throws -> any LedgerSnapshot { try base.snapshot() }
    func privateSets(ofBlock number: BlockNumber) throws -> [PrivateWriteSet] { try base.privateSets(ofBlock: number) }

    func commit(_ commit: BlockCommit) throws {
        count.withLock { $0 += 1 }
        if commit.number >= failing { throw LedgerStoreError(.failed, "No space is left.") }
        try base.commit(commit)
    }
}
