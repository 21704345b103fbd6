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
    let status: HTTPResponse.Status
    let code: String
    let message: String

    static func invalid(_ message: String) -> SLSError {
        SLSError(status: .badRequest, code: "ParameterInvalid", message: message)
    }

    static func bodyInvalid(_ message: String) -> SLSError {
        SLSError(status: .badRequest, code: "PostBodyInvalid", message: message)
    }

    static func unauthorized(_ message: String) -> SLSError {
        SLSError(status: .forbidden, code: "Unauthorized", message: message)
    }

    var response: Response {
        JSONAnswer.value(["errorCode": .string(code), "errorMessage": .string(message)], status: status)
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
            self.init(status: .badRequest, code: "ParameterInvalid", message: error.description)
        case let error as InvalidLogName: self.init(error)
        case let error as ListenerRefusal: self.init(error)
        case let error as AccessRefusal: self.init(error)
        default: return nil
        }
    }

    init(_ error: LogServiceError) {
        let (status, code): (HTTPResponse.Status, String) =
            switch error.code {
            case .projectNotFound: (.notFound, "ProjectNotExist")
            case .projectExists: (.badRequest, "ProjectAlreadyExist")
            case .forbidden: (.forbidden, "Unauthorized")
            case .logstoreNotFound: (.notFound, "LogStoreNotExist")
            case .logstoreExists: (.badRequest, "LogStoreAlreadyExist")
            case .indexNotFound: (.notFound, "IndexConfigNotExist")
            case .indexExists: (.badRequest, "IndexAlreadyExist")
            case .shardNotFound: (.notFound, "ShardNotExist")
            case .consumerGroupNotFound: (.notFound, "GroupNotExist")
            case .consumerGroupExists: (.badRequest, "ConsumerGroupAlreadyExist")
            case .notHolder: (.badRequest, "ConsumerNotMatch")
            case .alarmNotFound: (.notFound, "JobNotExist")
            case .invalid: (.badRequest, "ParameterInvalid")
            case .tooMany: (.forbidden, "QuotaExceed")
            case .tooLarge: (.badRequest, "PostBodyTooLarge")
            }
        self.init(status: status, code: code, message: error.message)
    }

    init(_ error: LogStoreError) {
        let (status, code): (HTTPResponse.Status, String) =
            switch error.code {
            case .overloaded: (.serviceUnavailable, "ShardWriteQuotaExceed")
            case .diskFull: (.serviceUnavailable, "ServerBusy")
            case .storageFailed: (.internalServerError, "InternalServerError")
            case .limitReached: (.badRequest, "ParameterInvalid")
            case .notSupported: (.badRequest, "NotSupported")
            }
        self.init(status: status, code: code, message: error.message)
    }

    init(_ error: InvalidLogName) {
        let code =
            switch error.kind {
            case .project: "ProjectNameInvalid"
            case .logstore: "LogStoreNameInvalid"
            case .alarm, .consumerGroup: "ParameterInvalid"
            }
        self.init(status: .badRequest, code: code, message: error.description)
    }

    init(_ refusal: ListenerRefusal) {
        let code =
            switch refusal.code {
            case .hostNotServed: "Unauthorized"
            case .bodyTooLarge: "PostBodyTooLarge"
            case .notFound: "InvalidAPIVersion"
            case .internalError: "InternalServerError"
            }
        self.init(status: refusal.status, code: code, message: refusal.message)
    }

    init(_ refusal: AccessRefusal) {
        switch refusal.code {
        case .credentialMissing: self.init(status: .unauthorized, code: "Unauthorized", message: refusal.message)
        case .credentialWrong: self.init(status: .unauthorized, code: "Unauthorized", message: refusal.message)
        case .forbidden: self.init(status: .forbidden, code: "Unauthorized", message: refusal.message)
        }
    }
}
