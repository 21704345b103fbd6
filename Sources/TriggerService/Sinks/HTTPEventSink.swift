internal import AsyncHTTPClient
internal import FunctionTypes
internal import Logging
internal import NIOCore
internal import NIOHTTP1
package import TriggerCore

/// Sends events to HTTP addresses as CloudEvents, binary or structured. Redirections are not followed.
package struct HTTPEventSink: EventSink {
    /// Lives as long as the process, like `HTTPClient.shared`, which would follow redirections.
    private static let client = {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(10)
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    private let time: TriggerTime

    package init(time: TriggerTime) {
        self.time = time
    }

    package func send(
        _ events: [EncodedCloudEvent], to sink: SinkRule, traceparent: String?
    ) async -> DeliveryPlanner.Result {
        var request = HTTPClientRequest(url: sink.url)
        request.method = .POST
        let body: [UInt8]
        if sink.mode == .binary, let event = events.first {
            body = event.data
            for (name, value) in event.attributes.sorted(by: { $0.key < $1.key }) where name != "datacontenttype" {
                request.headers.add(name: "ce-\(name)", value: HeaderValue.encode(value))
            }
            request.headers.add(name: "content-type", value: event.attributes["datacontenttype"] ?? "application/json")
        } else if events.count == 1, let event = events.first {
            body = event.structured
            request.headers.add(name: "content-type", value: "application/cloudevents+json; charset=UTF-8")
        } else {
            body = Self.list(events)
            request.headers.add(name: "content-type", value: "application/cloudevents-batch+json; charset=UTF-8")
        }
        if let traceparent {
            request.headers.add(name: "traceparent", value: traceparent)
        }
        if let secret = sink.secret, let id = events.first?.attributes["id"] {
            let headers = DeliverySignature.headers(
                secret: secret, id: HeaderValue.encode(id), seconds: time.now().seconds, body: body)
            for (name, value) in headers { request.headers.add(name: name, value: value) }
        }
        request.headers.add(name: "user-agent", value: "duet")
        request.body = .bytes(ByteBuffer(bytes: body))
        do {
            let seconds = Int64(sink.timeout.components.seconds)
            let milliseconds = Int64(sink.timeout.components.attoseconds / 1_000_000_000_000_000)
            let response = try await Self.client.execute(
                request, timeout: .milliseconds(seconds * 1000 + milliseconds))
            let retryAfter = response.headers.first(name: "retry-after").flatMap { Int($0) }
            // What the receiver says beside its status is of no use; it is read so that the connection can be used again.
            for try await _ in response.body.prefix(16) {}
            return SinkAnswer.result(status: Int(response.status.code), retryAfter: retryAfter)
        } catch {
            return .failed("The receiver could not be reached: \(error)")
        }
    }

    private static func list(_ events: [EncodedCloudEvent]) -> [UInt8] {
        var bytes: [UInt8] = [UInt8(ascii: "[")]
        for (index, event) in events.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += event.structured
        }
        bytes.append(UInt8(ascii: "]"))
        return bytes
    }
}
