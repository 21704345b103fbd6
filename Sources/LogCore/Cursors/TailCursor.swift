/// Where a live tail stands in each shard: the next sequence to read. Written as `0:17,1:42`.
///
/// A tail that resumes with the cursor of the last entry it saw misses nothing and sees nothing twice.
package struct TailCursor: Hashable, Sendable, CustomStringConvertible {
    /// Next sequence by shard.
    package private(set) var positions: [Int: Int64]

    package init(positions: [Int: Int64] = [:]) {
        self.positions = positions
    }

    /// - Returns: nil when the text is no cursor, or names more shards than a logstore has.
    package init?(_ text: String) {
        var positions: [Int: Int64] = [:]
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let numbers = part.split(separator: ":", omittingEmptySubsequences: false)
            guard numbers.count == 2, let shard = Int(numbers[0]), shard >= 0, let sequence = Int64(numbers[1]),
                sequence >= 0, positions.count < ShardMap.countMax
            else { return nil }
            positions[shard] = sequence
        }
        self.positions = positions
    }

    package mutating func advance(shard: Int, to sequence: Int64) {
        positions[shard] = sequence
    }

    package var description: String {
        positions.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }.joined(separator: ",")
    }
}
