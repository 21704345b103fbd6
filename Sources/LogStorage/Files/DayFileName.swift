internal import LogCore

/// The name of a shard's file for one day: `2026-11-21.1795219200000000.sqlite`, day and first sequence.
///
/// The day is the day of arrival, not of the entries' own times: then expiry is deleting files, and an entry from the
/// year 2000 neither opens an old file nor vanishes at once. A day has a second file when the first was damaged.
struct DayFileName: Hashable, Sendable, Comparable {
    /// Days since 1970, UTC.
    let day: Int
    let firstSequence: Int64

    static let suffix = ".sqlite"

    init(day: Int, firstSequence: Int64) {
        self.day = day
        self.firstSequence = firstSequence
    }

    /// - Returns: nil for a name of another form.
    init?(_ name: String) {
        guard name.hasSuffix(Self.suffix) else { return nil }
        let parts = name.dropLast(Self.suffix.count).split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 10, let time = CalendarTime.parse(String(parts[0])),
            let sequence = Int64(parts[1]), sequence >= 0
        else { return nil }
        day = Int(time.seconds / 86_400)
        firstSequence = sequence
    }

    var text: String {
        let date = CalendarTime.format(LogTime(seconds: Int64(day) * 86_400)).prefix(10)
        return "\(date).\(firstSequence)\(Self.suffix)"
    }

    static func < (left: DayFileName, right: DayFileName) -> Bool {
        left.firstSequence < right.firstSequence
    }
}
