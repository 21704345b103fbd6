internal import FunctionCore
internal import FunctionService
internal import FunctionTypes
internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore

extension FunctionSurface {
    /// `POST …/invocations`: the body is the event, the answer is the result.
    func respondByInvoking(to request: IncomingRequest, service: String, function: String) async throws -> Response {
        let caller = try access.caller(of: request, atLeast: .user, signsQuery: false)
        let target = try QualifiedService(service).target(caller.organization, function)
        switch request.headers[.functionInvocationType]?.lowercased() ?? "sync" {
        case "sync":
            let report = try await bodies.withBody(of: request, upTo: FunctionLimits.syncPayloadByteCountMax) { event in
                try refuseHTTPFunction(target)
                return try await platform.invoke(
                    Invocation(
                        requestID: request.id, target: target, payload: .event(event), origin: .api,
                        traceparent: request.headers[.traceparent]))
            }
            return Self.response(to: report, request: request)
        case "async":
            return try await enqueue(request, target)
        case let other:
            throw FunctionError(
                .invalidArgument, "X-Fc-Invocation-Type is \"\(other.prefix(40))\": write Sync or Async.")
        }
    }

    private func enqueue(_ request: IncomingRequest, _ target: FunctionTarget) async throws -> Response {
        let event = try await request.collectBody(upTo: FunctionLimits.asyncPayloadByteCountMax)
        try refuseHTTPFunction(target)
        let id = try request.headers[.functionInvocationID].map { text throws(FunctionError) in
            let id = try checked(InvocationID.self, text)
            guard let first = text.utf8.first, ServiceName.isLetter(first) || first == UInt8(ascii: "_") else {
                throw FunctionError(.invalidArgument, "Invocation ID \"\(text)\" must begin with a letter or \"_\".")
            }
            return id
        }
        let isStateful = request.headers[.functionIsStateful]?.lowercased() == "true" || id != nil
        let accepted = try await platform.enqueue(
            target, payload: Array(event.readableBytesView), requestID: request.id, id: id,
            isStateful: isStateful ? true : nil, traceparent: request.headers[.traceparent])
        var headers = FunctionAnswer.headers(requestID: request.id)
        headers[.functionInvocationID] = accepted.rawValue
        return Response(status: .accepted, headers: headers)
    }

    /// A function with an HTTP trigger has a handler for requests, which cannot take an event.
    private func refuseHTTPFunction(_ target: FunctionTarget) throws(FunctionError) {
        let isHTTP = platform.registry.read { registry in
            // A function that does not exist is reported by the invocation itself.
            (try? registry.function(target.id))?.triggers.values.contains { trigger in
                if case .http = trigger.configuration.source { true } else { false }
            } ?? false
        }
        guard !isHTTP else {
            throw FunctionError(
                .invalidArgument,
                "Function \"\(target.id.service)/\(target.id.function)\" answers HTTP: call it at /\(Self.version)/proxy/\(target.id.service)/\(target.id.function)/."
            )
        }
    }

    /// The result of an event function; its failure is 200 with a header, as the clients expect.
    static func response(to report: InvocationReport, request: IncomingRequest) -> Response {
        var headers = headers(of: report, request: request)
        switch report.outcome {
        case .event(let bytes):
            headers[.contentType] = "application/octet-stream"
            return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        case .http(let answer):
            return Response(
                status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
        case .failure(let failure):
            return response(to: failure, headers: headers, status: .ok)
        }
    }

    static func response(
        to failure: FunctionFailure, headers: HTTPFields, status: HTTPResponse.Status
    ) -> Response {
        var headers = headers
        headers[.contentType] = "application/json"
        headers[.functionErrorType] = failure.kind.rawValue
        return Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: failure.json.jsonBytes)))
    }

    /// What every answer of an invocation tells besides its result.
    static func headers(of report: InvocationReport, request: IncomingRequest) -> HTTPFields {
        var headers = FunctionAnswer.headers(requestID: report.requestID)
        headers[.functionVersion] = report.version?.description ?? "LATEST"
        headers[.functionDuration] = "\(report.measurement.duration.milliseconds)"
        headers[.functionMemory] = "\(report.measurement.memoryByteCountPeak >> 20)"
        if let checksum = report.codeChecksum { headers[.functionCodeChecksum] = checksum }
        if request.headers[.functionLogType]?.lowercased() == "tail" {
            headers[.functionLogResult] = Base64.encode(report.logTail)
        }
        return headers
    }

    // Stateful asynchronous invocations.

    func answerAsyncInvocations(
        _ call: FunctionCall, _ target: FunctionTarget, _ text: String?
    ) async throws -> FunctionAnswer {
        guard let text else {
            guard call.request.method == .get else { throw notSupported(call) }
            return try await listAsyncInvocations(call, target)
        }
        let key = AsyncInvocationKey(function: target.id, id: try checked(InvocationID.self, text))
        switch call.request.method {
        case .get:
            let (invocation, payload) = try await platform.asyncInvocation(key)
            return FunctionAnswer(invocation.json(payload: payload))
        case .put:
            try await platform.stopAsyncInvocation(key)
            return .deleted
        default:
            throw notSupported(call)
        }
    }

    private func listAsyncInvocations(_ call: FunctionCall, _ target: FunctionTarget) async throws -> FunctionAnswer {
        var filter = AsyncFilter(organization: call.organization)
        filter.service = target.id.service
        filter.function = target.id.function
        filter.idPrefix = call.query("invocationIdPrefix")
        filter.isDescending = call.query("sortOrderByTime")?.lowercased() == "desc"
        filter.from = call.query("startedTimeBegin").flatMap { Int64($0) }.map(Timestamp.init(milliseconds:))
        filter.through = call.query("startedTimeEnd").flatMap { Int64($0) }.map(Timestamp.init(milliseconds:))
        if let text = call.query("status"), !text.isEmpty {
            guard let status = AsyncInvocation.Status(rawValue: text) else {
                throw FunctionError(
                    .invalidArgument, "status is \"\(text.prefix(40))\": it is no state of an invocation.")
            }
            filter.status = status
        }
        let limit = try call.limit() ?? 50
        filter.offset = call.query("nextToken").flatMap { Int($0) }.map { max(0, $0) } ?? 0
        filter.limit = limit + 1
        let found = try await platform.asyncInvocations(filter)
        let includesPayload = call.query("includePayload")?.lowercased() == "true"
        var shown: [JSONValue] = []
        for invocation in found.prefix(limit) {
            // It may end meanwhile, and leave no record.
            let payload = includesPayload ? try? await platform.asyncInvocation(invocation.key).payload : nil
            shown.append(invocation.json(payload: payload))
        }
        return FunctionAnswer(
            .object(present: [
                "invocations": .array(shown),
                "nextToken": found.count > limit ? .string(String(filter.offset + limit)) : nil,
            ]))
    }
}

extension AsyncInvocation {
    func json(payload: [UInt8]?) -> JSONValue {
        .object(present: [
            "invocationId": .string(id.rawValue), "requestId": .string(requestID), "status": .string(status.rawValue),
            "enqueuedTime": .integer(enqueuedAt.milliseconds),
            "startedTime": startedAt.map { .integer($0.milliseconds) },
            "endTime": endedAt.map { .integer($0.milliseconds) }, "destinationStatus": .text(destinationStatus),
            "invocationErrorMessage": .text(errorMessage), "alreadyRetriedTimes": .integer(Int64(retryCount)),
            "serviceName": .string(target.id.service.rawValue), "functionName": .string(target.id.function.rawValue),
            "qualifier": .string(target.qualifier.description),
            "invocationPayload": payload.map { .string(String(validating: $0, as: UTF8.self) ?? Base64.encode($0)) },
        ])
    }
}
