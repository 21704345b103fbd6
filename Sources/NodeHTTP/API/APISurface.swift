package import FunctionTypes
internal import HTTPTypes
package import HummingbirdCore

/// The JSON API: routes that the node's parts bring along, under `/api`, and their description.
package struct APISurface: HTTPSurface {
    private let access: AccessControl
    private let routes: [APIRoute]
    private let description: JSONValue
    private let mapError: @Sendable (any Error) -> APIError?
    private let streams = StreamLimit()

    /// - Parameter groups: The routes of each part, with the errors and schemas that are theirs.
    package init(access: AccessControl, groups: [APIGroup]) {
        self.access = access
        routes = groups.flatMap(\.routes)
        description = OpenAPIDocument.build(groups)
        mapError = { error in
            for group in groups {
                if let mapped = group.mapError(error) { return mapped }
            }
            return nil
        }
    }

    package func takes(_ request: IncomingRequest) -> Bool {
        request.target.isUnder("/api")
    }

    package func respond(to request: IncomingRequest) async throws -> Response {
        var response: Response
        do {
            response = try await answer(request)
        } catch let refusal as ListenerRefusal {
            response = self.response(to: refusal, request: request)
        }
        Self.guarded(&response.headers)
        return response
    }

    /// An answer that a browser is made to open shows nothing and runs nothing, and no browser keeps one.
    private static func guarded(_ headers: inout HTTPFields) {
        if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
        headers[.xContentTypeOptions] = "nosniff"
        headers[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
    }

    private func answer(_ request: IncomingRequest) async throws -> Response {
        do {
            if request.target.rawPath == "/api/openapi.json", request.method == .get {
                return JSONAnswer.value(description)
            }
            let caller = try access.caller(of: request)
            let path = request.target.pathSegments
            let method = request.method == .head ? .get : request.method
            var methods: [String] = []
            for route in routes {
                guard let values = route.match(path) else { continue }
                guard route.method == method else {
                    methods.append(route.method.rawValue)
                    continue
                }
                guard caller.role >= route.role else {
                    throw APIError(
                        status: .forbidden, code: "Forbidden",
                        message:
                            "The access key has the role \"\(caller.role.rawValue)\"; this needs \"\(route.role.rawValue)\"."
                    )
                }
                return try await answer(route, APICall(request: request, caller: caller, pathValues: values))
            }
            guard methods.isEmpty else {
                var response = JSONAnswer.error(
                    .methodNotAllowed, code: "MethodNotAllowed",
                    message: "\(request.method.rawValue) is not allowed here: use \(methods.joined(separator: ", ")).")
                response.headers[.allow] = methods.joined(separator: ", ")
                return response
            }
            throw ListenerRefusal.notFound(request.target.path)
        } catch let error as APIError {
            return Self.response(error)
        } catch let refusal as AccessRefusal {
            return Self.response(refusal)
        } catch let error where mapError(error) != nil {
            return Self.response(mapError(error) ?? .invalid("\(error)"))
        }
    }

    private func answer(_ route: APIRoute, _ call: APICall) async throws -> Response {
        guard case .events = route.answer else { return try await route.handle(call) }
        let place = try streams.place(for: client(call))
        var response = try await route.handle(call)
        let body = response.body
        // Held until the last byte is written, or the answer is dropped without having been.
        response.body = ResponseBody(contentLength: body.contentLength) { writer in
            try await body.write(writer)
            withExtendedLifetime(place) {}
        }
        return response
    }

    private func client(_ call: APICall) -> String {
        switch call.caller.credential {
        case .accessKey(let id): "key \(id)"
        case .loopback: "address \(call.request.peer.address)"
        }
    }

    private static func response(_ error: APIError) -> Response {
        JSONAnswer.error(
            error.status, code: error.code, message: error.message, position: error.position, problems: error.problems)
    }

    private static func response(_ refusal: AccessRefusal) -> Response {
        switch refusal.code {
        case .credentialMissing, .credentialWrong:
            var response = JSONAnswer.error(.unauthorized, code: "Unauthorized", message: refusal.message)
            response.headers[.wwwAuthenticate] = "Bearer"
            return response
        case .forbidden: return JSONAnswer.error(.forbidden, code: "Forbidden", message: refusal.message)
        }
    }
}

/// What one part of the node brings to the JSON API.
package struct APIGroup: Sendable {
    /// For the description: `Logs`.
    package let name: String
    package let routes: [APIRoute]
    /// JSON Schemas by name; names are unique over all groups.
    package let schemas: [String: JSONValue]
    /// The answer to an error of this part; nil for errors that are not its own.
    package let mapError: @Sendable (any Error) -> APIError?

    package init(
        name: String, routes: [APIRoute], schemas: [String: JSONValue],
        mapError: @escaping @Sendable (any Error) -> APIError? = { _ in nil }
    ) {
        self.name = name
        self.routes = routes
        self.schemas = schemas
        self.mapError = mapError
    }
}
