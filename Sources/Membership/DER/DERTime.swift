internal import FabricTypes

extension DERReader {
    /// A UTCTime or GeneralizedTime, as seconds since 1970-01-01 00:00 UTC.
    ///
    /// Takes the forms that Go takes: an offset may stand in place of `Z`, and a UTCTime may leave out its seconds.
    package mutating func readTime() throws(DERError) -> Int64 {
        let start = position
        let element = try read()
        let isUTC = element.tag == DERTag.utcTime.rawValue
        guard isUTC || element.tag == DERTag.generalizedTime.rawValue else {
            position = start
            throw DERError(.unexpectedTag, offset: start)
        }
        var text = TimeText(element.content)
        guard let time = isUTC ? text.utcTime() : text.generalizedTime() else {
            throw DERError(.invalidTime, offset: start)
        }
        return time
    }
}

/// The digits of a time, read from the left.
private struct TimeText {
    var rest: Bytes

    init(_ text: Bytes) {
        rest = text
    }

    mutating func utcTime() -> Int64? {
        guard let twoDigits = number(digitCount: 2) else { return nil }
        // RFC 5280: 50 to 99 belong to the twentieth century.
        return time(year: twoDigits < 50 ? 2000 + twoDigits : 1900 + twoDigits, needsSeconds: false)
    }

    mutating func generalizedTime() -> Int64? {
        guard let year = number(digitCount: 4) else { return nil }
        return time(year: year, needsSeconds: true)
    }

    private mutating func time(year: Int, needsSeconds: Bool) -> Int64? {
        guard let month = number(digitCount: 2), (1...12).contains(month),
            let day = number(digitCount: 2), day >= 1, day <= Self.dayCount(month: month, year: year),
            let hour = number(digitCount: 2), hour < 24,
            let minute = number(digitCount: 2), minute < 60
        else { return nil }
        let hasSeconds = rest.first.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
        guard hasSeconds || !needsSeconds else { return nil }
        guard let second = hasSeconds ? number(digitCount: 2) : 0, second < 60 else { return nil }
        guard let offset = zoneOffsetSeconds(), rest.isEmpty else { return nil }
        let days = Self.daysSince1970(year: year, month: month, day: day)
        return Int64(days * 86_400 + hour * 3_600 + minute * 60 + second - offset)
    }

    /// Seconds east of Greenwich. Zero must be spelled `Z`.
    private mutating func zoneOffsetSeconds() -> Int? {
        guard let sign = rest.first else { return nil }
        rest = rest[1..<rest.count]
        if sign == UInt8(ascii: "Z") { return 0 }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
            let hours = number(digitCount: 2), hours <= 24,
            let minutes = number(digitCount: 2), minutes < 60, hours + minutes > 0
        else { return nil }
        let seconds = hours * 3_600 + minutes * 60
        return sign == UInt8(ascii: "-") ? -seconds : seconds
    }

    private mutating func number(digitCount: Int) -> Int? {
        guard rest.count >= digitCount else { return nil }
        var value = 0
        for digit in rest[0..<digitCount] {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            value = value * 10 + Int(digit - UInt8(ascii: "0"))
        }
        rest = rest[digitCount..<rest.count]
        return value
    }

    private static func dayCount(month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days in the proleptic Gregorian calendar, counted in years that begin in March so that leap days come last.
    private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let monthsSinceMarch = (month + 9) % 12
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * monthsSinceMarch + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
