package import FabricTypes
internal import LedgerCore

/// Counts what a channel's ledger took in, day by day, when somebody asks.
///
/// Each question counts the blocks that came since the one before, and some more of the past, newest first, so that no
/// question takes long however long the ledger is; nothing is on the way of a transaction. What was counted is kept until the
/// node ends: some hundred bytes a day.
package actor ChannelActivity {
    /// How far back anybody can ask.
    package static let dayCountMax = 366
    /// Blocks that one question counts at most.
    private static let blockCountMax: UInt64 = 2_000
    /// Blocks that are read at a time.
    private static let sliceCount: UInt64 = 200

    /// Days that lie in the window, by days since 1970-01-01, and how much of the ledger they were counted from.
    package struct Report: Sendable {
        package let days: [Int64: DayActivity]
        package let firstBlock: BlockNumber
        package let height: BlockNumber
        /// Whether every block of the window was counted; if not, the next question counts on.
        package let isComplete: Bool
    }

    private var days: [Int64: DayActivity] = [:]
    /// Blocks from here on are counted; nil before the first question.
    private var first: BlockNumber?
    /// Blocks below are counted.
    private var end: BlockNumber = 0
    /// The newest day among the blocks counted last on the way to the past.
    private var reachedDay: Int64?
    /// Whether the ledger has no blocks before ``first``.
    private var isAtStart = false
    private var isCounting = false

    /// - Parameters:
    ///   - dayCount: days of the window, 1 to ``dayCountMax``, the last of which is `today`.
    ///   - today: days since 1970-01-01.
    package func report(of channel: PeerChannel, dayCount: Int, today: Int64) async throws -> Report {
        let firstDay = today - Int64(dayCount) + 1
        // Who asks meanwhile is told what is known.
        if !isCounting {
            isCounting = true
            defer { isCounting = false }
            try await count(channel, since: firstDay, today: today)
        }
        let height = channel.commits.height
        return Report(
            days: days.filter { $0.key >= firstDay }, firstBlock: first ?? height, height: height,
            isComplete: end >= height && hasReached(firstDay))
    }

    private func hasReached(_ day: Int64) -> Bool {
        isAtStart || first == 0 || reachedDay.map { $0 < day } ?? false
    }

    private func count(_ channel: PeerChannel, since firstDay: Int64, today: Int64) async throws {
        let height = channel.commits.height
        var rest = Self.blockCountMax
        var lower = first ?? height
        if first == nil { end = height }
        while rest > 0, end < height {
            let upper = end + min(Self.sliceCount, height - end)
            let slice = try await Self.slice(end..<upper, of: channel)
            add(slice, today: today)
            rest -= min(rest, upper - end)
            end = upper
        }
        first = lower
        while rest > 0, lower > 0, !hasReached(firstDay) {
            let start = lower - min(Self.sliceCount, lower)
            let slice = try await Self.slice(start..<lower, of: channel)
            add(slice, today: today)
            reachedDay = slice.days.keys.max() ?? reachedDay
            if !slice.isWhole { isAtStart = true }
            rest -= min(rest, lower - start)
            lower = start
            first = lower
        }
    }

    private struct Slice: Sendable {
        var days: [Int64: DayActivity] = [:]
        /// False where the ledger lacks blocks: it was begun from a snapshot.
        var isWhole = true
    }

    private static func slice(_ numbers: Range<BlockNumber>, of channel: PeerChannel) async throws -> Slice {
        let times = channel.commitTimes
        return try await channel.read { ledger in
            var slice = Slice()
            for number in numbers {
                guard let bytes = try ledger.block(number) else {
                    slice.isWhole = false
                    continue
                }
                let block = try Block(decoding: bytes)
                guard let day = DayActivity.day(of: block) else { continue }
                slice.days[day, default: DayActivity()]
                    .add(block, byteCount: bytes.count, committedAt: times[number])
            }
            return slice
        }
    }

    /// Clients may claim any time: what lies ahead counts as today, and no more days are kept than anybody can ask for.
    private func add(_ slice: Slice, today: Int64) {
        for (day, activity) in slice.days where day > today - Int64(Self.dayCountMax) {
            days[min(day, today), default: DayActivity()].add(activity)
        }
        days = days.filter { $0.key > today - Int64(Self.dayCountMax) }
    }
}
