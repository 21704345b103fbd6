internal import FunctionTypes
internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore

/// What a call of the Function Compute API is answered.
struct FunctionAnswer {
    var status: HTTPResponse.Status = .ok
    /// Nil for an empty body.
    var json: JSONValue?
    var entityTag: String?

    /// A resource: created, read and updated alike answer 200.
    init(_ json: JSONValue, entityTag: String? = nil) {
        self.json = json
        self.entityTag = entityTag
    }

    /// Nothing to say, as after a deletion.
    static let deleted = FunctionAnswer(status: .noContent)

    private init(status: HTTPResponse.Status) {
        self.status = status
    }

    func response(requestID: String) -> Response {
        var headers = FunctionAnswer.headers(requestID: requestID)
        if let entityTag { headers[.eTag] = entityTag }
        guard let json else { return Response(status: status, headers: headers) }
        headers[.contentType] = "application/json"
        return Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.jsonBytes)))
    }

    static func response(to error: FunctionError, requestID: String) -> Response {
        var headers = headers(requestID: requestID)
        headers[.contentType] = "application/json"
        // The clients read these capitalised names.
        let body: JSONValue = ["ErrorCode": .string(error.code.rawValue), "ErrorMessage": .string(error.message)]
        return Response(
            status: error.status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body.jsonBytes)))
    }

    static func headers(requestID: String) -> HTTPFields {
        var headers = HTTPFields()
        headers[.functionRequestID] = requestID
        return headers
    }
}

extension HTTPField.Name {
    static let functionRequestID = HTTPField.Name("X-Fc-Request-Id")!
    static let functionErrorType = HTTPField.Name("X-Fc-Error-Type")!
    static let functionLogResult = HTTPField.Name("X-Fc-Log-Result")!
    static let functionCodeChecksum = HTTPField.Name("X-Fc-Code-Checksum")!
    static let functionDuration = HTTPField.Name("X-Fc-Invocation-Duration")!
    static let functionMemory = HTTPField.Name("X-Fc-Max-Memory-Usage")!
    static let functionVersion = HTTPField.Name("X-Fc-Invocation-Service-Version")!
    static let functionInvocationType = HTTPField.Name("X-Fc-Invocation-Type")!
    static let functionLogType = HTTPField.Name("X-Fc-Log-Type")!
    static let functionInvocationID = HTTPField.Name("X-Fc-Stateful-Async-Invocation-Id")!
    static let functionIsStateful = HTTPField.Name("X-Fc-Stateful-Async-Invocation-Enable")!
    static let traceparent = HTTPField.Name("traceparent")!
}
