internal import FunctionCore
internal import FunctionTypes
internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore

/// What Lambda's clients are answered.
enum LambdaAnswer {
    static func headers(requestID: String) -> HTTPFields {
        var headers = HTTPFields()
        headers[.lambdaRequestID] = requestID
        return headers
    }

    /// A function that fails is status 200 with a header.
    static func response(to report: InvocationReport, isTailWanted: Bool) -> Response {
        var headers = headers(requestID: report.requestID)
        headers[.lambdaExecutedVersion] = report.version?.description ?? "$LATEST"
        if isTailWanted { headers[.lambdaLogResult] = Base64.encode(report.logTail) }
        headers[.contentType] = "application/json"
        let body: [UInt8]
        switch report.outcome {
        case .event(let bytes): body = bytes
        case .http(let answer): body = answer.body
        case .failure(let failure):
            headers[.lambdaFunctionError] =
                [.handled, .handledInitialization].contains(failure.kind) ? "Handled" : "Unhandled"
            body = failure.json.jsonBytes
        }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }

    static func response(to error: FunctionError, requestID: String) -> Response {
        var headers = headers(requestID: requestID)
        headers[.contentType] = "application/json"
        let (status, type) = kind(of: error.code)
        headers[.lambdaErrorType] = type
        if status == .tooManyRequests { headers[.retryAfter] = "1" }
        let body: JSONValue = [
            "Type": status.kind == .serverError ? "Server" : "User", "Message": .string(error.message),
        ]
        return Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body.jsonBytes)))
    }

    /// The exception of Lambda's that a client knows what to do about.
    private static func kind(of code: FunctionError.Code) -> (HTTPResponse.Status, String) {
        switch code {
        case .accessDenied: (.forbidden, "AccessDeniedException")
        case .signatureNotMatch: (.forbidden, "InvalidSignatureException")
        case .invalidAccessKeyID: (.forbidden, "UnrecognizedClientException")
        case .missingRequiredHeader: (.forbidden, "MissingAuthenticationTokenException")
        case .serviceNotFound, .functionNotFound, .versionNotFound, .aliasNotFound, .resourceNotFound,
            .pathNotSupported:
            (.notFound, "ResourceNotFoundException")
        case .entityTooLarge: (.contentTooLarge, "RequestTooLargeException")
        case .resourceExhausted: (.tooManyRequests, "TooManyRequestsException")
        case .functionNotStarted, .badResponse: (.badGateway, "InvalidRuntimeException")
        case .concurrentUpdate, .preconditionFailed: (.conflict, "ResourceConflictException")
        case .internalServerError: (.internalServerError, "ServiceException")
        case .resourceThrottled: (.serviceUnavailable, "ServiceException")
        default: (.badRequest, "InvalidParameterValueException")
        }
    }
}

extension HTTPField.Name {
    static let lambdaRequestID = HTTPField.Name("x-amzn-RequestId")!
    static let lambdaErrorType = HTTPField.Name("x-amzn-errortype")!
    static let lambdaFunctionError = HTTPField.Name("X-Amz-Function-Error")!
    static let lambdaLogResult = HTTPField.Name("X-Amz-Log-Result")!
    static let lambdaExecutedVersion = HTTPField.Name("X-Amz-Executed-Version")!
    static let lambdaInvocationType = HTTPField.Name("X-Amz-Invocation-Type")!
    static let lambdaLogType = HTTPField.Name("X-Amz-Log-Type")!
    static let lambdaClientContext = HTTPField.Name("X-Amz-Client-Context")!
    static let lambdaDate = HTTPField.Name("X-Amz-Date")!
}
