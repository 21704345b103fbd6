import FunctionTypes
import HTTPTypes
import Testing

@testable import NodeHTTP

@Suite("Statuses of function errors")
struct FunctionErrorStatusTests {
    /// The table of Function Compute's documentation, as far as it has the code.
    private static let documented: [FunctionError.Code: Int] = [
        .invalidArgument: 400, .missingRequiredHeader: 400, .pathNotSupported: 400, .entityTooLarge: 400,
        .limitExceeded: 400, .additionalVersionContainsMajorVersion: 400, .accessDenied: 403, .signatureNotMatch: 403,
        .invalidAccessKeyID: 403, .serviceNotFound: 404, .functionNotFound: 404, .triggerNotFound: 404,
        .versionNotFound: 404, .aliasNotFound: 404, .domainNameNotFound: 404, .asyncConfigNotExists: 404,
        .serviceAlreadyExists: 409, .functionAlreadyExists: 409, .triggerAlreadyExists: 409, .aliasAlreadyExists: 409,
        .domainNameAlreadyExists: 409, .serviceNotEmpty: 409, .functionNotEmpty: 409, .concurrentUpdate: 409,
        .preconditionFailed: 412, .functionNotStarted: 412, .resourceExhausted: 429, .clientClosedRequest: 499,
        .internalServerError: 500, .badResponse: 502, .resourceThrottled: 503,
    ]

    @Test(
        "each documented code has its status, and every code one that says error",
        arguments: FunctionError.Code.allCases)
    func statuses(_ code: FunctionError.Code) {
        let status = FunctionError(code, "").status.code
        #expect((400...599).contains(status))
        if let documented = Self.documented[code] { #expect(status == documented) }
    }
}
