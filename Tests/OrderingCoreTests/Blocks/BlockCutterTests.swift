import FabricTypes
import GoldenLedger
import OrderingCore
import Testing

@Suite("Block cutter")
struct BlockCutterTests {
    let size = BatchSize(maxMessageCount: 3, absoluteMaxBytes: 1_000, preferredMaxBytes: 100)

    /// Feeds messages that are known by their position.
    private func cut(_ byteCounts: [Int], with size: BatchSize) -> (batches: [[Int]], pending: [Int]) {
        var cutter = BlockCutter<Int>()
        var batches: [[Int]] = []
        for (index, byteCount) in byteCounts.enumerated() {
            batches += cutter.append(index, byteCount: byteCount, size: size)
        }
        return (batches, cutter.pending)
    }

    @Test("a batch is cut when it has as many messages as it may have")
    func count() {
        let (batches, pending) = cut([10, 10, 10, 10], with: size)
        #expect(batches == [[0, 1, 2]])
        #expect(pending == [3])
    }

    @Test("a message that would make the batch too large begins the next one")
    func overflow() {
        let (batches, pending) = cut([60, 41], with: size)
        #expect(batches == [[0]])
        #expect(pending == [1])
    }

    @Test("a batch may be exactly as large as preferred")
    func exactSize() {
        let (batches, pending) = cut([60, 40], with: size)
        #expect(batches.isEmpty)
        #expect(pending == [0, 1])
    }

    @Test("a message over the preferred size is cut alone, after what waits", arguments: [0, 1, 2])
    func oversized(alreadyPending: Int) {
        let (batches, pending) = cut(Array(repeating: 10, count: alreadyPending) + [101], with: size)
        #expect(batches.last == [alreadyPending])
        #expect(batches.count == (alreadyPending == 0 ? 1 : 2))
        #expect(pending.isEmpty)
    }

    @Test("one message can end two batches: the overflowing one, and its own that is full at once")
    func twoBatches() {
        let lone = BatchSize(maxMessageCount: 1, absoluteMaxBytes: 1_000, preferredMaxBytes: 100)
        var cutter = BlockCutter<Int>()
        // The limits were raised when the first came, so that it still waits.
        #expect(cutter.append(0, byteCount: 60, size: size).isEmpty)
        #expect(cutter.append(1, byteCount: 60, size: lone) == [[0], [1]])
        #expect(cutter.pending.isEmpty)
    }

    @Test("an empty message counts")
    func emptyMessages() {
        #expect(cut([0, 0, 0], with: size).batches == [[0, 1, 2]])
    }

    @Test("no message is lost, doubled or moved, and no batch breaks a limit", arguments: Seeds.sample(200))
    func random(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let size = BatchSize(
            maxMessageCount: .random(in: 1...8, using: &random), absoluteMaxBytes: 1_000,
            preferredMaxBytes: .random(in: 1...200, using: &random))
        let byteCounts = (0..<100).map { _ in Int.random(in: 0...250, using: &random) }

        let (batches, pending) = cut(byteCounts, with: size)

        #expect(Array(batches.joined()) + pending == Array(0..<100), "seed \(seed)")
        for batch in batches {
            #expect(!batch.isEmpty && batch.count <= Int(size.maxMessageCount), "seed \(seed)")
            let byteCount = batch.reduce(0) { $0 + byteCounts[$1] }
            #expect(batch.count == 1 || byteCount <= Int(size.preferredMaxBytes), "seed \(seed)")
        }
        #expect(pending.count < Int(size.maxMessageCount), "seed \(seed)")
    }
}
