internal import FunctionCore
internal import FunctionService
internal import FunctionTypes
internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore

extension FunctionSurface {
    /// Bytes of all headers, and of path and query, of a request to an HTTP function.
    private static let headerByteCountMax = 8 << 10
    private static let targetByteCountMax = 4 << 10

    /// `/proxy/<service>[.<qualifier>]/<function>/<path>?<query>`.
    func respondByProxy(to request: IncomingRequest, path: [String]) async throws -> Response {
        guard path.count >= 3 else {
            throw FunctionError(
                .pathNotSupported,
                "The path must be /\(Self.version)/proxy/<service>/<function>/, with anything after it.")
        }
        let organization = try access.proxyOrganization(of: request)
        let target = try QualifiedService(path[1]).target(organization, path[2])
        let rest = "/" + path.dropFirst(3).joined(separator: "/")
        var response = try await respond(to: request, by: target, functionPath: rest)
        // A list of policies: a browser holds to each of them.
        response.headers[.contentSecurityPolicy] = [response.headers[.contentSecurityPolicy], Self.sandboxPolicy]
            .compactMap { $0 }.joined(separator: ", ")
        return response
    }

    /// Whatever a function shows under the node's own address is a stranger to the console and the JSON API there: its scripts
    /// run, but with no origin, so that browsers send neither its reader's login nor a claim to come from here.
    private static let sandboxPolicy = "sandbox allow-downloads allow-forms allow-modals allow-popups allow-scripts"

    /// A request under a custom domain: the route decides the function, which sees the whole path.
    func respondByDomain(to request: IncomingRequest) async throws -> Response {
        let domain = request.host.flatMap { host in
            platform.registry.read { $0.domains[CustomDomainName(unchecked: host.name)] }
        }
        guard let domain else { throw FunctionError(.domainNameNotFound, "This domain name leads to no function.") }
        guard let route = domain.configuration.route(for: request.target.path) else {
            throw FunctionError(
                .functionNotFound,
                "No route of \"\(domain.name)\" fits the path \"\(request.target.path.prefix(200))\".")
        }
        let id = FunctionID(organization: domain.organization, service: route.service, function: route.function)
        return try await respond(
            to: request, by: FunctionTarget(id, qualifier: route.qualifier), functionPath: request.target.path)
    }

    private func respond(
        to request: IncomingRequest, by target: FunctionTarget, functionPath: String
    ) async throws -> Response {
        let (trigger, http) = try platform.registry.read { registry throws(FunctionError) in
            try registry.httpTrigger(for: target)
        }
        if http.authorization == .function { try checkSignature(of: request, target) }
        guard http.methods.contains(request.method.rawValue) else {
            var response = FunctionAnswer.response(
                to: FunctionError(
                    .methodNotAllowed,
                    "The HTTP trigger of \"\(target.id.service)/\(target.id.function)\" does not take \(request.method.rawValue). Add it to Methods."
                ),
                requestID: request.id)
            response.headers[.allow] = http.methods.joined(separator: ", ")
            return response
        }
        try checkSizes(of: request)
        let report = try await bodies.withBody(of: request, upTo: FunctionLimits.syncPayloadByteCountMax) { body in
            try await platform.invoke(
                Invocation(
                    requestID: request.id, target: target,
                    payload: .http(Self.invocation(request, functionPath: functionPath, body: body)), origin: .http,
                    traceparent: request.headers[.traceparent],
                    logFields: ["trigger": trigger.name.rawValue]))
        }
        return Self.response(of: report, to: request)
    }

    /// The trigger asks for a signature, so that not even this machine calls it without.
    private func checkSignature(of request: IncomingRequest, _ target: FunctionTarget) throws(FunctionError) {
        guard let header = request.headers[.authorization] ?? request.target.query(FunctionSignature.signatureName),
            !header.isEmpty
        else {
            throw FunctionError(
                .accessDenied,
                "The HTTP trigger of \"\(target.id.service)/\(target.id.function)\" takes signed calls only: send \"Authorization: FC <access key id>:<signature>\"."
            )
        }
        let caller = try access.caller(of: request, atLeast: .user, signsQuery: true)
        guard caller.organization == target.id.organization else {
            throw FunctionError(.accessDenied, "The access key belongs to another organization than the function.")
        }
    }

    private func checkSizes(of request: IncomingRequest) throws(FunctionError) {
        let headerByteCount = request.headers.reduce(0) { $0 + $1.name.rawName.utf8.count + $1.value.utf8.count }
        guard headerByteCount <= Self.headerByteCountMax else {
            throw FunctionError(
                .invalidArgument, "The headers have \(headerByteCount) bytes; \(Self.headerByteCountMax) are the most.")
        }
        let targetByteCount = request.target.rawPath.utf8.count + (request.target.rawQuery?.utf8.count ?? 0)
        guard targetByteCount <= Self.targetByteCountMax else {
            throw FunctionError(
                .invalidArgument,
                "Path and query have \(targetByteCount) bytes; \(Self.targetByteCountMax) are the most.")
        }
    }

    // From a request to what the function sees, and from its answer to a response.

    /// Headers that belong to one connection, or to the platform.
    private static let requestHeadersDropped: Set<String> = [
        "connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "expect", "proxy-authorization",
        "proxy-connection",
    ]
    private static let responseHeadersDropped: Set<String> = [
        "connection", "content-length", "date", "keep-alive", "server", "transfer-encoding", "trailer", "upgrade",
    ]

    static func invocation(_ request: IncomingRequest, functionPath: String, body: [UInt8]) -> HTTPInvocation {
        var headers = [NamedValue("host", request.hostText)]
        for field in request.headers {
            let name = field.name.canonicalName
            if requestHeadersDropped.contains(name) || name.hasPrefix("x-fc-") { continue }
            // A signature or a login of ours is not the function's; any other credential is.
            if name == "authorization", field.value.hasPrefix("FC ") { continue }
            if name == "cookie" {
                let others = withoutSession(field.value)
                if !others.isEmpty { headers.append(NamedValue(name, others)) }
                continue
            }
            headers.append(NamedValue(name, field.value))
        }
        let query = request.target.rawQuery
        return HTTPInvocation(
            method: request.method.rawValue, path: functionPath,
            requestURI: request.target.rawPath + (query.map { "?" + $0 } ?? ""), query: query ?? "",
            queryItems: request.target.queryItems.map { NamedValue($0.name, $0.value) }, headers: headers,
            clientAddress: request.peer.address, host: request.hostText, body: body)
    }

    /// The cookies but for that of a login.
    private static func withoutSession(_ cookies: String) -> String {
        cookies.split(separator: ";").map { $0.drop { $0 == " " } }
            .filter { !$0.hasPrefix(SessionAPI.cookieName + "=") }.joined(separator: "; ")
    }

    static func response(of report: InvocationReport, to request: IncomingRequest) -> Response {
        var headers = headers(of: report, request: request)
        switch report.outcome {
        case .http(let answer):
            for header in answer.headers {
                guard let name = HTTPField.Name(header.name), !responseHeadersDropped.contains(name.canonicalName),
                    !name.canonicalName.hasPrefix("x-fc-"),
                    name != .setCookie || !header.value.hasPrefix(SessionAPI.cookieName + "=")
                else { continue }
                headers.append(HTTPField(name: name, value: header.value))
            }
            return Response(
                status: HTTPResponse.Status(code: answer.status), headers: headers,
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
        case .event(let bytes):
            return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        case .failure(let failure):
            // Proxies and browsers can act on a status, not on a header of ours.
            return response(to: failure, headers: headers, status: .badGateway)
        }
    }
}
