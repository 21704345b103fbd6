package import FunctionTypes
package import HTTPTypes

extension FunctionError {
    /// The status that Function Compute's clients expect with each code.
    package var status: HTTPResponse.Status {
        switch code {
        case .invalidArgument, .missingRequiredHeader, .pathNotSupported, .entityTooLarge, .limitExceeded,
            .additionalVersionContainsMajorVersion:
            .badRequest
        case .methodNotAllowed:
            .methodNotAllowed
        case .unsupportedMediaType:
            .unsupportedMediaType
        case .accessDenied, .signatureNotMatch, .invalidAccessKeyID:
            .forbidden
        case .serviceNotFound, .functionNotFound, .triggerNotFound, .versionNotFound, .aliasNotFound,
            .domainNameNotFound, .asyncConfigNotExists, .onDemandConfigNotExists, .provisionConfigNotExists,
            .asyncInvocationNotFound, .resourceNotFound:
            .notFound
        case .serviceAlreadyExists, .functionAlreadyExists, .triggerAlreadyExists, .aliasAlreadyExists,
            .domainNameAlreadyExists, .asyncInvocationAlreadyExists, .serviceNotEmpty, .functionNotEmpty,
            .concurrentUpdate:
            .conflict
        case .preconditionFailed, .functionNotStarted:
            .preconditionFailed
        case .resourceExhausted:
            .tooManyRequests
        case .clientClosedRequest:
            .init(code: 499, reasonPhrase: "Client Closed Request")
        case .internalServerError:
            .internalServerError
        case .badResponse:
            .badGateway
        case .resourceThrottled:
            .serviceUnavailable
        }
    }

    package var statusCode: Int { status.code }
}
