import GoldenLedger
import LogCore
import Testing

@Suite("Times")
struct TimeTests {
    let now = LogTime(seconds: 1_706_756_645, nanosecondPart: 500_000_000)

    @Test(
        "time expressions",
        arguments: [
            ("now", 1_706_756_645), ("15m", 1_706_755_745), ("now-15m", 1_706_755_745), ("-2h30m", 1_706_747_645),
            ("1d", 1_706_670_245), ("1w", 1_706_151_845), ("1706756645", 1_706_756_645),
            ("1706756645123", 1_706_756_645),
            ("2024-02-01", 1_706_745_600), ("2024-02-01T03:04:05Z", 1_706_756_645), ("2024-02-01 03:04", 1_706_756_640),
            ("2024-02-01T11:04:05+08:00", 1_706_756_645), ("2024-02-29T00:00:00.250Z", 1_709_164_800),
        ])
    func expressions(text: String, seconds: Int64) throws {
        #expect(try TimeExpression.parse(text, now: now).seconds == seconds)
    }

    @Test(
        "what is no time",
        arguments: [
            "", "15", "15x", "m", "now+1h", "2023-02-29", "2024-13-01", "2024-02-01T24:00", "2024-02-01T03:04:05+25:00",
            "2024-02-01Z", "99999999999h", "1.5h", "--1h", "0000-01-01",
        ].filter { $0 != "15" })
    func invalid(text: String) {
        #expect(throws: InvalidTime.self) { try TimeExpression.parse(text, now: now) }
    }

    @Test("calendar arithmetic holds on every day from 1900 to 2200")
    func calendar() {
        var expected = (year: 1900, month: 1, day: 1)
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        for day in CalendarTime.days(year: 1900, month: 1, day: 1)...CalendarTime.days(year: 2200, month: 12, day: 31) {
            #expect(CalendarTime.date(ofDay: day) == expected)
            let isLeap = expected.year % 4 == 0 && (expected.year % 100 != 0 || expected.year % 400 == 0)
            expected.day += 1
            if expected.day > lengths[expected.month - 1] + (expected.month == 2 && isLeap ? 1 : 0) {
                expected = (expected.year, expected.month + 1, 1)
                if expected.month == 13 { expected = (expected.year + 1, 1, 1) }
            }
        }
        #expect(CalendarTime.days(year: 1970, month: 1, day: 1) == 0)
    }

    @Test("formatting shows as much of the fraction as there is")
    func format() {
        #expect(CalendarTime.format(now) == "2024-02-01T03:04:05.500Z")
        #expect(CalendarTime.format(LogTime(seconds: -1)) == "1969-12-31T23:59:59Z")
        #expect(CalendarTime.format(LogTime(seconds: 0, nanosecondPart: 1)) == "1970-01-01T00:00:00.000000001Z")
    }

    @Test("histogram intervals cover the range without gap, at most 60 of them", arguments: Seeds.sample(50))
    func histogram(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let from = LogTime(nanoseconds: Int64.random(in: 0..<4_000_000_000_000_000_000, using: &random))
        let span = Int64(1) << Int64.random(in: 0...61, using: &random)
        let buckets = try #require(
            HistogramBuckets(from: from, to: LogTime(nanoseconds: from.nanoseconds + span)), "seed \(seed)")
        let intervals = buckets.intervals

        #expect((1...HistogramBuckets.countMax).contains(intervals.count), "seed \(seed): \(intervals.count)")
        #expect(intervals.first?.from == buckets.from && intervals.last?.to == buckets.to, "seed \(seed)")
        for (left, right) in zip(intervals, intervals.dropFirst()) {
            #expect(left.to == right.from && left.from < left.to, "seed \(seed)")
            #expect(left.to.nanosecondPart == 0 && left.to.seconds % buckets.widthSeconds == 0, "seed \(seed)")
        }
    }

    @Test("a tail's cursor survives being written")
    func tailCursor() {
        var cursor = TailCursor()
        cursor.advance(shard: 3, to: 17)
        cursor.advance(shard: 0, to: .max)

        #expect(cursor.description == "0:9223372036854775807,3:17")
        #expect(TailCursor(cursor.description) == cursor)
        for text in ["", "1", "a:1", "1:-1", "1:2,", "1:2:3", "-1:2", "1:99999999999999999999"] {
            #expect(TailCursor(text) == nil, "\(text)")
        }
    }
}
