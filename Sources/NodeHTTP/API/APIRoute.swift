package import FunctionTypes
package import HTTPTypes
package import HummingbirdCore
internal import NIOCore

/// One operation of the JSON API, with what its description in OpenAPI needs.
package struct APIRoute: Sendable {
    package struct Parameter: Hashable, Sendable {
        package enum Place: String, Hashable, Sendable {
            case path
            case query
            case header
        }

        let name: String
        let place: Place
        let summary: String
        /// JSON Schema's word: `string`, `integer`, `boolean`.
        let type: String
        let isRequired: Bool

        package static func path(_ name: String, _ summary: String) -> Parameter {
            Parameter(name: name, place: .path, summary: summary, type: "string", isRequired: true)
        }

        package static func query(
            _ name: String, _ summary: String, type: String = "string", isRequired: Bool = false
        ) -> Parameter {
            Parameter(name: name, place: .query, summary: summary, type: type, isRequired: isRequired)
        }

        package static func header(_ name: String, _ summary: String) -> Parameter {
            Parameter(name: name, place: .header, summary: summary, type: "string", isRequired: false)
        }
    }

    /// What a successful answer holds.
    package enum Answer: Hashable, Sendable {
        /// JSON of a schema, by its name.
        case json(String)
        /// A list of them.
        case list(String)
        /// Server-sent events whose data are JSON of a schema.
        case events(String)
        /// Bytes of a media type.
        case file(String)
        case nothing
    }

    package let method: HTTPRequest.Method
    /// `/api/logs/projects/{project}`; a segment in braces takes any one segment.
    package let template: String
    /// Unique over all routes: `listLogProjects`.
    package let operationID: String
    package let summary: String
    /// What the caller must be at least.
    package let role: AccessKey.Role
    package let parameters: [Parameter]
    /// The schema of the request's body, by its name.
    package let body: String?
    /// The body's media type where it is no JSON.
    package let bodyType: String?
    package let answer: Answer
    let handle: @Sendable (APICall) async throws -> Response

    private let segments: [Substring]

    package init(
        _ method: HTTPRequest.Method, _ template: String, _ operationID: String, _ summary: String,
        role: AccessKey.Role = .reader, parameters: [Parameter] = [], body: String? = nil, bodyType: String? = nil,
        answer: Answer,
        handle: @escaping @Sendable (APICall) async throws -> Response
    ) {
        self.method = method
        self.template = template
        self.operationID = operationID
        self.summary = summary
        self.role = role
        self.parameters = parameters
        self.body = body
        self.bodyType = bodyType
        self.answer = answer
        self.handle = handle
        segments = template.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    }

    /// The values of the segments in braces, or nil when the path is another one.
    func match(_ path: [String]) -> [String: String]? {
        guard path.count == segments.count else { return nil }
        var values: [String: String] = [:]
        for (segment, text) in zip(segments, path) {
            if segment.hasPrefix("{") {
                guard !text.isEmpty else { return nil }
                values[String(segment.dropFirst().dropLast())] = text
            } else if segment != text {
                return nil
            }
        }
        return values
    }
}

/// A call of the JSON API after its caller was let in.
package struct APICall: Sendable {
    package let request: IncomingRequest
    package let caller: Caller
    private let pathValues: [String: String]

    init(request: IncomingRequest, caller: Caller, pathValues: [String: String]) {
        self.request = request
        self.caller = caller
        self.pathValues = pathValues
    }

    /// A segment of the path by its name in the route's template.
    package func path(_ name: String) -> String {
        guard let value = pathValues[name] else { preconditionFailure("the route's template has this segment") }
        return value
    }

    /// A parameter of the query; an empty one counts as absent.
    package func query(_ name: String) -> String? {
        request.target.query(name).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// - Throws: ``APIError`` when the value is no whole number of the range.
    package func integer(_ name: String, in range: ClosedRange<Int>) throws(APIError) -> Int? {
        guard let text = query(name) else { return nil }
        guard let value = Int(text), range.contains(value) else {
            throw APIError.invalid(
                "\"\(name)\" is \"\(text.prefix(40))\": give a whole number from \(range.lowerBound) to \(range.upperBound)."
            )
        }
        return value
    }

    /// The body as JSON.
    package func json(upTo byteCountMax: Int = 1_048_576) async throws -> JSONValue {
        let body = try await request.collectBody(upTo: byteCountMax)
        do {
            return try JSONValue(parsing: Array(buffer: body))
        } catch {
            throw APIError(status: .badRequest, code: "BodyInvalid", message: "\(error)", position: error.byteOffset)
        }
    }
}

/// An answer of the JSON API that is no success.
package struct APIError: Error, Hashable, Sendable {
    package let status: HTTPResponse.Status
    /// What programs branch on; stable.
    package let code: String
    /// A whole sentence.
    package let message: String
    /// Where in the caller's text, in UTF-8 bytes from 0.
    package let position: Int?
    /// Each thing that is wrong, where several were found at once.
    package let problems: [JSONValue]

    package init(
        status: HTTPResponse.Status, code: String, message: String, position: Int? = nil, problems: [JSONValue] = []
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.position = position
        self.problems = problems
    }

    package static func invalid(_ message: String) -> APIError {
        APIError(status: .badRequest, code: "ParameterInvalid", message: message)
    }
}
