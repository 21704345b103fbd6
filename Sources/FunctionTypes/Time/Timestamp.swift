/// A moment of the wall clock: milliseconds since 1970 UTC.
package struct Timestamp: Hashable, Sendable, Comparable, Codable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package init(seconds: Int64) {
        self.milliseconds = seconds.multipliedReportingOverflow(by: 1000).partialValue
    }

    /// Whole seconds, rounded towards the past.
    package var seconds: Int64 {
        milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000
    }

    package func adding(milliseconds delta: Int64) -> Timestamp {
        let (sum, overflow) = milliseconds.addingReportingOverflow(delta)
        return Timestamp(milliseconds: overflow ? (delta > 0 ? .max : .min) : sum)
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

    package init(from decoder: any Decoder) throws {
        milliseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }
}

extension Timestamp: CustomStringConvertible {
    /// `2018-02-09T05:49:00Z`, without fractions, as Function Compute writes times.
    package var iso8601: String {
        let civil = CivilTime(secondsSince1970: seconds)
        func pad(_ value: Int, _ width: Int = 2) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(pad(civil.year, 4))-\(pad(civil.month))-\(pad(civil.day))"
            + "T\(pad(civil.hour)):\(pad(civil.minute)):\(pad(civil.second))Z"
    }

    /// `2018-02-09T05:49:00.123Z`.
    package var iso8601Milliseconds: String {
        let fraction = milliseconds - seconds * 1000
        let digits = String(fraction)
        return iso8601.dropLast() + "." + String(repeating: "0", count: 3 - digits.count) + digits + "Z"
    }

    package var description: String { iso8601Milliseconds }
}
