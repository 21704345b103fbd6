/// How long transactions took from their client's claim of time until they were committed, counted by length.
///
/// Lengths are kept to a fifth of their size, so that any number of them takes the same little room.
package struct CommitDelays: Hashable, Sendable {
    /// Four classes for each doubling of a length in microseconds.
    private var counts: [UInt32] = []
    package private(set) var count = 0

    package init() {}

    package mutating func add(microseconds: UInt64) {
        let index = Self.index(of: microseconds)
        if index >= counts.count { counts += Array(repeating: 0, count: index + 1 - counts.count) }
        counts[index] &+= 1
        count += 1
    }

    package mutating func add(_ other: CommitDelays) {
        if other.counts.count > counts.count {
            counts += Array(repeating: 0, count: other.counts.count - counts.count)
        }
        for (index, more) in other.counts.enumerated() { counts[index] &+= more }
        count += other.count
    }

    /// The length in milliseconds within which a part of all lie, 0 to 1; nil where there are none.
    package func milliseconds(within part: Double) -> Double? {
        guard count > 0 else { return nil }
        let wanted = max(1, (Double(count) * min(1, max(0, part))).rounded(.up))
        var seen = 0.0
        for (index, found) in counts.enumerated() {
            seen += Double(found)
            if seen >= wanted { return Double(Self.end(of: index)) / 1_000 }
        }
        return nil
    }

    private static func index(of microseconds: UInt64) -> Int {
        let length = max(4, microseconds)
        let power = 63 - length.leadingZeroBitCount
        return power * 4 + Int((length >> (power - 2)) & 3)
    }

    /// The first length in microseconds above a class.
    private static func end(of index: Int) -> UInt64 {
        let (power, quarter) = (index / 4, UInt64(index % 4))
        return (5 + quarter).multipliedReportingOverflow(by: 1 << UInt64(max(0, power - 2))).partialValue
    }
}
