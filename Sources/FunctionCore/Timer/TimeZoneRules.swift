internal import FoundationEssentials

/// A time zone: how far its clock is ahead of UTC at each instant.
package struct TimeZoneRules: Sendable, Hashable {
    private let zone: TimeZone

    package static let utc = TimeZoneRules(zone: .gmt)

    private init(zone: TimeZone) {
        self.zone = zone
    }

    /// Nil if the system's time zone data has no such name.
    package init?(identifier: String) {
        guard let zone = TimeZone(identifier: identifier) else { return nil }
        self.zone = zone
    }

    func offsetSeconds(at seconds: Int64) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
    }

    /// The first instant after `start` up to `end` from which the clock runs as it does at `end`; nil if it runs so already
    /// at `start`.
    func change(after start: Int64, through end: Int64) -> Int64? {
        let last = offsetSeconds(at: end)
        guard end > start, offsetSeconds(at: start) != last else { return nil }
        return firstInstant(withOffset: last, after: start, through: end)
    }

    /// The instant at which the clock first shows `civil`, or, if it never does, at which it is set past it.
    func instant(showing civil: Int64) -> Int64 {
        // The offsets a day before and after differ only around a change.
        let before = offsetSeconds(at: civil - 86_400 - 43_200)
        let after = offsetSeconds(at: civil + 86_400 + 43_200)
        if before == after { return civil - before }
        let candidates = [civil - before, civil - after].filter { $0 + offsetSeconds(at: $0) == civil }
        if let first = candidates.min() { return first }
        // Left out: find the change between the two readings.
        return firstInstant(withOffset: after, after: civil - max(before, after), through: civil - min(before, after))
    }

    /// Halves the span until the change stands between two neighbouring seconds.
    private func firstInstant(withOffset offset: Int64, after start: Int64, through end: Int64) -> Int64 {
        var (low, high) = (start, end)
        while low + 1 < high {
            let middle = low + (high - low) / 2
            if offsetSeconds(at: middle) == offset { high = middle } else { low = middle }
        }
        return high
    }
}
