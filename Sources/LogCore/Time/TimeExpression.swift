/// A point in time as people write it: `now`, `15m` or `now-15m` (ago), `2h30m`, Unix seconds, `2024-02-01`,
/// `2024-02-01T03:04:05Z`. Times without offset are UTC.
package enum TimeExpression {
    /// - Throws: ``InvalidTime`` when the text is none of these.
    package static func parse(_ text: String, now: LogTime) throws(InvalidTime) -> LogTime {
        let trimmed = text.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        if trimmed == "now" { return now }
        var rest = trimmed[...]
        if rest.hasPrefix("now-") { rest = rest.dropFirst(4) } else if rest.hasPrefix("-") { rest = rest.dropFirst() }
        if let seconds = durationSeconds(rest) {
            return LogTime(seconds: max(now.seconds - seconds, 0), nanosecondPart: now.nanosecondPart)
        }
        if let seconds = Int64(trimmed), seconds >= 0, trimmed.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            // Thirteen digits and more are milliseconds: seconds would lie beyond the year 33658.
            return seconds >= 1_000_000_000_000
                ? LogTime(seconds: seconds / 1_000, nanosecondPart: UInt32(seconds % 1_000) * 1_000_000)
                : LogTime(seconds: seconds)
        }
        if let time = CalendarTime.parse(trimmed) { return time }
        throw InvalidTime(text: text)
    }

    /// `90s`, `15m`, `2h30m`, `7d`, `1w` in seconds; nil for anything else or more than 100 years.
    package static func durationSeconds(_ text: Substring) -> Int64? {
        var total: Int64 = 0
        var rest = text.utf8[...]
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            rest = rest.dropFirst(digits.count)
            guard digits.count <= 10, let value = Int64(String(Substring(digits))), let unit = rest.first else {
                return nil
            }
            rest = rest.dropFirst()
            let factor: Int64
            switch unit {
            case UInt8(ascii: "s"): factor = 1
            case UInt8(ascii: "m"): factor = 60
            case UInt8(ascii: "h"): factor = 3_600
            case UInt8(ascii: "d"): factor = 86_400
            case UInt8(ascii: "w"): factor = 604_800
            default: return nil
            }
            let (product, overflow) = value.multipliedReportingOverflow(by: factor)
            guard !overflow, product <= 3_155_760_000 - total else { return nil }
            total += product
        }
        return total
    }
}

/// A text that is no point in time.
package struct InvalidTime: Error, Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package var description: String {
        "\"\(text.prefix(60))\" is no time: write \"15m\" or \"2h30m\" (ago), \"now\", Unix seconds, \"2024-02-01\" or "
            + "\"2024-02-01T03:04:05Z\"."
    }
}
