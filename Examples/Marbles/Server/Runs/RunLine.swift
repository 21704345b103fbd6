internal import Foundation

/// A line that a function wrote, and what it ran for.
struct RunLine: Codable, Hashable, Sendable {
    /// Its place in the logstore: the same line always has the same.
    var cursor: String
    /// RFC 3339.
    var time: String
    var service: String
    var function: String
    var trigger: String?
    /// Of the invocation.
    var request: String
    var version: String?
    var level: String?
    var message: String
    /// Of the whole invocation, in milliseconds; with the line at its end.
    var milliseconds: Double?
    /// Its peak, in MiB; with the line at the end.
    var memory: Int?
    /// Whether an instance had to be started for it; with the line of its metrics.
    var isColdStart: Bool?
    /// Set where the invocation failed.
    var error: String?
    /// The transaction it ran for; nil where it ran for none.
    var transaction: String?
    var block: UInt64?

    /// - Parameters:
    ///   - fields: of a log entry.
    init(cursor: String, time: String, fields: [String: String]) {
        self.cursor = cursor
        self.time = time
        service = fields["serviceName"] ?? ""
        function = fields["functionName"] ?? ""
        trigger = fields["trigger"]
        request = fields["requestId"] ?? ""
        version = fields["versionId"] ?? fields["qualifier"]
        milliseconds = fields["durationMs"].flatMap { Double($0) }
        memory = fields["memoryUsageMB"].flatMap { Int($0) }
        isColdStart = fields["isColdStart"].map { $0 == "true" }
        error = fields["errorType"]
        level = fields["level"]
        message = Self.plain(fields["message"] ?? "", request: request)
        block = fields["blockNumber"].flatMap { UInt64($0) }
        // A function that was called over HTTP knows of its transaction only by what it was told, and prints.
        transaction = fields["txId"] ?? Self.transactionID(in: message)
    }

    /// What the function itself wrote: without what the runtime puts before it, and nothing of the lines at begin and end.
    static func plain(_ text: String, request: String) -> String {
        if text.hasPrefix("FC Invoke Start") || text.hasPrefix("FC Invoke End") { return "" }
        // Such as `2026-11-21T09:48:34.216Z <request> [verbose] words`.
        guard !request.isEmpty, let mark = text.range(of: " \(request) ["),
            let end = text[mark.upperBound...].range(of: "] "),
            text[..<mark.lowerBound].utf8.count == 24
        else { return text }
        return String(text[end.upperBound...])
    }

    /// The first word of 64 hexadecimal digits.
    static func transactionID(in text: String) -> String? {
        var run = 0
        var end = text.utf8.startIndex
        for index in text.utf8.indices {
            let byte = text.utf8[index]
            let isDigit =
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
            if isDigit {
                run += 1
                end = text.utf8.index(after: index)
                continue
            }
            if run == 64 { break }
            run = 0
        }
        guard run == 64 else { return nil }
        return String(text[text.utf8.index(end, offsetBy: -64)..<end])
    }
}
