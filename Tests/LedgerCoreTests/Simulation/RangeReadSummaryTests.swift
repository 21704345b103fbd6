import FabricTypes
import GoldenLedger
import LedgerCore
import Testing

@Suite("Summaries of range reads")
struct RangeReadSummaryTests {
    private static func reads(_ count: Int) -> [KVRead] {
        (0..<count).map { KVRead(key: Bytes("k\($0)"), version: .at(BlockNumber($0 / 7), UInt64($0 % 7))) }
    }

    private static func summary(of reads: [KVRead], degree: UInt32) throws -> RangeQueryInfo.Result? {
        var summary = try #require(RangeReadSummary(degree: degree))
        for read in reads { summary.append(read) }
        return summary.finish()
    }

    /// The same by looking at all rows at once: rows in leaves of degree + 1, full groups of degree + 1 hashes in one hash of
    /// the next level, then the leftovers upwards.
    private static func model(of reads: [KVRead], degree: Int) -> RangeQueryInfo.Result? {
        guard reads.count > degree else { return reads.isEmpty ? nil : .rawReads(QueryReads(reads)) }
        let group = degree + 1
        func combined(_ hashes: [Bytes]) -> Bytes { Digest(ofAll: hashes).bytes }
        func chunks<Element>(_ all: [Element]) -> [[Element]] {
            stride(from: 0, to: all.count, by: group).map { Array(all[$0..<min($0 + group, all.count)]) }
        }
        var hashes = chunks(reads).map { Digest(of: QueryReads($0).encoded()).bytes }
        var leftovers: [[Bytes]] = []
        while hashes.count >= group {
            let all = chunks(hashes)
            leftovers.append(all.last.map { $0.count < group ? $0 : [] } ?? [])
            hashes = all.filter { $0.count == group }.map(combined)
        }
        leftovers.append(hashes)
        var moving: [Bytes] = []
        for level in leftovers.indices {
            let here = leftovers[level] + moving
            if level < leftovers.count - 1 {
                moving = here.isEmpty ? [] : here.count == 1 ? here : [combined(here)]
            } else {
                leftovers[level] = here
            }
        }
        var (top, level) = (leftovers[leftovers.count - 1], leftovers.count)
        if top.count > degree { (top, level) = ([combined(top)], level + 1) }
        return .merkleSummary(
            QueryReadsMerkleSummary(maxDegree: UInt32(degree), maxLevel: UInt32(level), maxLevelHashes: top))
    }

    @Test("equals the model for every count of rows and small degrees", arguments: [2, 3, 5])
    func smallDegrees(degree: Int) throws {
        for count in 0...400 {
            let reads = Self.reads(count)
            #expect(
                try Self.summary(of: reads, degree: UInt32(degree)) == Self.model(of: reads, degree: degree),
                "\(count) rows")
        }
    }

    @Test(
        "equals the model around every change of form",
        arguments: [49, 50, 51, 52, 101, 102, 103, 2549, 2550, 2551, 2600, 2601, 2602, 2652, 5202])
    func degreeOfSimulation(count: Int) throws {
        let reads = Self.reads(count)
        #expect(
            try Self.summary(of: reads, degree: RangeReadSummary.degreeOfSimulation)
                == Self.model(of: reads, degree: 50))
    }

    @Test("fifty rows stay as they are, fifty-one become a hash")
    func switchOver() throws {
        #expect(try Self.summary(of: Self.reads(50), degree: 50) == .rawReads(QueryReads(Self.reads(50))))
        let leaf = Digest(of: QueryReads(Self.reads(51)).encoded()).bytes
        #expect(
            try Self.summary(of: Self.reads(51), degree: 50)
                == .merkleSummary(QueryReadsMerkleSummary(maxDegree: 50, maxLevel: 1, maxLevelHashes: [leaf])))
        #expect(RangeReadSummary(degree: 1) == nil)
    }
}
