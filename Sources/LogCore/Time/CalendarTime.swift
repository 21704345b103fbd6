/// Dates and times of the Gregorian calendar in UTC (RFC 3339), by arithmetic: no tables, no time zones.
package enum CalendarTime {
    /// Days since 1970-01-01 of a date, for years 1 to 9999.
    package static func days(year: Int, month: Int, day: Int) -> Int {
        // Years begin in March, so that the leap day is the last one.
        let shiftedYear = month > 2 ? year : year - 1
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    package static func date(ofDay days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// `2024-02-01T03:04:05.123Z`; the fraction only where there is one, in milliseconds, micro- or nanoseconds.
    package static func format(_ time: LogTime) -> String {
        let seconds = time.seconds
        let day = Int((seconds >= 0 ? seconds : seconds - 86_399) / 86_400)
        let second = Int(seconds) - day * 86_400
        let (year, month, date) = self.date(ofDay: day)
        var text =
            "\(padded(year, 4))-\(padded(month, 2))-\(padded(date, 2))T"
            + "\(padded(second / 3_600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
        let part = Int(time.nanosecondPart)
        if part > 0 {
            text += "."
            text +=
                part % 1_000_000 == 0
                ? padded(part / 1_000_000, 3) : part % 1_000 == 0 ? padded(part / 1_000, 6) : padded(part, 9)
        }
        return text + "Z"
    }

    /// Reads `2024-02-01`, `2024-02-01T03:04[:05[.123]]` (or a space for the `T`) with `Z`, `+08:00` or nothing.
    package static func parse(_ text: String) -> LogTime? {
        var reader = Reader(bytes: Array(text.utf8))
        guard let year = reader.number(4), year >= 1, reader.take("-"), let month = reader.number(2),
            (1...12).contains(month), reader.take("-"), let day = reader.number(2), day >= 1,
            self.date(ofDay: days(year: year, month: month, day: day)) == (year, month, day)
        else { return nil }
        var seconds = Int64(days(year: year, month: month, day: day)) * 86_400
        if reader.isAtEnd { return LogTime(seconds: seconds) }
        guard reader.take("T") || reader.take("t") || reader.take(" "), let hour = reader.number(2), hour < 24,
            reader.take(":"), let minute = reader.number(2), minute < 60
        else { return nil }
        seconds += Int64(hour * 3_600 + minute * 60)
        var part: UInt32 = 0
        if reader.take(":") {
            // 60 is a leap second, read as the next minute.
            guard let second = reader.number(2), second <= 60 else { return nil }
            seconds += Int64(second)
            if reader.take(".") {
                guard let fraction = reader.fraction() else { return nil }
                part = fraction
            }
        }
        if !reader.isAtEnd, !reader.take("Z"), !reader.take("z") {
            let isWest = reader.take("-")
            guard isWest || reader.take("+"), let hours = reader.number(2), hours < 24, reader.take(":"),
                let minutes = reader.number(2), minutes < 60
            else { return nil }
            let offset = Int64(hours * 3_600 + minutes * 60)
            seconds += isWest ? offset : -offset
        }
        return reader.isAtEnd ? LogTime(seconds: seconds, nanosecondPart: part) : nil
    }

    static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        var isAtEnd: Bool { position == bytes.count }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
            position += 1
            return true
        }

        /// Exactly `count` digits.
        mutating func number(_ count: Int) -> Int? {
            guard bytes.count - position >= count else { return nil }
            var value = 0
            for byte in bytes[position..<(position + count)] {
                guard (0x30...0x39).contains(byte) else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            position += count
            return value
        }

        /// Digits after the point, as nanoseconds; more than nine are cut off.
        mutating func fraction() -> UInt32? {
            var value: UInt32 = 0
            var count = 0
            while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
                if count < 9 { value = value * 10 + UInt32(bytes[position] - 0x30) }
                count += 1
                position += 1
            }
            guard count > 0 else { return nil }
            for _ in min(count, 9)..<9 { value *= 10 }
            return value
        }
    }
}
