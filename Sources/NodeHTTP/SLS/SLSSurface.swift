internal import Crypto
internal import FunctionTypes
internal import HTTPTypes
package import HummingbirdCore
package import LogCore
package import LogService
package import Logging
internal import NIOCore

/// The log service's REST API, as its official clients speak it.
///
/// Chosen by the header `x-log-apiversion`, before any path. The project stands in front of the host name; clients reach us
/// under any host name by naming us as their HTTP proxy. Every call is signed, except on loopback.
package struct SLSSurface: HTTPSurface {
    /// Bytes of a body, compressed or not; the official client sends at most 30 MB.
    static let bodyByteCountMax = 32 * 1_024 * 1_024

    let service: LogKeeper
    let access: AccessControl
    let logger: Logger
    let now: @Sendable () -> LogTime

    package init(
        service: LogKeeper, access: AccessControl, logger: Logger, now: @escaping @Sendable () -> LogTime
    ) {
        self.service = service
        self.access = access
        self.logger = logger
        self.now = now
    }

    package var answersUnknownHosts: Bool { true }

    package func takes(_ request: IncomingRequest) -> Bool {
        request.headers.contains(.logAPIVersion)
    }

    package func respond(to request: IncomingRequest) async throws -> Response {
        var response: Response
        do {
            let body = try await request.collectBody(upTo: Self.bodyByteCountMax)
            let bytes = Array(buffer: body)
            let call = SLSCall(
                request: request, caller: try caller(of: request, body: bytes), body: bytes,
                projectText: Self.projectText(request.host))
            response = try await route(call)
        } catch let error where SLSError(error) != nil {
            response = SLSError(error)?.response ?? Response(status: .internalServerError)
            if let store = error as? LogStoreError, store.code == .storageFailed {
                logger.error("Log request failed", metadata: ["request.id": "\(request.id)", "error": "\(error)"])
            }
        }
        return finished(response, request)
    }

    package func response(to refusal: ListenerRefusal, request: IncomingRequest) -> Response {
        finished(SLSError(refusal).response, request)
    }

    private func finished(_ response: Response, _ request: IncomingRequest) -> Response {
        var response = response
        response.headers[.logRequestID] = request.id
        return response
    }

    /// The signer; on loopback without a signature the default organisation's admin.
    private func caller(of request: IncomingRequest, body: [UInt8]) throws -> Caller {
        if !request.headers.contains(.authorization), let caller = access.anonymousCaller(of: request) { return caller }
        return Caller(key: try SLSSignature(keys: access.keys, now: now()).verify(request, body: body))
    }

    /// The host's first label, if anything follows it and it is no address.
    private static func projectText(_ host: RequestHost?) -> String? {
        guard let name = host?.name, !name.contains(":") else { return nil }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, !(labels.count == 4 && labels.allSatisfy { UInt8($0) != nil }) else { return nil }
        return String(labels[0])
    }

    private func route(_ call: SLSCall) async throws -> Response {
        let path = call.path
        switch (call.method, path.count) {
        case (_, 0): return try await routeProject(call)
        case (_, 1) where path[0] == "logstores": return try await routeLogstores(call)
        case (_, 2...) where path[0] == "logstores":
            _ = try call.project(in: service)
            return try await routeLogstore(call, try call.logstore(path[1]), Array(path[2...]))
        default: throw call.notFound
        }
    }

    private func routeLogstore(_ call: SLSCall, _ id: LogstoreID, _ rest: [String]) async throws -> Response {
        switch (call.method, rest.first, rest.count) {
        case (.get, nil, _):
            switch call.query("type") {
            case nil: return try logstore(call, id)
            case "log": return try await logsVersion1(call, id)
            case "histogram": return try await histogram(call, id)
            case "topic": return try await topics(call, id)
            case let type: throw SLSError.invalid("The type \"\(type?.prefix(40) ?? "")\" is not known here.")
            }
        case (.put, nil, _): return try await updateLogstore(call, id)
        case (.delete, nil, _): return try await deleteLogstore(call, id)
        case (.post, "logs", 1): return try await logsVersion2(call, id)
        case (_, "index", 1): return try await routeIndex(call, id)
        case (.get, "shards", 1): return try shards(call, id)
        case (.post, "shards", 2): return try await postShard(call, id, rest[1])
        case (.get, "shards", 2): return try await getShard(call, id, rest[1])
        case (_, "consumergroups", 1...2):
            return try await routeConsumerGroups(call, id, rest.count == 2 ? rest[1] : nil)
        default: throw call.notFound
        }
    }
}

/// One call after its signature was checked.
struct SLSCall: Sendable {
    let request: IncomingRequest
    let caller: Caller
    /// As it was sent, compressed or not.
    let body: [UInt8]
    let projectText: String?

    var method: HTTPRequest.Method { request.method }

    /// The path's segments; none for `/`.
    var path: [String] {
        let segments = request.target.pathSegments
        return segments == [""] ? [] : segments
    }

    var notFound: SLSError {
        SLSError(
            status: .notFound, code: .invalidAPIVersion,
            message: "\(method.rawValue) \(request.target.path) is no call of the log service that is served here.")
    }

    func query(_ name: String) -> String? {
        request.target.query(name)
    }

    func integer(_ name: String) throws(SLSError) -> Int64? {
        guard let text = query(name), !text.isEmpty else { return nil }
        guard let value = Int64(text) else { throw SLSError.invalid("\"\(name)\" must be a whole number.") }
        return value
    }

    /// Python writes booleans as `True` and `False`.
    func boolean(_ name: String) -> Bool {
        query(name)?.lowercased() == "true"
    }

    /// Refuses a caller whose role is not enough.
    func need(_ role: AccessKey.Role) throws(SLSError) {
        guard caller.role >= role else {
            throw SLSError.unauthorized(
                "The access key has the role \"\(caller.role.rawValue)\"; this needs \"\(role.rawValue)\".")
        }
    }

    func projectName() throws -> ProjectName {
        guard let projectText else {
            throw SLSError(
                status: .badRequest, code: .projectNotExist,
                message: "The host \"\(request.hostText)\" names no project: it must read \"<project>.<endpoint>\".")
        }
        return try ProjectName(validating: projectText)
    }

    /// The project, if it is the caller's organisation's.
    func project(in service: LogKeeper) throws -> ProjectDefinition {
        try service.project(try projectName(), for: caller.organization)
    }

    func logstore(_ text: String) throws -> LogstoreID {
        LogstoreID(project: try projectName(), logstore: try LogstoreName(validating: text))
    }

    /// The body as JSON.
    func json() throws(SLSError) -> JSONValue {
        do {
            return try JSONValue(parsing: body)
        } catch {
            throw SLSError.bodyInvalid("\(error)")
        }
    }
}
