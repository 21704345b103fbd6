internal import FunctionTypes
internal import HTTPTypes
internal import HummingbirdCore
internal import LogCore
internal import LogService

extension SLSSurface {
    func routeConsumerGroups(_ call: SLSCall, _ id: LogstoreID, _ name: String?) async throws -> Response {
        guard let name else {
            switch call.method {
            case .get:
                return JSONAnswer.value(
                    .array(
                        try service.consumerGroups(of: id).map { group in
                            [
                                "name": .string(group.name), "timeout": .integer(group.timeoutSeconds),
                                "order": .bool(group.isInOrder),
                            ]
                        }))
            case .post: return try await createConsumerGroup(call, id)
            default: throw call.notFound
            }
        }
        try call.need(.user)
        switch (call.method, call.query("type")) {
        case (.post, "heartbeat"): return try heartbeat(call, id, name)
        case (.post, "checkpoint"): return try await setCheckpoint(call, id, name)
        case (.get, _): return try checkpoints(call, id, name)
        case (.put, _):
            let body = try call.json()
            try await service.updateConsumerGroup(
                name, of: id, timeoutSeconds: body["timeout"]?.integerValue, isInOrder: body["order"]?.boolValue)
            return Response(status: .ok)
        case (.delete, _):
            try await service.deleteConsumerGroup(name, of: id)
            return Response(status: .ok)
        default: throw call.notFound
        }
    }

    private func createConsumerGroup(_ call: SLSCall, _ id: LogstoreID) async throws -> Response {
        try call.need(.user)
        let body = try call.json()
        guard let name = body["consumerGroup"]?.stringValue else {
            throw SLSError.bodyInvalid("\"consumerGroup\" is missing.")
        }
        try await service.createConsumerGroup(
            name, of: id, timeoutSeconds: body["timeout"]?.integerValue ?? 60,
            isInOrder: body["order"]?.boolValue ?? false)
        return Response(status: .ok)
    }

    private func heartbeat(_ call: SLSCall, _ id: LogstoreID, _ name: String) throws -> Response {
        guard let consumer = call.query("consumer"), !consumer.isEmpty, consumer.utf8.count <= 256 else {
            throw SLSError.invalid("\"consumer\" must have 1 to 256 bytes.")
        }
        let held = try call.json().arrayValue?.compactMap { $0.integerValue.map { Int(clamping: $0) } } ?? []
        let shards = try service.heartbeat(name, of: id, consumer: consumer, holding: held)
        return JSONAnswer.value(.array(shards.map { .integer(Int64($0)) }))
    }

    private func setCheckpoint(_ call: SLSCall, _ id: LogstoreID, _ name: String) async throws -> Response {
        let body = try call.json()
        guard let shard = body["shard"]?.integerValue, let checkpoint = body["checkpoint"]?.stringValue else {
            throw SLSError.bodyInvalid("\"shard\" and \"checkpoint\" are needed.")
        }
        // A checkpoint that is no cursor would fail each consumer that starts from it.
        if !checkpoint.isEmpty { _ = try SLSCursor(checkpoint) }
        try await service.setCheckpoint(
            name, of: id, shard: Int(clamping: shard), checkpoint: checkpoint, consumer: call.query("consumer") ?? "",
            isForced: call.boolean("forceSuccess"))
        return Response(status: .ok)
    }

    private func checkpoints(_ call: SLSCall, _ id: LogstoreID, _ name: String) throws -> Response {
        let shard = try call.integer("shard")
        let checkpoints = try service.checkpoints(name, of: id).filter { shard == nil || Int64($0.shard) == shard }
        return JSONAnswer.value(
            .array(
                checkpoints.map { checkpoint in
                    [
                        "shard": .integer(Int64(checkpoint.shard)), "checkpoint": .string(checkpoint.checkpoint),
                        "updateTime": .integer(checkpoint.updateTime), "consumer": .string(checkpoint.consumer),
                    ]
                }))
    }
}
