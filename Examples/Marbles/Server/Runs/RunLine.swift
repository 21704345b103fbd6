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
        version = fields["versionId"]
        level = fields["level"]
        message = fields["message"] ?? ""
        block = fields["blockNumber"].flatMap { UInt64($0) }
        // A function that was called over HTTP knows of its transaction only by what it was told, and prints.
        transaction = fields["txId"] ?? Self.transactionID(in: message)
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
