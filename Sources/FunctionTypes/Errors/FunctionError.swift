/// The platform's refusal of a request about functions, in Function Compute's words.
///
/// A function that fails is no error but an ``InvocationOutcome``.
package struct FunctionError: Error, Sendable, CustomStringConvertible {
    /// What callers branch on; clients of Function Compute read its text.
    package var code: Code
    /// What failed, which one, why, and what to do. Safe to show to the client.
    package var message: String
    /// The error underneath. Logged, never sent.
    package var cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package var description: String { "\(code.rawValue): \(message)" }

    /// Function Compute's `ErrorCode` texts. Its tools decide between create and update by them.
    package enum Code: String, Hashable, Sendable, CaseIterable {
        // Mend the request first.
        case invalidArgument = "InvalidArgument"
        case missingRequiredHeader = "MissingRequiredHeader"
        case pathNotSupported = "PathNotSupported"
        case entityTooLarge = "EntityTooLarge"
        case limitExceeded = "LimitExceededError"
        case additionalVersionContainsMajorVersion = "AdditionalVersionContainsMajorVersion"
        case methodNotAllowed = "MethodNotAllowed"
        case unsupportedMediaType = "UnsupportedMediaType"

        case accessDenied = "AccessDenied"
        case signatureNotMatch = "SignatureNotMatch"
        case invalidAccessKeyID = "InvalidAccessKeyID"

        case serviceNotFound = "ServiceNotFound"
        case functionNotFound = "FunctionNotFound"
        case triggerNotFound = "TriggerNotFound"
        case versionNotFound = "VersionNotFound"
        case aliasNotFound = "AliasNotFound"
        case domainNameNotFound = "DomainNameNotFound"
        case asyncConfigNotExists = "AsyncConfigNotExists"
        case onDemandConfigNotExists = "OnDemandConfigNotFound"
        case provisionConfigNotExists = "ProvisionConfigNotFound"
        case asyncInvocationNotFound = "StatefulAsyncInvocationNotFound"
        case resourceNotFound = "ResourceNotFound"

        case serviceAlreadyExists = "ServiceAlreadyExists"
        case functionAlreadyExists = "FunctionAlreadyExists"
        case triggerAlreadyExists = "TriggerAlreadyExists"
        case aliasAlreadyExists = "AliasAlreadyExists"
        case domainNameAlreadyExists = "DomainNameAlreadyExists"
        case asyncInvocationAlreadyExists = "StatefulAsyncInvocationAlreadyExists"
        case serviceNotEmpty = "ServiceNotEmpty"
        case functionNotEmpty = "FunctionNotEmpty"
        /// Someone else changed the same thing meanwhile. Read again, then repeat.
        case concurrentUpdate = "ConcurrentUpdateError"

        /// The `If-Match` header names a state that is gone. Read again, then repeat.
        case preconditionFailed = "PreconditionFailed"
        /// A runtime cannot be started as configured, for example since its interpreter is not installed.
        case functionNotStarted = "FunctionNotStarted"

        /// A limit of the function or the account. Repeat later.
        case resourceExhausted = "ResourceExhausted"
        /// The caller went away before the answer.
        case clientClosedRequest = "ClientClosedRequest"
        case internalServerError = "InternalServerError"
        /// A function answered what cannot be sent on.
        case badResponse = "BadResponse"
        /// The node is stopping or cannot start another instance now. Repeat later.
        case resourceThrottled = "ResourceThrottled"
    }
}
