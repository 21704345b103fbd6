/// The value of the header `grpc-timeout`: up to eight digits and a unit.
///
/// Source: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
enum GRPCTimeout {
    /// - Returns: nil if the text is not of the form.
    static func duration(_ text: String) -> Duration? {
        let digits = text.utf8.dropLast()
        guard (1...8).contains(digits.count), let unit = text.utf8.last,
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let count = Int64(text.dropLast())
        else { return nil }
        switch unit {
        case UInt8(ascii: "H"): return .seconds(count * 3600)
        case UInt8(ascii: "M"): return .seconds(count * 60)
        case UInt8(ascii: "S"): return .seconds(count)
        case UInt8(ascii: "m"): return .milliseconds(count)
        case UInt8(ascii: "u"): return .microseconds(count)
        case UInt8(ascii: "n"): return .nanoseconds(count)
        default: return nil
        }
    }
}

extension GRPCTimeout {
    /// The longest time that can be said, beyond three years.
    private static let millisecondsMax: Int64 = 99_999_999

    /// At least one millisecond; what is too long to be said is cut.
    static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        if seconds > millisecondsMax / 1000 { return "\(Swift.min(seconds, 99_999_999))S" }
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        return "\(Swift.max(1, Swift.min(milliseconds, millisecondsMax)))m"
    }
}
