internal import Foundation
internal import FunctionCore
internal import FunctionTypes
internal import NIOHTTP1

/// A function behind the Lambda Runtime API. It has no initializer and no hooks: its own start is its initialisation.
struct LambdaLink: RuntimeLink {
    let api: LambdaRuntimeAPI
    let specification: InstanceSpecification

    func load(_ assignment: Assignment, timeout: Duration) async -> LinkReply<FunctionFailure?> { .value(nil) }

    func initialize(id: String, timeout: Duration) async -> LinkReply<FunctionFailure?> { .value(nil) }

    func run(_ hook: LifecycleHook, _ kind: HookKind, id: String, timeout: Duration) async -> LinkReply<Void> {
        .value(())
    }

    func close(reason: String) { api.close(reason: reason) }

    func invoke(_ invocation: Invocation, timeout: Duration) async -> LinkReply<LinkAnswer> {
        let id = specification.function.id
        let milliseconds = timeout.components.seconds * 1000
        var headers: HTTPHeaders = [
            "Lambda-Runtime-Aws-Request-Id": invocation.requestID,
            "Lambda-Runtime-Deadline-Ms": "\(Int64(Date().timeIntervalSince1970 * 1000) + milliseconds)",
            "Lambda-Runtime-Invoked-Function-Arn":
                "arn:aws:lambda:\(specification.region):\(id.organization):function:\(id.service)/\(id.function)",
        ]
        if let traceparent = invocation.traceparent {
            headers.add(name: "Lambda-Runtime-Trace-Id", value: traceparent)
        }
        if let clientContext = invocation.clientContext {
            headers.add(name: "Lambda-Runtime-Client-Context", value: clientContext)
        }
        let isHTTP: Bool
        let body: [UInt8]
        switch invocation.payload {
        case .event(let bytes): (isHTTP, body) = (false, bytes.isEmpty ? Array("{}".utf8) : bytes)
        case .http(let request):
            (isHTTP, body) = (true, HTTPEvent.json(of: request, requestID: invocation.requestID).jsonBytes)
        }
        headers.add(name: "Content-Type", value: "application/json")
        switch await api.invoke(requestID: invocation.requestID, headers: headers, body: body, timeout: timeout) {
        case .value(.success(let bytes)):
            return .value(LinkAnswer(outcome: isHTTP ? HTTPEvent.outcome(of: bytes) : .event(bytes)))
        case .value(.failure(let failure)):
            return .value(LinkAnswer(outcome: .failure(failure)))
        case .timedOut: return .timedOut
        case .malformed(let reason): return .malformed(reason: reason)
        case .closed(let reason): return .closed(reason: reason)
        }
    }
}

/// An HTTP request as an event and its answer, in the form of Lambda's function URLs (payload format 2.0).
enum HTTPEvent {
    static func json(of request: HTTPInvocation, requestID: String) -> JSONValue {
        var headers: [String: JSONValue] = [:]
        for header in request.headers {
            let name = header.name.lowercased()
            headers[name] = .string(headers[name].map { "\($0.stringValue ?? ""),\(header.value)" } ?? header.value)
        }
        var queries: [String: JSONValue] = [:]
        for item in request.queryItems {
            queries[item.name] = .string(
                queries[item.name].map { "\($0.stringValue ?? ""),\(item.value)" } ?? item.value)
        }
        let text = String(validating: request.body, as: UTF8.self)
        return [
            "version": "2.0", "routeKey": "$default", "rawPath": .string(request.path),
            "rawQueryString": .string(request.query), "headers": .object(headers),
            "queryStringParameters": .object(queries),
            "requestContext": [
                "http": [
                    "method": .string(request.method), "path": .string(request.path), "protocol": "HTTP/1.1",
                    "sourceIp": .string(request.clientAddress),
                ],
                "requestId": .string(requestID), "domainName": .string(request.host),
            ],
            "body": .string(text ?? Base64.encode(request.body)), "isBase64Encoded": .bool(text == nil),
        ]
    }

    /// An object with `statusCode` is a whole answer; anything else is the body of one with status 200.
    static func outcome(of bytes: [UInt8]) -> InvocationOutcome {
        guard let json = try? JSONValue(parsing: bytes), let status = json["statusCode"]?.integerValue else {
            return .http(
                HTTPAnswer(status: 200, headers: [NamedValue("content-type", "application/json")], body: bytes))
        }
        var headers: [JSONValue] = (json["headers"]?.objectValue ?? [:]).sorted { $0.key < $1.key }.map {
            [.string($0.key), .string($0.value.stringValue ?? $0.value.jsonText)]
        }
        headers += (json["cookies"]?.arrayValue ?? []).map { ["set-cookie", $0] }
        let text = json["body"]?.stringValue ?? ""
        var body = Array(text.utf8)
        if json["isBase64Encoded"]?.boolValue == true {
            guard let data = Data(base64Encoded: text) else {
                return RuntimeMessage.malformed(
                    "isBase64Encoded is true, but the body is not base64. Encode it, or leave isBase64Encoded out")
            }
            body = [UInt8](data)
        }
        // The same checks as for our own bootstraps' answers.
        return RuntimeMessage(
            header: ["http": ["status": .integer(status), "headers": .array(headers)]], body: body
        ).outcome(isHTTP: true)
    }
}
