internal import FunctionTypes

/// The six fields and the search for the next time at which all of them hold.
struct CronFields: Sendable, Hashable {
    private let second: CronField
    private let minute: CronField
    private let hour: CronField
    private let day: CronField
    private let month: CronField
    private let weekday: CronField
    let namesSundayByZero: Bool

    /// Leap days are at most eight years apart; no other rule skips more.
    private static let dayCountMax = 9 * 366

    init(_ words: [Substring], in expression: String) throws(InvalidCronExpression) {
        second = try CronField(words[0], .second, in: expression)
        minute = try CronField(words[1], .minute, in: expression)
        hour = try CronField(words[2], .hour, in: expression)
        day = try CronField(words[3], .day, in: expression)
        month = try CronField(words[4], .month, in: expression)
        weekday = try CronField(words[5], .weekday, in: expression)
        namesSundayByZero = words[5].split(whereSeparator: { ",-".contains($0) }).contains {
            $0 == "0" || $0.hasPrefix("0/")
        }
    }

    func next(after moment: Int64, zone: TimeZoneRules) -> Int64? {
        hour.holdsThroughout(0...23)
            ? nextByElapsedTime(after: moment, zone: zone) : nextByClock(after: moment, zone: zone)
    }

    /// Every hour: within a stretch of equal offset the clock is a plain sequence; each stretch is searched in turn.
    private func nextByElapsedTime(after moment: Int64, zone: TimeZoneRules) -> Int64? {
        var start = moment
        // Zones change their clocks a few times a year at most, and the search spans nine years.
        for _ in 0..<100 {
            let offset = zone.offsetSeconds(at: start + 1)
            guard let civil = nextCivil(after: start + offset) else { return nil }
            let found = civil - offset
            guard let change = zone.change(after: start + 1, through: found) else { return found }
            start = change - 1
        }
        return nil
    }

    /// Given hours: each time on the clock face becomes one instant.
    private func nextByClock(after moment: Int64, zone: TimeZoneRules) -> Int64? {
        var civil = moment + zone.offsetSeconds(at: moment)
        // Only times that a clock change repeats or leaves out map to `moment` or before, a day's seconds at most.
        for _ in 0..<100_000 {
            guard let next = nextCivil(after: civil) else { return nil }
            let instant = zone.instant(showing: next)
            if instant > moment { return instant }
            civil = next
        }
        return nil
    }

    /// The next time on a clock without changes, in seconds.
    private func nextCivil(after seconds: Int64) -> Int64? {
        let start = CivilTime(secondsSince1970: seconds + 1)
        guard start.year < 9000 else { return nil }
        var date = CivilTime(year: start.year, month: start.month, day: start.day)
        var time: (hour: Int, minute: Int, second: Int)? = (start.hour, start.minute, start.second)
        for _ in 0..<Self.dayCountMax {
            if let from = time, holds(on: date), let found = nextTime(from: from) {
                return CivilTime(
                    year: date.year, month: date.month, day: date.day, hour: found.hour, minute: found.minute,
                    second: found.second
                ).secondsSince1970
            }
            time = (0, 0, 0)
            date = CivilTime(secondsSince1970: date.secondsSince1970 + 86_400)
        }
        return nil
    }

    private func holds(on date: CivilTime) -> Bool {
        guard month.contains(date.month) else { return false }
        let isDay = day.contains(date.day)
        let isWeekday = weekday.contains(date.weekday)
        return day.isUnrestricted || weekday.isUnrestricted ? isDay && isWeekday : isDay || isWeekday
    }

    private func nextTime(
        from start: (hour: Int, minute: Int, second: Int)
    ) -> (hour: Int, minute: Int, second: Int)? {
        guard let firstSecond = second.next(from: 0), let firstMinute = minute.next(from: 0) else { return nil }
        if hour.contains(start.hour) {
            if minute.contains(start.minute), let second = second.next(from: start.second) {
                return (start.hour, start.minute, second)
            }
            if let minute = minute.next(from: start.minute + 1) { return (start.hour, minute, firstSecond) }
        }
        guard let hour = hour.next(from: start.hour + 1) else { return nil }
        return (hour, firstMinute, firstSecond)
    }
}
