/// The time an entry carries: nanoseconds since 1970 UTC, between the years 1677 and 2262.
package struct LogTime: Hashable, Sendable, Comparable {
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// Seconds beyond the range are clamped to its ends.
    package init(seconds: Int64, nanosecondPart: UInt32 = 0) {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflowAdding) = product.addingReportingOverflow(Int64(nanosecondPart))
        nanoseconds = overflow || overflowAdding ? (seconds < 0 ? .min : .max) : sum
    }

    /// Whole seconds, rounded down, as `__time__` shows them.
    package var seconds: Int64 {
        let quotient = nanoseconds / 1_000_000_000
        return nanoseconds % 1_000_000_000 < 0 ? quotient - 1 : quotient
    }

    /// What `__time_ns_part__` shows: 0 to 999,999,999.
    package var nanosecondPart: UInt32 {
        let rest = nanoseconds % 1_000_000_000
        return UInt32(rest < 0 ? rest + 1_000_000_000 : rest)
    }

    package static let distantPast = LogTime(nanoseconds: .min)
    package static let distantFuture = LogTime(nanoseconds: .max)

    package static func < (left: LogTime, right: LogTime) -> Bool { left.nanoseconds < right.nanoseconds }
}
