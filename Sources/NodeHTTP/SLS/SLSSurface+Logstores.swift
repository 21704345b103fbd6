internal import FoundationEssentials
internal import FunctionTypes
internal import HTTPTypes
internal import HummingbirdCore
internal import LogCore
internal import LogService

extension SLSSurface {
    /// Members of a logstore's description that change something here; the rest is kept as it was sent.
    private static let ownMembers: Set<String> = [
        "logstoreName", "ttl", "shardCount", "createTime", "lastModifyTime",
    ]

    func routeLogstores(_ call: SLSCall) async throws -> Response {
        let project = try call.project(in: service)
        switch call.method {
        case .get:
            let pattern = call.query("logstoreName") ?? ""
            let all = service.logstores(in: project.name).map(\.id.logstore.rawValue)
                .filter { pattern.isEmpty || $0.contains(pattern) }
            let page = try Self.page(all, call)
            return JSONAnswer.value([
                "count": .integer(Int64(page.count)), "total": .integer(Int64(all.count)),
                "logstores": .array(page.map { .string($0) }),
            ])
        case .post:
            try call.need(.admin)
            let body = try call.json()
            guard let name = body["logstoreName"]?.stringValue else {
                throw SLSError(
                    status: .badRequest, code: .logStoreInfoInvalid, message: "\"logstoreName\" is missing.")
            }
            try await service.createLogstore(
                try call.logstore(name),
                ttlDays: Self.integer(body["ttl"], default: LogstoreDefinition.ttlDaysDefault),
                shardCount: Self.integer(body["shardCount"], default: 1), settingsDocument: Self.settings(body))
            return Response(status: .ok)
        default: throw call.notFound
        }
    }

    func logstore(_ call: SLSCall, _ id: LogstoreID) throws -> Response {
        let logstore = try service.logstore(id)
        var members: [String: JSONValue] = [
            "enable_tracking": false, "autoSplit": false, "maxSplitShard": 64, "appendMeta": false, "telemetryType": "",
        ]
        let kept = (try? JSONValue(parsing: logstore.settingsDocument))?.objectValue ?? [:]
        members.merge(kept) { _, kept in kept }
        members["logstoreName"] = .string(id.logstore.rawValue)
        members["ttl"] = .integer(Int64(logstore.ttlDays))
        members["shardCount"] = .integer(Int64(logstore.shards.writable.count))
        members["createTime"] = .integer(logstore.createTime)
        members["lastModifyTime"] = .integer(logstore.lastModifyTime)
        return JSONAnswer.value(.object(members))
    }

    func updateLogstore(_ call: SLSCall, _ id: LogstoreID) async throws -> Response {
        try call.need(.admin)
        let body = try call.json()
        let logstore = try service.logstore(id)
        try await service.updateLogstore(
            id, ttlDays: Self.integer(body["ttl"], default: logstore.ttlDays), settingsDocument: Self.settings(body))
        return Response(status: .ok)
    }

    func deleteLogstore(_ call: SLSCall, _ id: LogstoreID) async throws -> Response {
        try call.need(.admin)
        try await service.deleteLogstore(id)
        return Response(status: .ok)
    }

    func routeIndex(_ call: SLSCall, _ id: LogstoreID) async throws -> Response {
        switch call.method {
        case .get:
            let document = try service.indexDocument(of: id)
            let logstore = try service.logstore(id)
            var members = (try? JSONValue(parsing: document))?.objectValue ?? [:]
            members["ttl"] = .integer(Int64(logstore.ttlDays))
            members["lastModifyTime"] = .integer(logstore.lastModifyTime)
            return JSONAnswer.value(.object(members))
        case .post, .put:
            try call.need(.admin)
            let body = try call.json()
            let definition: IndexDefinition
            do {
                definition = try JSONDecoder().decode(IndexDefinition.self, from: Data(call.body))
            } catch {
                throw SLSError(
                    status: .badRequest, code: .indexInfoInvalid,
                    message: "The index is not of the known form: {\"line\": {\"token\": […]}, \"keys\": {…}}.")
            }
            try await service.setIndex(definition, document: body.jsonText, of: id, isNew: call.method == .post)
            return Response(status: .ok)
        case .delete:
            try call.need(.admin)
            try await service.deleteIndex(of: id)
            return Response(status: .ok)
        default: throw call.notFound
        }
    }

    // MARK: Parts

    private static func settings(_ body: JSONValue) -> String {
        let members = (body.objectValue ?? [:]).filter { !ownMembers.contains($0.key) }
        return JSONValue.object(members).jsonText
    }

    /// A number out of range stays out of range, and is refused by its rule.
    private static func integer(_ value: JSONValue?, default other: Int) -> Int {
        value.map { $0.integerValue.map { Int(clamping: $0) } ?? -1 } ?? other
    }
}
