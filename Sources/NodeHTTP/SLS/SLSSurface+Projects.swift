internal import FunctionTypes
internal import HTTPTypes
internal import HummingbirdCore
internal import LogCore
internal import LogService

extension SLSSurface {
    func routeProject(_ call: SLSCall) async throws -> Response {
        // The list is asked for on the bare endpoint, which may have dots too; only its parameters tell it for sure.
        if call.method == .get, call.query("offset") != nil || call.query("size") != nil || call.projectText == nil {
            return try projects(call)
        }
        switch call.method {
        case .post: return try await createProject(call)
        case .get: return JSONAnswer.value(Self.describe(try call.project(in: service)))
        case .put:
            try call.need(.admin)
            let project = try call.project(in: service)
            let description = try call.json()["description"]?.stringValue ?? project.description
            try await service.updateProject(project.name, description: description)
            return Response(status: .ok)
        case .delete:
            try call.need(.admin)
            try await service.deleteProject(try call.project(in: service).name)
            return Response(status: .ok)
        default: throw call.notFound
        }
    }

    private func projects(_ call: SLSCall) throws -> Response {
        let pattern = call.query("projectName") ?? ""
        let all = service.projects(of: call.caller.organization).filter {
            pattern.isEmpty || $0.name.rawValue.contains(pattern)
        }
        let page = try Self.page(all, call)
        return JSONAnswer.value([
            "count": .integer(Int64(page.count)), "total": .integer(Int64(all.count)),
            "projects": .array(page.map { Self.describe($0) }),
        ])
    }

    private func createProject(_ call: SLSCall) async throws -> Response {
        try call.need(.admin)
        let body = try call.json()
        guard let text = body["projectName"]?.stringValue ?? call.projectText else {
            throw SLSError.bodyInvalid("\"projectName\" is missing.")
        }
        try await service.createProject(
            try ProjectName(validating: text), description: body["description"]?.stringValue ?? "",
            organization: call.caller.organization)
        return Response(status: .ok)
    }

    static func describe(_ project: ProjectDefinition) -> JSONValue {
        [
            "projectName": .string(project.name.rawValue), "description": .string(project.description),
            "status": "Normal", "region": "duet", "owner": .string(project.organization),
            "createTime": .string(SLSTime.text(project.createTime)),
            "lastModifyTime": .string(SLSTime.text(project.lastModifyTime)),
        ]
    }

    /// `offset` and `size` of a list, 500 at most.
    static func page<Element>(_ all: [Element], _ call: SLSCall) throws(SLSError) -> [Element] {
        let offset = Int(clamping: max(try call.integer("offset") ?? 0, 0))
        let size = Int(clamping: max(try call.integer("size") ?? 500, 0))
        return Array(all.dropFirst(offset).prefix(min(size, 500)))
    }
}

/// Times as the service writes them in descriptions: `2024-02-01 03:04:05`.
enum SLSTime {
    static func text(_ seconds: Int64) -> String {
        CalendarTime.format(LogTime(seconds: seconds)).dropLast().split(separator: "T").joined(separator: " ")
    }
}
