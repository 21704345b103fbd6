import GoldenLedger
import Testing

@testable import TriggerCore

@Suite("Positions of triggers")
struct PositionTrackerTests {
    private func point(_ block: UInt64, _ transaction: Int = 0) -> LedgerPoint {
        LedgerPoint(block: block, transaction: transaction)
    }

    @Test("the watermark stands before the first event that is not settled")
    func watermark() {
        var tracker = PositionTracker(watermark: .zero)
        for transaction in 0..<3 {
            let isNew7 = tracker.add(point(5, transaction), hashBefore: [4])
            #expect(isNew7)
        }
        tracker.read(through: point(6), hashBefore: [5])
        #expect(tracker.watermark == point(5))
        #expect(tracker.hashBefore == [4])

        tracker.settle([point(5, 1)])
        #expect(tracker.watermark == point(5))
        #expect(tracker.remembered([point(5, 1)]) == [point(5, 1)])
        tracker.settle([point(5, 0)])
        #expect(tracker.watermark == point(5, 2))
        tracker.settle([point(5, 2)])
        #expect(tracker.watermark == point(6))
        #expect(tracker.hashBefore == [5])
    }

    @Test("what was settled before a restart is not delivered again")
    func restart() {
        var tracker = PositionTracker(watermark: point(5), settled: [point(5, 1)])

        let isNew8 = tracker.add(point(5, 0), hashBefore: [])
        #expect(isNew8)
        let isNew9 = tracker.add(point(5, 1), hashBefore: [])
        #expect(!isNew9)
        tracker.settle([point(5, 0)])
        #expect(tracker.watermark == point(5, 1).next)
    }

    @Test("whatever the order of settling, no position passes an unsettled event", arguments: Seeds.sample(20))
    func property(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var tracker = PositionTracker(watermark: .zero)
        var open: [LedgerPoint] = []
        var block: UInt64 = 0
        for _ in 0..<2000 {
            if Bool.random(using: &generator) {
                for transaction in 0..<Int.random(in: 0...3, using: &generator) {
                    let isNew10 = tracker.add(point(block, transaction), hashBefore: [])
                    #expect(isNew10)
                    open.append(point(block, transaction))
                }
                block += 1
                tracker.read(through: point(block), hashBefore: [])
            } else if let index = open.indices.randomElement(using: &generator) {
                tracker.settle([open.remove(at: index)])
            }
            #expect(tracker.watermark == open.min() ?? point(block), "seed \(seed)")
        }
    }

    @Test("points sort in the store as they do in the ledger", arguments: Seeds.sample(5))
    func sortableBytes(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let points = (0..<200).map { _ in
            LedgerPoint(
                block: .random(in: 0...(.max), using: &generator),
                transaction: .random(in: 0...70_000, using: &generator),
                event: .random(in: 0...300, using: &generator))
        }
        let sorted = points.sorted { $0.sortableBytes.lexicographicallyPrecedes($1.sortableBytes) }

        #expect(sorted == points.sorted(), "seed \(seed)")
        #expect(points.allSatisfy { LedgerPoint(sortableBytes: $0.sortableBytes) == $0 })
        #expect(points.sorted { $0.sequence < $1.sequence } == points.sorted())
    }
}
