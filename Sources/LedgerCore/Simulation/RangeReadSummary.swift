package import FabricTypes

/// Folds the rows of a range read into what the read-write set tells of them: the rows themselves while they are few, a
/// Merkle summary beyond.
///
/// Used while simulating and, with the degree of the recorded summary, when the range is read again at commit.
/// Source: Fabric's `rwsetutil.RangeQueryResultsHelper`.
package struct RangeReadSummary: Sendable {
    /// How many rows stay raw, and how many hashes a level holds, in Fabric's simulator.
    package static let degreeOfSimulation: UInt32 = 50

    private let degree: Int
    private var pending: [KVRead] = []
    /// Hashes by level, the leaves' level first. Empty until the first leaf.
    private var levels: [[Digest]] = []

    /// - Parameter degree: at least 2, as a tree needs; nil below.
    package init?(degree: UInt32) {
        guard degree >= 2 else { return nil }
        self.degree = Int(degree)
    }

    package mutating func append(_ read: KVRead) {
        pending.append(read)
        if pending.count > degree { makeLeaf() }
    }

    /// What is to be recorded, nil where no row was seen. Ends the summary.
    package consuming func finish() -> RangeQueryInfo.Result? {
        guard !levels.isEmpty else { return pending.isEmpty ? nil : .rawReads(QueryReads(pending)) }
        if !pending.isEmpty { makeLeaf() }
        // Leftovers below the top move up level by level; a single one moves unchanged.
        for level in 0..<(levels.count - 1) where !levels[level].isEmpty {
            levels[level + 1].append(combined(levels[level]))
            levels[level] = []
        }
        let top = levels.count - 1
        if levels[top].count > degree {
            levels.append([combined(levels[top])])
            levels[top] = []
        }
        return .merkleSummary(
            QueryReadsMerkleSummary(
                maxDegree: UInt32(degree), maxLevel: UInt32(levels.count),
                maxLevelHashes: levels[levels.count - 1].map(\.bytes)))
    }

    private mutating func makeLeaf() {
        let leaf = Digest(of: QueryReads(pending).encoded())
        pending = []
        add(leaf, level: 0)
    }

    private mutating func add(_ hash: Digest, level: Int) {
        if level == levels.count { levels.append([]) }
        levels[level].append(hash)
        if levels[level].count > degree {
            let parent = combined(levels[level])
            levels[level] = []
            add(parent, level: level + 1)
        }
    }

    private func combined(_ hashes: [Digest]) -> Digest {
        hashes.count == 1 ? hashes[0] : Digest(ofAll: hashes.lazy.map(\.bytes))
    }
}
