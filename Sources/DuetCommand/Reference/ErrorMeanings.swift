internal import FunctionTypes
internal import PeerService
internal import TriggerService

// When callers get the codes that are defined elsewhere. The compiler finds a code that has been forgotten.

extension ExitStatus {
    var meaning: String {
        switch self {
        case .done: "done"
        case .failed: "the operation was tried and failed"
        case .usage: "the command line is wrong; nothing was tried"
        case .noInput: "what should be read is not there or cannot be read"
        case .unreachable: "the node cannot be reached; trying again may help"
        case .notAllowed: "the node refuses because of who asks"
        case .configuration: "a configuration file, template or folder is wrong"
        }
    }
}

extension FunctionError.Code {
    var meaning: String {
        switch self {
        case .invalidArgument: "a value is wrong; the message says which"
        case .missingRequiredHeader: "a header is missing"
        case .pathNotSupported: "there is no such call"
        case .entityTooLarge: "a body is too large"
        case .limitExceeded: "there are as many as there may be"
        case .additionalVersionContainsMajorVersion: "an alias distributes calls to the version that it names already"
        case .methodNotAllowed: "the call, or the HTTP trigger, does not take the method"
        case .unsupportedMediaType: "the body is of a type that the call does not take"
        case .accessDenied: "the key's role or organisation does not allow this"
        case .signatureNotMatch: "the signature is not that of the request and the key's secret"
        case .invalidAccessKeyID: "the key is unknown"
        case .serviceNotFound, .functionNotFound, .triggerNotFound, .versionNotFound, .aliasNotFound,
            .domainNameNotFound, .asyncConfigNotExists, .onDemandConfigNotExists, .provisionConfigNotExists,
            .asyncInvocationNotFound, .resourceNotFound:
            "there is none"
        case .serviceAlreadyExists, .functionAlreadyExists, .triggerAlreadyExists, .aliasAlreadyExists,
            .domainNameAlreadyExists, .asyncInvocationAlreadyExists:
            "there is one of this name"
        case .serviceNotEmpty: "the service still has functions"
        case .functionNotEmpty: "the function still has triggers"
        case .concurrentUpdate: "somebody else changed the same thing meanwhile: read again, then repeat"
        case .preconditionFailed: "`If-Match` names a state that is gone: read again, then repeat"
        case .functionNotStarted: "the runtime cannot be started as configured; the message says why"
        case .resourceExhausted: "a limit of the function or the organisation: repeat later"
        case .clientClosedRequest: "the caller went away before the answer"
        case .internalServerError: "the node failed; its log says why"
        case .badResponse: "the function answered what cannot be sent on"
        case .resourceThrottled: "the node is stopping, or cannot start another instance now: repeat later"
        }
    }
}

extension LedgerGatewayError.Code {
    var meaning: String {
        switch self {
        case .stale: "what the contract read has changed since: call again"
        case .refused: "the contract, an access rule or the orderer says no; asked again it says the same"
        case .notFound: "there is no such channel, contract or transaction"
        case .overloaded: "too many calls at once: later"
        case .timedOut: "the time is over; what was asked for may yet happen"
        case .unavailable: "those who could do it cannot be reached; what was asked for may yet happen"
        }
    }
}

extension GatewayError.Code {
    var grpcName: String {
        switch self {
        case .canceled: "CANCELLED"
        case .unknown: "UNKNOWN"
        case .invalidArgument: "INVALID_ARGUMENT"
        case .deadlineExceeded: "DEADLINE_EXCEEDED"
        case .notFound: "NOT_FOUND"
        case .permissionDenied: "PERMISSION_DENIED"
        case .resourceExhausted: "RESOURCE_EXHAUSTED"
        case .failedPrecondition: "FAILED_PRECONDITION"
        case .aborted: "ABORTED"
        case .internalError: "INTERNAL"
        case .unavailable: "UNAVAILABLE"
        }
    }

    var meaning: String {
        switch self {
        case .canceled: "the client left"
        case .unknown: "a contract answered with an error of its own"
        case .invalidArgument: "the request is damaged: sending it again changes nothing"
        case .deadlineExceeded: "the call's time ran out; what it asked for may yet happen"
        case .notFound: "there is no such channel here"
        case .permissionDenied: "the client's identity may not do this, or did not sign"
        case .resourceExhausted: "too many calls of this client, organisation or node: later"
        case .failedPrecondition:
            "nobody can do this as things stand: a peer, a definition or an organisation is missing"
        case .aborted: "start over from endorsing: the transaction or its proposal is used up"
        case .internalError: "this node failed, not the caller"
        case .unavailable: "those who could do it cannot be reached now: again"
        }
    }
}
