internal import FunctionTypes
internal import HTTPTypes
internal import HummingbirdCore
internal import LogCore
internal import LogService

/// An answer of the log service's API that is no success: its own code and a message.
///
/// Clients branch on the code. A status of 500 and above makes the official client repeat the call ten times, so only what
/// may succeed by repeating gets one.
struct SLSError: Error, Hashable {
    typealias Code = SLSErrorCode

    let status: HTTPResponse.Status
    let code: Code
    let message: String

    static func invalid(_ message: String) -> SLSError {
        SLSError(status: .badRequest, code: .parameterInvalid, message: message)
    }

    static func bodyInvalid(_ message: String) -> SLSError {
        SLSError(status: .badRequest, code: .postBodyInvalid, message: message)
    }

    static func unauthorized(_ message: String) -> SLSError {
        SLSError(status: .forbidden, code: .unauthorized, message: message)
    }

    var response: Response {
        JSONAnswer.value(["errorCode": .string(code.rawValue), "errorMessage": .string(message)], status: status)
    }
}

extension SLSError {
    /// - Returns: nil for an error that is no refusal: it is logged and answered as an internal one.
    init?(_ error: any Error) {
        switch error {
        case let error as SLSError: self = error
        case let error as LogServiceError: self.init(error)
        case let error as LogStoreError: self.init(error)
        case let error as QueryError:
            self.init(status: .badRequest, code: .parameterInvalid, message: error.description)
        case let error as InvalidLogName: self.init(error)
        case let error as ListenerRefusal: self.init(error)
        case let error as AccessRefusal: self.init(error)
        default: return nil
        }
    }

    init(_ error: LogServiceError) {
        let (status, code): (HTTPResponse.Status, Code) =
            switch error.code {
            case .projectNotFound: (.notFound, .projectNotExist)
            case .projectExists: (.badRequest, .projectAlreadyExist)
            case .forbidden: (.forbidden, .unauthorized)
            case .logstoreNotFound: (.notFound, .logStoreNotExist)
            case .logstoreExists: (.badRequest, .logStoreAlreadyExist)
            case .indexNotFound: (.notFound, .indexConfigNotExist)
            case .indexExists: (.badRequest, .indexAlreadyExist)
            case .shardNotFound: (.notFound, .shardNotExist)
            case .consumerGroupNotFound: (.notFound, .groupNotExist)
            case .consumerGroupExists: (.badRequest, .consumerGroupAlreadyExist)
            case .notHolder: (.badRequest, .consumerNotMatch)
            case .alarmNotFound: (.notFound, .jobNotExist)
            case .invalid: (.badRequest, .parameterInvalid)
            case .tooMany: (.forbidden, .quotaExceed)
            case .tooLarge: (.badRequest, .postBodyTooLarge)
            }
        self.init(status: status, code: code, message: error.message)
    }

    init(_ error: LogStoreError) {
        let (status, code): (HTTPResponse.Status, Code) =
            switch error.code {
            case .overloaded: (.serviceUnavailable, .shardWriteQuotaExceed)
            case .diskFull: (.serviceUnavailable, .serverBusy)
            case .storageFailed: (.internalServerError, .internalServerError)
            case .limitReached: (.badRequest, .parameterInvalid)
            case .notSupported: (.badRequest, .notSupported)
            }
        self.init(status: status, code: code, message: error.message)
    }

    init(_ error: InvalidLogName) {
        let code: Code =
            switch error.kind {
            case .project: .projectNameInvalid
            case .logstore: .logStoreNameInvalid
            case .alarm, .consumerGroup: .parameterInvalid
            }
        self.init(status: .badRequest, code: code, message: error.description)
    }

    init(_ refusal: ListenerRefusal) {
        let code: Code =
            switch refusal.code {
            case .hostNotServed: .unauthorized
            case .bodyTooLarge: .postBodyTooLarge
            case .notFound: .invalidAPIVersion
            case .internalError: .internalServerError
            }
        self.init(status: refusal.status, code: code, message: refusal.message)
    }

    init(_ refusal: AccessRefusal) {
        switch refusal.code {
        case .credentialMissing: self.init(status: .unauthorized, code: .unauthorized, message: refusal.message)
        case .credentialWrong: self.init(status: .unauthorized, code: .unauthorized, message: refusal.message)
        case .forbidden: self.init(status: .forbidden, code: .unauthorized, message: refusal.message)
        }
    }
}
