internal import AsyncHTTPClient
internal import FoundationEssentials
internal import LogCore
internal import NIOCore
internal import NIOHTTP1

/// A notice as a CloudEvent 1.0 of type `duet.log`, and its way to an HTTP address.
enum AlarmEvent {
    /// Time for one POST, answer included.
    private static let timeLimitSeconds: Int64 = 10

    /// Lives as long as the process, like `HTTPClient.shared`, which would follow redirects: an event is told to the address
    /// that was named, or to nobody.
    private static let http = HTTPClient(
        eventLoopGroupProvider: .singleton, configuration: .init(redirectConfiguration: .disallow))

    private struct Envelope: Encodable {
        var specversion = "1.0"
        var id: String
        var source: String
        var type = "duet.log"
        var subject: String
        var time: String
        var datacontenttype = "application/json"
        var data: Content
    }

    private struct Content: Encodable {
        var project: String
        var logstore: String
        var alarm: String
        /// `firing`, `stillFiring` or `resolved`.
        var state: String
        /// Unix seconds.
        var since: Int64
        var query: String
        var condition: String
        var windowSeconds: Int64
        /// The row for which the condition holds.
        var row: [String: String]
    }

    /// The same notice is always the same bytes, with the same id, however often it is sent.
    static func encode(_ notice: AlarmState.Notice, of rule: AlarmRule, in project: ProjectName) throws -> [UInt8] {
        let envelope = Envelope(
            id: "\(project)/\(rule.name)/\(notice.time)/\(notice.kind.rawValue)",
            source: "/duet/logs/\(project)/\(rule.logstore)", subject: rule.name,
            time: CalendarTime.format(LogTime(seconds: notice.time)),
            data: Content(
                project: project.rawValue, logstore: rule.logstore.rawValue, alarm: rule.name,
                state: notice.kind.rawValue,
                since: notice.since, query: rule.query, condition: rule.condition, windowSeconds: rule.windowSeconds,
                row: notice.row))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(envelope))
    }

    /// - Throws: When there is no answer in time or its status is not 2xx.
    static func post(_ event: [UInt8], to address: String) async throws {
        var request = HTTPClientRequest(url: address)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/cloudevents+json; charset=utf-8")
        request.body = .bytes(ByteBuffer(bytes: event))
        let response = try await http.execute(request, timeout: .seconds(timeLimitSeconds))
        guard (200..<300).contains(response.status.code) else {
            throw AlarmDeliveryError(message: "The address answered with status \(response.status.code).")
        }
    }
}

struct AlarmDeliveryError: Error, CustomStringConvertible {
    let message: String
    var description: String { message }
}
