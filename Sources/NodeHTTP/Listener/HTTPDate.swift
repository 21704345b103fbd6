internal import FoundationEssentials
internal import LogCore
internal import Synchronization

/// The `Date` header's value, formatted once a second (RFC 9110 section 5.6.7).
final class HTTPDate: Sendable {
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private let cache = Mutex((second: Int64.min, text: ""))

    func now() -> String {
        let second = Int64(Date().timeIntervalSince1970.rounded(.down))
        return cache.withLock { cache in
            if cache.second != second {
                cache = (second, Self.format(LogTime(seconds: second)))
            }
            return cache.text
        }
    }

    /// `Thu, 01 Feb 2024 03:04:05 GMT`
    static func format(_ time: LogTime) -> String {
        // 2024-02-01T03:04:05Z
        let text = Array(CalendarTime.format(LogTime(seconds: time.seconds)))
        let day = (time.seconds >= 0 ? time.seconds : time.seconds - 86_399) / 86_400
        let month = months[(Int(String(text[5..<7])) ?? 1) - 1]
        return "\(weekdays[Int((day % 7 + 7) % 7)]), \(String(text[8..<10])) \(month) \(String(text[0..<4])) "
            + "\(String(text[11..<19])) GMT"
    }

    /// Reads what ``format(_:)`` writes; the name of the weekday is not checked.
    static func parse(_ text: String) -> LogTime? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", parts[1].count == 2,
            let month = months.firstIndex(of: String(parts[2]))
        else { return nil }
        return CalendarTime.parse("\(parts[3])-\(month < 9 ? "0" : "")\(month + 1)-\(parts[1])T\(parts[4])Z")
    }
}
