internal import AsyncHTTPClient
internal import FabricTypes
internal import FunctionTypes
internal import NIOCore
internal import NIOHTTP1
package import TriggerCore

/// An OpenTelemetry collector reached over OTLP/HTTP. Redirections are not followed.
///
/// Source: OTLP 1.x, "OTLP/HTTP": 429, 502, 503 and 504 are worth a repeat, `Retry-After` is obeyed, all else is not.
package struct HTTPSpanCollector: SpanCollector {
    package enum Encoding: String, Sendable, CaseIterable {
        case protobuf
        case json
    }

    static let answerByteCountMax = 65_536
    private static let timeout = TimeAmount.seconds(10)

    /// Lives as long as the process, like `HTTPClient.shared`, which would follow redirections.
    private static let client = {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(5)
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    private let url: String
    private let encoding: Encoding
    private let headers: [String: String]

    /// - Parameters:
    ///   - url: whole, such as `http://127.0.0.1:4318/v1/traces`.
    ///   - headers: sent along, for collectors that want a key.
    package init(url: String, encoding: Encoding, headers: [String: String]) {
        self.url = url
        self.encoding = encoding
        self.headers = headers
    }

    package func send(_ batch: SpanBatch) async -> SpanAnswer {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) { request.headers.add(name: name, value: value) }
        request.headers.replaceOrAdd(name: "user-agent", value: "duet")
        switch encoding {
        case .protobuf:
            request.headers.replaceOrAdd(name: "content-type", value: "application/x-protobuf")
            request.body = .bytes(ByteBuffer(bytes: batch.protobuf))
        case .json:
            request.headers.replaceOrAdd(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: batch.json.jsonBytes))
        }
        do {
            let response = try await Self.client.execute(request, timeout: Self.timeout)
            let after = response.headers.first(name: "retry-after").flatMap { Int64($0) }
                .map { Duration.seconds(min(max(0, $0), 3_600)) }
            let status = Int(response.status.code)
            // The status counts; what cannot be read of the answer has nothing to say.
            let body = (try? await response.body.collect(upTo: Self.answerByteCountMax)).map {
                Array($0.readableBytesView)
            }
            return Self.answer(status: status, after: after, body: body ?? [], encoding: encoding)
        } catch {
            return .unavailable("The collector \(url) could not be reached: \(error)", after: nil)
        }
    }

    static func answer(status: Int, after: Duration?, body: [UInt8], encoding: Encoding) -> SpanAnswer {
        switch status {
        case 200...299:
            let (rejected, message) = encoding == .json ? partialSuccess(json: body) : partialSuccess(protobuf: body)
            return .taken(rejected: rejected, message: message)
        case 429, 502, 503, 504: return .unavailable("The collector answered \(status).", after: after)
        default: return .refused("The collector answered \(status): its address or our configuration is wrong.")
        }
    }

    private static func partialSuccess(json body: [UInt8]) -> (Int, String?) {
        guard let partial = (try? JSONValue(parsing: body))?["partialSuccess"] else { return (0, nil) }
        let count = partial["rejectedSpans"].flatMap { $0.integerValue ?? $0.stringValue.flatMap { Int64($0) } }
        return (Int(clamping: count ?? 0), partial["errorMessage"]?.stringValue)
    }

    private static func partialSuccess(protobuf body: [UInt8]) -> (Int, String?) {
        guard let answer = try? ExportAnswer(decoding: Bytes(body)) else { return (0, nil) }
        return (Int(clamping: answer.rejectedCount), answer.message)
    }
}
