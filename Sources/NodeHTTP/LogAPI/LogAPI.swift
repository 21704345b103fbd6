internal import FunctionTypes
internal import HTTPTypes
internal import HummingbirdCore
package import LogCore
package import LogService
internal import NIOCore

/// The log service in the JSON API, under `/api/logs`: for pages, the command line, and programs without an official client.
package struct LogAPI: Sendable {
    let service: LogKeeper
    let now: @Sendable () -> LogTime

    package init(service: LogKeeper, now: @escaping @Sendable () -> LogTime) {
        self.service = service
        self.now = now
    }

    package var group: APIGroup {
        APIGroup(
            name: "Logs", routes: projectRoutes + storeRoutes + indexRoutes + entryRoutes + alarmRoutes,
            schemas: LogAPISchemas.all,
            mapError: { APIError($0) })
    }

    static let project = APIRoute.Parameter.path("project", "Name of the project.")
    static let store = APIRoute.Parameter.path("store", "Name of the logstore.")

    /// The project of the path, if it is the caller's organisation's.
    func project(_ call: APICall) throws -> ProjectDefinition {
        try service.project(try ProjectName(validating: call.path("project")), for: call.caller.organization)
    }

    /// The logstore of the path.
    func logstore(_ call: APICall) throws -> LogstoreID {
        LogstoreID(
            project: try project(call).name, logstore: try LogstoreName(validating: call.path("store")))
    }

    // MARK: Projects

    private var projectRoutes: [APIRoute] {
        [
            APIRoute(
                .get, "/api/logs/projects", "listLogProjects", "List the organisation's log projects.",
                answer: .list("LogProject")
            ) { call in
                JSONAnswer.value(.array(service.projects(of: call.caller.organization).map { Self.describe($0) }))
            },
            APIRoute(
                .get, "/api/logs/projects/{project}", "getLogProject", "Describe a log project.",
                parameters: [Self.project], answer: .json("LogProject")
            ) { call in JSONAnswer.value(Self.describe(try project(call))) },
            APIRoute(
                .put, "/api/logs/projects/{project}", "putLogProject",
                "Create a log project, or change its description.",
                role: .admin, parameters: [Self.project], body: "LogProjectSettings", answer: .json("LogProject")
            ) { call in
                let name = try ProjectName(validating: call.path("project"))
                let description = try await call.json()["description"]?.stringValue ?? ""
                do {
                    _ = try service.project(name, for: call.caller.organization)
                    try await service.updateProject(name, description: description)
                } catch let error as LogServiceError where error.code == .projectNotFound {
                    try await service.createProject(
                        name, description: description, organization: call.caller.organization)
                }
                return JSONAnswer.value(Self.describe(try project(call)))
            },
            APIRoute(
                .delete, "/api/logs/projects/{project}", "deleteLogProject",
                "Delete a log project with its logstores and their entries.", role: .admin, parameters: [Self.project],
                answer: .nothing
            ) { call in
                try await service.deleteProject(try project(call).name)
                return Response(status: .noContent)
            },
            APIRoute(
                .get, "/api/logs/problems", "listLogProblems", "What went wrong with log files since the node started.",
                role: .admin, answer: .list("Text")
            ) { _ in JSONAnswer.value(.array(await service.problems().map { .string($0) })) },
        ]
    }

    private static func describe(_ project: ProjectDefinition) -> JSONValue {
        [
            "name": .string(project.name.rawValue), "description": .string(project.description),
            "organization": .string(project.organization),
            "createTime": .string(CalendarTime.format(LogTime(seconds: project.createTime))),
        ]
    }

    // MARK: Logstores

    private var storeRoutes: [APIRoute] {
        [
            APIRoute(
                .get, "/api/logs/projects/{project}/stores", "listLogStores",
                "List a project's logstores with their sizes.", parameters: [Self.project], answer: .list("LogStore")
            ) { call in
                var stores: [JSONValue] = []
                for logstore in service.logstores(in: try project(call).name) {
                    stores.append(Self.describe(logstore, try await service.totals(of: logstore.id)))
                }
                return JSONAnswer.value(.array(stores))
            },
            APIRoute(
                .get, "/api/logs/projects/{project}/stores/{store}", "getLogStore",
                "Describe a logstore with its sizes.",
                parameters: [Self.project, Self.store], answer: .json("LogStore")
            ) { call in try await describe(try logstore(call)) },
            APIRoute(
                .put, "/api/logs/projects/{project}/stores/{store}", "putLogStore",
                "Create a logstore, or change how long it keeps entries.", role: .admin,
                parameters: [Self.project, Self.store], body: "LogStoreSettings", answer: .json("LogStore")
            ) { call in
                let id = try logstore(call)
                let body = try await call.json()
                let ttlDays = body["ttlDays"]?.integerValue.map { Int(clamping: $0) }
                do {
                    let existing = try service.logstore(id)
                    try await service.updateLogstore(id, ttlDays: ttlDays ?? existing.ttlDays, settingsDocument: nil)
                } catch let error as LogServiceError where error.code == .logstoreNotFound {
                    try await service.createLogstore(
                        id, ttlDays: ttlDays ?? LogstoreDefinition.ttlDaysDefault,
                        shardCount: body["shardCount"]?.integerValue.map { Int(clamping: $0) } ?? 1)
                }
                return try await describe(id)
            },
            APIRoute(
                .delete, "/api/logs/projects/{project}/stores/{store}", "deleteLogStore",
                "Delete a logstore with its entries.", role: .admin, parameters: [Self.project, Self.store],
                answer: .nothing
            ) { call in
                try await service.deleteLogstore(try logstore(call))
                return Response(status: .noContent)
            },
        ]
    }

    private func describe(_ id: LogstoreID) async throws -> Response {
        JSONAnswer.value(Self.describe(try service.logstore(id), try await service.totals(of: id)))
    }

    private static func describe(_ logstore: LogstoreDefinition, _ totals: LogTotals) -> JSONValue {
        .object(present: [
            "name": .string(logstore.id.logstore.rawValue), "project": .string(logstore.id.project.rawValue),
            "ttlDays": .integer(Int64(logstore.ttlDays)),
            "shardCount": .integer(Int64(logstore.shards.writable.count)),
            "hasIndex": .bool(logstore.indexDocument != nil),
            "createTime": .string(CalendarTime.format(LogTime(seconds: logstore.createTime))),
            "entryCount": .integer(Int64(totals.entryCount)), "fileByteCount": .integer(Int64(totals.fileByteCount)),
            "oldest": totals.oldest.map { .string(CalendarTime.format($0)) },
            "newest": totals.newest.map { .string(CalendarTime.format($0)) },
            "fields": .array(totals.fieldNames.map { .string($0) }),
        ])
    }
}
