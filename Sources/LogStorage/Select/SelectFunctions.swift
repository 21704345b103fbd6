internal import GRDBSQLite
internal import LogCore

/// The log service's functions that SQLite does not have.
///
/// Times are Unix seconds or texts as `from_unixtime` makes them (`2024-02-01 03:04:05.000`, UTC).
enum SelectFunctions {
    static let names: [String] = scalars.map(\.name) + SelectAggregates.names + [SelectJSON.name]

    static func register(with connection: SQLiteConnection) throws {
        for function in scalars {
            try connection.check(
                sqlite3_create_function_v2(
                    connection.handle, function.name, function.argumentCount, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nil,
                    function.call, nil, nil, nil))
        }
        try SelectAggregates.register(with: connection)
    }

    typealias Call = @convention(c) (OpaquePointer?, Int32, UnsafeMutablePointer<OpaquePointer?>?) -> Void

    private struct Scalar: Sendable {
        let name: String
        /// -1: any number.
        let argumentCount: Int32
        let call: Call
    }

    private static let scalars: [Scalar] = [
        Scalar(name: "from_unixtime", argumentCount: 1) { context, count, values in
            guard let seconds = Argument(values, count, 0).number else { return sqlite3_result_null(context) }
            SQLiteAnswer.text(SelectTime.text(SelectTime.time(seconds: seconds)), to: context)
        },
        Scalar(name: "to_unixtime", argumentCount: 1) { context, count, values in
            guard let time = Argument(values, count, 0).time else { return sqlite3_result_null(context) }
            sqlite3_result_double(context, Double(time.nanoseconds) / 1e9)
        },
        Scalar(name: "date_format", argumentCount: 2) { context, count, values in
            guard let time = Argument(values, count, 0).time, let format = Argument(values, count, 1).text else {
                return sqlite3_result_null(context)
            }
            SQLiteAnswer.text(SelectTime.format(time, format), to: context)
        },
        Scalar(name: "date_trunc", argumentCount: 2) { context, count, values in
            guard let unit = Argument(values, count, 0).text, let time = Argument(values, count, 1).time,
                let cut = SelectTime.truncate(time, to: unit.lowercased())
            else { return sqlite3_result_null(context) }
            SQLiteAnswer.text(SelectTime.text(cut), to: context)
        },
        Scalar(name: "regexp_like", argumentCount: 2) { context, count, values in
            guard let text = Argument(values, count, 0).bytes, let pattern = Argument(values, count, 1).text else {
                return sqlite3_result_null(context)
            }
            SelectPattern.like(context, text, pattern)
        },
        Scalar(name: "regexp_extract", argumentCount: -1) { context, count, values in
            guard let text = Argument(values, count, 0).bytes, let pattern = Argument(values, count, 1).text else {
                return sqlite3_result_null(context)
            }
            let group = count > 2 ? Argument(values, count, 2).number.map { Int($0.clamped) } ?? 0 : 0
            SelectPattern.extract(context, text, pattern, group: group)
        },
        Scalar(name: "concat", argumentCount: -1) { context, count, values in
            var joined = ""
            for index in 0..<count { joined += Argument(values, count, index).text ?? "" }
            SQLiteAnswer.text(joined, to: context)
        },
        Scalar(name: "strpos", argumentCount: 2) { context, count, values in
            guard let text = Argument(values, count, 0).text, let part = Argument(values, count, 1).text else {
                return sqlite3_result_null(context)
            }
            let characters = Array(text.unicodeScalars)
            let wanted = Array(part.unicodeScalars)
            let found = characters.firstRange(of: wanted)?.lowerBound
            sqlite3_result_int64(context, Int64(found.map { $0 + 1 } ?? 0))
        },
        Scalar(name: "split_part", argumentCount: 3) { context, count, values in
            guard let text = Argument(values, count, 0).text, let separator = Argument(values, count, 1).text,
                !separator.isEmpty, let index = Argument(values, count, 2).number, index >= 1
            else { return sqlite3_result_null(context) }
            let parts = text.split(separator: separator, omittingEmptySubsequences: false)
            let position = Int(index.clamped) - 1
            guard parts.indices.contains(position) else { return sqlite3_result_null(context) }
            SQLiteAnswer.text(String(parts[position]), to: context)
        },
    ]
}

/// An argument SQLite hands to a function.
struct Argument {
    private let value: OpaquePointer?

    init(_ values: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int32, _ index: Int32) {
        value = index < count ? values?[Int(index)] : nil
    }

    var isNull: Bool { value == nil || sqlite3_value_type(value) == SQLITE_NULL }

    /// In place, valid during the call.
    var bytes: UnsafeBufferPointer<UInt8>? {
        guard !isNull else { return nil }
        let start = sqlite3_value_text(value)
        return UnsafeBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_value_bytes(value)))
    }

    var text: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    /// The number, or the one a text holds.
    var number: Double? {
        switch sqlite3_value_type(value) {
        case SQLITE_INTEGER, SQLITE_FLOAT: sqlite3_value_double(value)
        case SQLITE_TEXT: text.flatMap { NumberText.value(of: $0) }
        default: nil
        }
    }

    /// Unix seconds, or a text with a date.
    var time: LogTime? {
        if let number { return SelectTime.time(seconds: number) }
        return text.flatMap { CalendarTime.parse($0) }
    }
}

extension Double {
    /// As an integer, with the ends of the range for what lies beyond, and 0 for what is no number.
    var clamped: Int64 {
        if isNaN { return 0 }
        return self >= 9.2e18 ? .max : self <= -9.2e18 ? .min : Int64(self)
    }
}

/// Times in statements.
enum SelectTime {
    static func time(seconds: Double) -> LogTime {
        LogTime(nanoseconds: (seconds * 1e9).clamped)
    }

    /// `2024-02-01 03:04:05.000`
    static func text(_ time: LogTime) -> String {
        let whole = CalendarTime.format(LogTime(seconds: time.seconds))
        let milliseconds = String(1_000 + time.nanosecondPart / 1_000_000).dropFirst()
        return whole.dropLast().split(separator: "T").joined(separator: " ") + "." + milliseconds
    }

    /// MySQL's format letters, as far as they concern numbers and English names.
    static func format(_ time: LogTime, _ format: String) -> String {
        let text = Array(CalendarTime.format(LogTime(seconds: time.seconds)))
        func part(_ range: Range<Int>) -> String { String(text[range]) }
        let days = Int((time.seconds >= 0 ? time.seconds : time.seconds - 86_399) / 86_400)
        let month = (Int(part(5..<7)) ?? 1) - 1
        let hour = Int(part(11..<13)) ?? 0
        let months = [
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November",
            "December",
        ]
        let weekdays = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"]
        let weekday = weekdays[((days % 7) + 7) % 7]
        let clock = hour % 12 == 0 ? 12 : hour % 12
        var output = ""
        var isEscaped = false
        for character in format {
            guard isEscaped else {
                if character == "%" { isEscaped = true } else { output.append(character) }
                continue
            }
            isEscaped = false
            switch character {
            case "Y": output += part(0..<4)
            case "y": output += part(2..<4)
            case "m": output += part(5..<7)
            case "c": output += String(month + 1)
            case "d": output += part(8..<10)
            case "e": output += String(Int(part(8..<10)) ?? 1)
            case "H": output += part(11..<13)
            case "k": output += String(hour)
            case "h", "I": output += clock < 10 ? "0\(clock)" : "\(clock)"
            case "l": output += String(clock)
            case "i": output += part(14..<16)
            case "s", "S": output += part(17..<19)
            case "f": output += String(String(1_000_000 + time.nanosecondPart / 1_000).dropFirst())
            case "p": output += hour < 12 ? "AM" : "PM"
            case "T": output += part(11..<19)
            case "M": output += months[month]
            case "b": output += String(months[month].prefix(3))
            case "W": output += weekday
            case "a": output += String(weekday.prefix(3))
            default: output.append(character)
            }
        }
        return output
    }

    /// The beginning of the unit a time lies in; nil for a unit that is not known.
    static func truncate(_ time: LogTime, to unit: String) -> LogTime? {
        let seconds = time.seconds
        func floor(_ width: Int64) -> LogTime {
            LogTime(seconds: seconds - ((seconds % width) + width) % width)
        }
        let day = Int((seconds >= 0 ? seconds : seconds - 86_399) / 86_400)
        let date = CalendarTime.date(ofDay: day)
        func first(_ month: Int) -> LogTime {
            LogTime(seconds: Int64(CalendarTime.days(year: date.year, month: month, day: 1)) * 86_400)
        }
        switch unit {
        case "second": return floor(1)
        case "minute": return floor(60)
        case "hour": return floor(3_600)
        case "day": return floor(86_400)
        // 1970 began on a Thursday; weeks begin on Monday.
        case "week": return LogTime(seconds: Int64(day - ((day + 3) % 7 + 7) % 7) * 86_400)
        case "month": return first(date.month)
        case "quarter": return first((date.month - 1) / 3 * 3 + 1)
        case "year": return first(1)
        default: return nil
        }
    }
}
