/// The intervals of a histogram over `[from, to)`: at most 60, cut at round times.
package struct HistogramBuckets: Hashable, Sendable {
    package static let countMax = 60

    package let from: LogTime
    package let to: LogTime
    /// Width of the inner intervals in seconds; the first and last may be shorter.
    package let widthSeconds: Int64

    private static let widths: [Int64] = [
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400,
    ]

    /// - Returns: nil unless `from` lies before `to`.
    package init?(from: LogTime, to: LogTime) {
        guard from < to else { return nil }
        self.from = from
        self.to = to
        // A time is at most 292 years from 1970 in either direction, so seconds subtract safely. One interval may be cut at
        // each end.
        let whole = Int64(Self.countMax - 2)
        let wanted = (to.seconds - from.seconds + whole - 1) / whole
        widthSeconds =
            Self.widths.first { $0 >= wanted } ?? (wanted / 86_400 + (wanted % 86_400 == 0 ? 0 : 1)) * 86_400
    }

    /// The intervals, oldest first.
    package var intervals: [(from: LogTime, to: LogTime)] {
        var intervals: [(LogTime, LogTime)] = []
        var start = from
        while start < to {
            let next = LogTime(seconds: (bucketNumber(start) + 1) * widthSeconds)
            let end = next > start ? min(next, to) : to
            intervals.append((start, end))
            start = end
        }
        return intervals
    }

    /// Which round interval a time falls into; counts from 1970.
    package func bucketNumber(_ time: LogTime) -> Int64 {
        let quotient = time.seconds / widthSeconds
        return time.seconds % widthSeconds < 0 ? quotient - 1 : quotient
    }

    /// Counts by interval from counts by ``bucketNumber(_:)``.
    package func distribute(_ counts: [Int64: Int]) -> [Interval] {
        intervals.map { Interval(from: $0.from, to: $0.to, count: counts[bucketNumber($0.from)] ?? 0) }
    }

    package struct Interval: Hashable, Sendable {
        package let from: LogTime
        package let to: LogTime
        package let count: Int
    }
}
