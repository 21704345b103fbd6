internal import FunctionCore
internal import FunctionTypes
internal import NIOHTTP1

/// A function that is an HTTP server: Function Compute's custom runtime.
///
/// Source: Function Compute, "Custom runtime": control paths and headers.
struct ServerLink: RuntimeLink {
    let connections: ServerConnections
    let specification: InstanceSpecification

    func load(_ assignment: Assignment, timeout: Duration) async -> LinkReply<FunctionFailure?> { .value(nil) }

    func initialize(id: String, timeout: Duration) async -> LinkReply<FunctionFailure?> {
        let reply = await call(.POST, "/initialize", control: "/initialize", id: id, timeout: timeout)
        return reply.map { response in
            (200..<300).contains(response.head.status.code)
                ? nil : FunctionFailure(reported: response.body, type: nil, isInitialization: true)
        }
    }

    func run(_ hook: LifecycleHook, _ kind: HookKind, id: String, timeout: Duration) async -> LinkReply<Void> {
        await call(.GET, kind.path, control: kind.path, id: id, timeout: timeout).map { _ in }
    }

    func close(reason: String) { connections.close(reason: reason) }

    func invoke(_ invocation: Invocation, timeout: Duration) async -> LinkReply<LinkAnswer> {
        var fields = HTTPHeaders()
        if invocation.retryCount > 0 { fields.add(name: "x-fc-retry-count", value: "\(invocation.retryCount)") }
        switch invocation.payload {
        case .event(let bytes):
            fields.add(name: "content-type", value: "application/octet-stream")
            if let traceparent = invocation.traceparent { fields.add(name: "traceparent", value: traceparent) }
            let reply = await call(
                .POST, "/invoke", control: "/invoke", id: invocation.requestID, fields: fields, body: bytes,
                timeout: timeout)
            return reply.map { LinkAnswer(outcome: Self.outcome(of: $0)) }
        case .http(let request):
            for header in request.headers where header.name.lowercased() != "content-length" {
                fields.add(name: header.name, value: header.value)
            }
            // The caller's names the caller as parent; the function's own calls belong below its invocation.
            if let traceparent = invocation.traceparent { fields.replaceOrAdd(name: "traceparent", value: traceparent) }
            let target = Self.encoded(request.path) + (request.query.isEmpty ? "" : "?\(request.query)")
            let reply = await call(
                HTTPMethod(rawValue: request.method), target, control: "/http-invoke", id: invocation.requestID,
                fields: fields, body: request.body, timeout: timeout)
            return reply.map { LinkAnswer(outcome: Self.httpOutcome(of: $0)) }
        }
    }

    private func call(
        _ method: HTTPMethod, _ target: String, control: String, id: String, fields: HTTPHeaders = HTTPHeaders(),
        body: [UInt8] = [], timeout: Duration
    ) async -> LinkReply<HTTPMessage<HTTPResponseHead>> {
        var headers = fields
        if headers.first(name: "host") == nil { headers.add(name: "host", value: "127.0.0.1") }
        headers.add(name: "content-length", value: "\(body.count)")
        for (name, value) in facts(control: control, id: id) { headers.replaceOrAdd(name: name, value: value) }
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: target, headers: headers)
        return await connections.send(HTTPMessage(head: head, body: body), timeout: timeout)
    }

    private func facts(control: String, id: String) -> [(String, String)] {
        let function = specification.function
        let configuration = function.configuration
        let all = [
            ("x-fc-request-id", id), ("x-fc-control-path", control),
            ("x-fc-function-name", function.id.function.rawValue), ("x-fc-function-handler", configuration.handler),
            ("x-fc-function-memory", "\(configuration.memoryMegabytes)"),
            ("x-fc-function-timeout", "\(configuration.timeoutSeconds)"),
            ("x-fc-function-initializer", configuration.initializer ?? ""),
            ("x-fc-initialization-timeout", "\(configuration.initializationTimeoutSeconds)"),
            ("x-fc-service-name", function.id.service.rawValue),
            ("x-fc-service-logproject", function.service.logging?.project ?? ""),
            ("x-fc-service-logstore", function.service.logging?.logstore ?? ""),
            ("x-fc-qualifier", function.qualifier.description),
            ("x-fc-version-id", function.version?.description ?? ""), ("x-fc-region", specification.region),
            ("x-fc-account-id", function.id.organization.rawValue),
            ("x-fc-base-path", "/2016-08-15/proxy/\(function.id.service)/\(function.id.function)/"),
            ("x-fc-instance-lifecycle-pre-stop-handler", configuration.preStop?.handler ?? ""),
            ("x-fc-instance-lifecycle-pre-freeze-handler", configuration.preFreeze?.handler ?? ""),
        ]
        return all.filter { !$0.1.isEmpty }
    }

    /// The header decides, since a function may answer 404 in earnest; without it the status does.
    private static func outcome(of response: HTTPMessage<HTTPResponseHead>) -> InvocationOutcome {
        let status = response.head.headers.first(name: "x-fc-status") ?? "\(response.head.status.code)"
        guard status == "200" else {
            return .failure(FunctionFailure(reported: response.body, type: nil, isInitialization: false))
        }
        return RuntimeMessage(header: [:], body: response.body).outcome(isHTTP: false)
    }

    private static func httpOutcome(of response: HTTPMessage<HTTPResponseHead>) -> InvocationOutcome {
        if response.head.headers.first(name: "x-fc-status") == "404", response.head.status != .notFound {
            return .failure(FunctionFailure(reported: response.body, type: nil, isInitialization: false))
        }
        let headers = response.head.headers.map { JSONValue.array([.string($0.name), .string($0.value)]) }
        // The same checks as for our own bootstraps' answers.
        return RuntimeMessage(
            header: ["http": ["status": .integer(Int64(response.head.status.code)), "headers": .array(headers)]],
            body: response.body
        ).outcome(isHTTP: true)
    }

    /// A decoded path as it may stand in a request.
    private static func encoded(_ path: String) -> String {
        var text = ""
        for byte in path.utf8 {
            let isPlain =
                ServiceName.isLetter(byte) || ServiceName.isDigit(byte) || "/-._~!$&'()*+,;=:@".utf8.contains(byte)
            let digits = String(byte, radix: 16, uppercase: true)
            text += isPlain ? String(UnicodeScalar(byte)) : "%" + (digits.count == 1 ? "0" : "") + digits
        }
        return text
    }
}

extension LinkReply {
    func map<Other>(_ transform: (Value) -> Other) -> LinkReply<Other> {
        switch self {
        case .value(let value): .value(transform(value))
        case .timedOut: .timedOut
        case .malformed(let reason): .malformed(reason: reason)
        case .closed(let reason): .closed(reason: reason)
        }
    }
}
