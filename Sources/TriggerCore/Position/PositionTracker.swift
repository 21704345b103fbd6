/// Knows which events of a trigger are settled, and how far its position may move: to the first event that is not.
///
/// Pure. Bounded: ``isFull`` says when reading must wait.
package struct PositionTracker: Sendable {
    /// Events between the watermark and where reading stands.
    package static let eventCountMax = 10_000

    /// Read events from the watermark on, in order; the first ``passedCount`` of them are behind the watermark already.
    private var open: [LedgerPoint] = []
    private var passedCount = 0
    /// Settled events at or above the watermark.
    private var settled: Set<LedgerPoint>
    /// The next event to be read is this one or later.
    package private(set) var readPoint: LedgerPoint
    /// The hash of the block before the one that `readPoint` lies in; empty before the first block.
    private var readHash: [UInt8]
    /// The same for each block with open events.
    private var hashes: [UInt64: [UInt8]] = [:]

    /// - Parameters:
    ///   - watermark: as it was saved; everything below is settled.
    ///   - settled: events above it that are.
    ///   - hashBefore: the hash of the block before the watermark's.
    package init(watermark: LedgerPoint, settled: Set<LedgerPoint> = [], hashBefore: [UInt8] = []) {
        readPoint = watermark
        self.settled = settled
        readHash = hashBefore
    }

    package var watermark: LedgerPoint { open.count > passedCount ? open[passedCount] : readPoint }

    /// The hash of the block before the watermark's.
    package var hashBefore: [UInt8] {
        open.count > passedCount ? hashes[open[passedCount].block] ?? [] : readHash
    }

    package var isFull: Bool { open.count - passedCount >= Self.eventCountMax }

    /// Takes note of an event that was read.
    ///
    /// - Returns: false if it was settled before a restart and must not be delivered again.
    package mutating func add(_ point: LedgerPoint, hashBefore: [UInt8]) -> Bool {
        precondition(point >= readPoint, "events are read in the ledger's order")
        open.append(point)
        hashes[point.block] = hashBefore
        readPoint = point.next
        readHash = hashBefore
        let isNew = !settled.contains(point)
        if !isNew { advance() }
        return isNew
    }

    /// Everything below `point` has been read.
    package mutating func read(through point: LedgerPoint, hashBefore: [UInt8]) {
        precondition(point >= readPoint, "reading does not go back")
        readPoint = point
        readHash = hashBefore
        // What a changed filter does not let through any more is settled by that.
        if open.count == passedCount { settled = settled.filter { $0 >= point } }
    }

    package mutating func settle(_ points: some Sequence<LedgerPoint>) {
        settled.formUnion(points)
        advance()
    }

    private mutating func advance() {
        let before = passedCount
        while passedCount < open.count, settled.remove(open[passedCount]) != nil { passedCount += 1 }
        guard passedCount > before else { return }
        if passedCount == open.count || passedCount > 1024 {
            open.removeFirst(passedCount)
            passedCount = 0
        }
        let first = watermark.block
        hashes = hashes.filter { $0.key >= first }
        // A filter that was changed may have left settled events nobody reads any more.
        if let stray = settled.min(), stray < watermark { settled = settled.filter { $0 >= watermark } }
    }

    /// Of these settled events, those that the position must remember besides the watermark.
    package func remembered(_ points: [LedgerPoint]) -> [LedgerPoint] {
        let watermark = watermark
        return points.filter { $0 >= watermark }
    }
}
