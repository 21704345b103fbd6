package import FunctionTypes

/// Why a timer's expression cannot be used.
package struct InvalidCronExpression: Error, Hashable, Sendable, CustomStringConvertible {
    package let expression: String
    /// Without a full stop.
    package let reason: String
    /// A whole sentence.
    package let remedy: String

    package var description: String { "Cron expression \"\(expression)\" is not valid: \(reason). \(remedy)" }
}

/// When a timer is due: Function Compute's six fields with an optional `CRON_TZ=<zone> ` before them, or `@every <duration>`.
///
/// Day rules as in the program that the vendor's form comes from: with both day fields restricted either one suffices.
/// Where clocks change, a schedule at given hours runs a time that does not exist at the next one that does, and a repeated
/// time once, the first time; a schedule for every hour follows elapsed time and so runs in a repeated hour again.
package struct CronSchedule: Sendable, Hashable {
    package static let byteCountMax = 256

    private enum Form: Sendable, Hashable {
        case every(seconds: Int64)
        case fields(CronFields, TimeZoneRules)
    }

    private let form: Form
    /// Whole sentences about what the author may not have meant.
    package let warnings: [String]

    private static let formHint =
        "Write six fields, seconds minutes hours day-of-month month day-of-week, such as \"0 0 8 * * *\", or \"@every 5m\"."

    package init(parsing text: String) throws(InvalidCronExpression) {
        func refuse(_ reason: String, _ remedy: String = Self.formHint) -> InvalidCronExpression {
            InvalidCronExpression(expression: String(text.prefix(Self.byteCountMax)), reason: reason, remedy: remedy)
        }
        guard text.utf8.count <= Self.byteCountMax else {
            throw refuse("it has more than \(Self.byteCountMax) characters")
        }
        var words = text.split(whereSeparator: { $0 == " " || $0 == "\t" })
        if words.first == "@every" {
            guard words.count == 2 else { throw refuse("\"@every\" must be followed by one duration") }
            guard let seconds = Self.durationSeconds(words[1]) else {
                throw refuse(
                    "\"\(words[1])\" is not a duration of at least 1 s",
                    "Write one such as \"30s\", \"5m\" or \"1h30m\".")
            }
            form = .every(seconds: seconds)
            warnings = []
            return
        }
        var zone = TimeZoneRules.utc
        if let first = words.first, first.hasPrefix("CRON_TZ=") || first.hasPrefix("TZ=") {
            let name = first.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)[1]
            guard let known = TimeZoneRules(identifier: String(name)) else {
                throw refuse("\"\(name)\" is no time zone known here", "Write a name such as Asia/Shanghai.")
            }
            zone = known
            words.removeFirst()
        }
        guard words.count == 6 else {
            let hint =
                words.count == 5
                ? "; the first of six is seconds" : words.count == 7 ? "; there is no field for years" : ""
            throw refuse("it has \(words.count) field\(words.count == 1 ? "" : "s")\(hint)")
        }
        let fields = try CronFields(words, in: text)
        form = .fields(fields, zone)
        warnings = fields.namesSundayByZero ? ["Day of week 0 is taken as Sunday; here 1 is Monday and 7 Sunday."] : []
        guard next(after: Timestamp(seconds: 0), anchor: Timestamp(seconds: 0)) != nil else {
            throw refuse("no date ever fits it", "Choose a day that its month has.")
        }
    }

    /// The first tick after `moment`; nil if there is none within what dates can express.
    ///
    /// - Parameter anchor: where the ticks of `@every` are counted from.
    package func next(after moment: Timestamp, anchor: Timestamp) -> Timestamp? {
        switch form {
        case .every(let interval):
            let elapsed = moment.seconds - anchor.seconds
            let count = elapsed < 0 ? 1 : elapsed / interval + 1
            return Timestamp(seconds: anchor.seconds + count * interval)
        case .fields(let fields, let zone):
            return fields.next(after: moment.seconds, zone: zone).map(Timestamp.init(seconds:))
        }
    }

    /// The ticks after `first` up to and including `last`: the latest `countMax` of them, oldest first.
    package func ticks(after first: Timestamp, through last: Timestamp, anchor: Timestamp, countMax: Int) -> [Timestamp]
    {
        var ticks: [Timestamp] = []
        var moment = skipAhead(first, to: last, countMax: countMax)
        while let tick = next(after: moment, anchor: anchor), tick <= last {
            ticks.append(tick)
            moment = tick
        }
        return ticks.suffix(countMax)
    }

    /// A later start that still leaves `countMax` ticks, so that a long stop does not cost a step per missed second.
    private func skipAhead(_ first: Timestamp, to last: Timestamp, countMax: Int) -> Timestamp {
        switch form {
        case .every(let interval):
            return max(first, Timestamp(seconds: last.seconds - interval * Int64(countMax + 1)))
        case .fields:
            // At most one tick a second; widen until enough ticks fit or the whole span is covered.
            var span = Int64(countMax) + 1
            while last.seconds - span > first.seconds {
                let start = Timestamp(seconds: last.seconds - span)
                var count = 0
                var moment = start
                while count < countMax, let tick = next(after: moment, anchor: first), tick <= last {
                    count += 1
                    moment = tick
                }
                if count >= countMax { return start }
                span *= 8
            }
            return first
        }
    }

    /// Go's duration texts: decimal numbers with `h`, `m`, `s` or `ms`, summed.
    private static func durationSeconds(_ text: Substring) -> Int64? {
        var rest = text
        var total = 0.0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            guard let number = Double(digits), number >= 0 else { return nil }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            switch unit {
            case "h": total += number * 3600
            case "m": total += number * 60
            case "s": total += number
            case "ms": total += number / 1000
            default: return nil
            }
        }
        guard total >= 1, total <= 10 * 365 * 86_400 else { return nil }
        return Int64(total)
    }
}
