import FunctionCore
import FunctionTypes
import Testing

@Suite("Cron")
struct CronTests {
    private func next(_ expression: String, after text: Int64, count: Int = 1) throws -> [String] {
        let schedule = try CronSchedule(parsing: expression)
        var moment = Timestamp(seconds: text)
        return try (0..<count).map { _ in
            moment = try #require(schedule.next(after: moment, anchor: Timestamp(seconds: 0)))
            return moment.iso8601
        }
    }

    private static let start: Int64 = 1_518_155_340  // 2018-02-09T05:49:00Z, a Friday

    @Test(
        "the next tick is the first that every field allows",
        arguments: [
            ("0 0 8 * * *", "2018-02-09T08:00:00Z"), ("0 49 5 * * *", "2018-02-10T05:49:00Z"),
            ("* * * * * *", "2018-02-09T05:49:01Z"),
            ("*/15 * * * * ?", "2018-02-09T05:49:15Z"), ("0 0 0 29 2 ?", "2020-02-29T00:00:00Z"),
            ("0 0 9 ? * MON", "2018-02-12T09:00:00Z"),
            ("0 0 9 ? * 1-5", "2018-02-09T09:00:00Z"), ("0 0 9 ? * 7", "2018-02-11T09:00:00Z"),
            ("0 0 9 * * 0", "2018-02-11T09:00:00Z"),
            ("0 0 0 1 JAN *", "2019-01-01T00:00:00Z"), ("0 0 9 15 * MON", "2018-02-12T09:00:00Z"),
            ("30 0/10 * * * *", "2018-02-09T05:50:30Z"),
            ("0 0 9 * * sat-mon", "2018-02-10T09:00:00Z"),
            ("CRON_TZ=Asia/Shanghai 0 0 4 1 * *", "2018-02-28T20:00:00Z"),
            ("@every 90s", "2018-02-09T05:49:30Z"), ("@every 1h30m", "2018-02-09T06:00:00Z"),
        ])
    func nextTick(expression: String, expected: String) throws {
        #expect(try next(expression, after: Self.start) == [expected])
    }

    @Test(
        "wrong expressions are refused with the reason",
        arguments: [
            ("", "0 fields"), ("0 8 * * *", "seconds"), ("0 0 0 8 * * *", "years"), ("60 * * * * *", "seconds"),
            ("* * 24 * * *", "hours"),
            ("0 0 0 0 * *", "day of month"), ("0 0 0 30 2 *", "no date"), ("0 0 0 * 13 *", "month"),
            ("0 0 0 * * 8", "day of week"),
            ("0 0 0 * * FUN", "day of week"), ("5-1 * * * * *", "ends before"), ("*/0 * * * * *", "step"),
            ("1,,2 * * * * *", "seconds"),
            ("+1 * * * * *", "seconds"), ("@every", "duration"), ("@every 5", "duration"), ("@every 0s", "duration"),
            ("@every -5m", "duration"),
            ("@every 1e9h", "duration"), ("CRON_TZ=Mars/Base 0 0 8 * * *", "time zone"), ("@daily", "1 field"),
        ])
    func refused(expression: String, part: String) throws {
        do {
            _ = try CronSchedule(parsing: expression)
            Issue.record("\(expression) was taken")
        } catch {
            #expect(error.description.contains(part))
        }
    }

    @Test("0 as a day of week is taken as Sunday, with a warning")
    func sundayZero() throws {
        #expect(try CronSchedule(parsing: "0 0 9 * * 0").warnings.count == 1)
        #expect(try CronSchedule(parsing: "0 0 9 * * 7").warnings.isEmpty)
        #expect(try CronSchedule(parsing: "0 0 9 * * 0-6").warnings.count == 1)
    }

    @Test("a time that the clock skips runs at the next that exists, once")
    func springForward() throws {
        // Berlin, 2024-03-31: 02:00 becomes 03:00 at 01:00 UTC.
        let before: Int64 = 1_711_839_600  // 2024-03-30T23:00:00Z
        #expect(
            try next("CRON_TZ=Europe/Berlin 0 10,30 2 * * *", after: before, count: 3) == [
                "2024-03-31T01:00:00Z", "2024-04-01T00:10:00Z", "2024-04-01T00:30:00Z",
            ])
    }

    @Test("a time that the clock repeats runs once, the first time")
    func fallBack() throws {
        // Berlin, 2024-10-27: 03:00 becomes 02:00 at 01:00 UTC.
        let before: Int64 = 1_729_980_000  // 2024-10-26T22:00:00Z
        #expect(
            try next("CRON_TZ=Europe/Berlin 0 30 2 * * *", after: before, count: 2) == [
                "2024-10-27T00:30:00Z", "2024-10-28T01:30:00Z",
            ])
        #expect(
            try next("CRON_TZ=Europe/Berlin 0 0 * * * *", after: before, count: 5) == [
                "2024-10-26T23:00:00Z", "2024-10-27T00:00:00Z", "2024-10-27T01:00:00Z", "2024-10-27T02:00:00Z",
                "2024-10-27T03:00:00Z",
            ])
    }

    @Test("ticks rise, satisfy their fields, and none is left out", arguments: 0..<30)
    func agreesWithSearch(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let hour = Int.random(in: 0...23, using: &random)
        let minute = Int.random(in: 0...59, using: &random)
        let step = Int.random(in: 1...30, using: &random)
        let weekday = Int.random(in: 1...7, using: &random)
        let expressions: [(String, (CivilTime) -> Bool)] = [
            ("0 \(minute) \(hour) * * *", { $0.second == 0 && $0.minute == minute && $0.hour == hour }),
            ("0 */\(step) * * * *", { $0.second == 0 && $0.minute % step == 0 }),
            (
                "0 \(minute) \(hour)-23 ? * \(weekday)",
                { $0.second == 0 && $0.minute == minute && $0.hour >= hour && $0.weekday == weekday }
            ),
        ]
        for (expression, holds) in expressions {
            let schedule = try CronSchedule(parsing: expression)
            let start = Int64.random(in: 0...4_000_000_000, using: &random) / 60 * 60
            let last = start + 9 * 86_400
            let expected = stride(from: start + 60, through: last, by: 60).filter {
                holds(CivilTime(secondsSince1970: $0))
            }
            let found = schedule.ticks(
                after: Timestamp(seconds: start), through: Timestamp(seconds: last), anchor: Timestamp(seconds: 0),
                countMax: 100_000)
            #expect(found.map(\.seconds) == expected, "seed \(seed), \(expression)")
            let latest = schedule.ticks(
                after: Timestamp(seconds: start), through: Timestamp(seconds: last), anchor: Timestamp(seconds: 0),
                countMax: 7)
            #expect(latest.map(\.seconds) == expected.suffix(7), "seed \(seed), \(expression)")
        }
    }

    @Test("arbitrary expressions are read or refused, never worse", arguments: 0..<20)
    func arbitrary(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let pieces = [
            "*", "?", "/", "-", ",", "0", "1", "5", "7", "12", "59", "99", "MON", "FEB", " ", " ", "@every ", "h",
            "CRON_TZ=UTC ",
        ]
        for _ in 0..<300 {
            let text = (0..<Int.random(in: 1...16, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }.joined()
            guard let schedule = try? CronSchedule(parsing: text) else { continue }
            let first = schedule.next(after: Timestamp(seconds: 0), anchor: Timestamp(seconds: 0))
            #expect((first?.seconds ?? 1) > 0, "seed \(seed), \(text)")
        }
    }
}
