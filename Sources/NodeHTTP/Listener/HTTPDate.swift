internal import FoundationEssentials
internal import Synchronization

/// The `Date` header's value, formatted once a second (RFC 9110 section 5.6.7).
final class HTTPDate: Sendable {
    private let cache = Mutex((second: Int.min, text: ""))

    func now() -> String {
        let second = Int(Date().timeIntervalSince1970.rounded(.down))
        return cache.withLock { cache in
            if cache.second != second {
                cache = (second, Self.format(second: second))
            }
            return cache.text
        }
    }

    /// `Thu, 01 Feb 2024 03:04:05 GMT` for a Unix time in seconds.
    static func format(second: Int) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents(
            [.year, .month, .day, .hour, .minute, .second, .weekday], from: Date(timeIntervalSince1970: Double(second)))
        let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ value: Int?) -> String { String((value ?? 0) + 100).suffix(2).description }
        return "\(weekdays[(parts.weekday ?? 1) - 1]), \(two(parts.day)) \(months[(parts.month ?? 1) - 1]) "
            + "\(parts.year ?? 1970) \(two(parts.hour)):\(two(parts.minute)):\(two(parts.second)) GMT"
    }
}
