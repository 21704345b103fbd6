internal import FunctionCore
internal import FunctionTypes

// What the node asks of an instance.
extension RuntimeMessage {
    static func load(_ assignment: Assignment) -> RuntimeMessage {
        let specification = assignment.specification
        let function = specification.function
        let configuration = function.configuration
        return RuntimeMessage(header: [
            "type": "load",
            "codeFolder": .string(assignment.codeFolder),
            "environment": .object(assignment.environment.mapValues(JSONValue.string)),
            "handler": .string(configuration.handler),
            "initializer": .string(configuration.initializer ?? ""),
            "concurrency": .integer(Int64(configuration.instanceConcurrency)),
            "logByteCountMax": .integer(Int64(OutputBudget.byteCountMax)),
            "answerByteCountMax": .integer(Int64(FunctionLimits.syncPayloadByteCountMax)),
            "region": .string(specification.region),
            "accountId": .string(function.id.organization.rawValue),
            "function": .object(present: [
                "name": .string(function.id.function.rawValue), "handler": .string(configuration.handler),
                "memory": .integer(Int64(configuration.memoryMegabytes)),
                "timeout": .integer(Int64(configuration.timeoutSeconds)),
                "initializer": .text(configuration.initializer),
                "initializationTimeout": .integer(Int64(configuration.initializationTimeoutSeconds)),
            ]),
            "service": [
                "name": .string(function.id.service.rawValue),
                "logProject": .string(function.service.logging?.project ?? ""),
                "logStore": .string(function.service.logging?.logstore ?? ""),
                "qualifier": .string(function.qualifier.description),
                "versionId": .string(function.version?.description ?? ""),
            ],
        ])
    }

    static func initialize(id: String) -> RuntimeMessage {
        RuntimeMessage(header: ["type": "initialize", "id": .string(id)])
    }

    static func hook(id: String, handler: String) -> RuntimeMessage {
        RuntimeMessage(header: ["type": "hook", "id": .string(id), "handler": .string(handler)])
    }

    static func invoke(_ invocation: Invocation) -> RuntimeMessage {
        var header: [String: JSONValue] = [
            "type": "invoke", "id": .string(invocation.requestID),
            "retryCount": .integer(Int64(invocation.retryCount)),
        ]
        if let traceparent = invocation.traceparent { header["traceparent"] = .string(traceparent) }
        switch invocation.payload {
        case .event(let bytes):
            return RuntimeMessage(header: .object(header), body: bytes)
        case .http(let request):
            header["http"] = [
                "method": .string(request.method), "path": .string(request.path), "url": .string(request.requestURI),
                "query": .string(request.query), "clientIP": .string(request.clientAddress),
                "host": .string(request.host),
                "headers": .array(request.headers.map { [.string($0.name), .string($0.value)] }),
                "queries": .array(request.queryItems.map { [.string($0.name), .string($0.value)] }),
            ]
            return RuntimeMessage(header: .object(header), body: request.body)
        }
    }
}
