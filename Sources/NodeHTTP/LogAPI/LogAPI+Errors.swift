internal import HTTPTypes
internal import LogCore
internal import LogService

extension APIError {
    /// The log service's errors in the JSON API; nil for others.
    init?(_ error: any Error) {
        switch error {
        case let error as LogServiceError: self.init(error)
        case let error as LogStoreError: self.init(error)
        case let error as QueryError:
            self.init(status: .badRequest, code: "QueryInvalid", message: error.message, position: error.utf8Offset)
        case let error as InvalidLogName: self.init(status: .badRequest, code: "NameInvalid", message: "\(error)")
        case let error as InvalidTime: self.init(status: .badRequest, code: "TimeInvalid", message: "\(error)")
        default: return nil
        }
    }

    init(_ error: LogServiceError) {
        let (status, code): (HTTPResponse.Status, String) =
            switch error.code {
            case .projectNotFound: (.notFound, "ProjectNotFound")
            case .projectExists: (.conflict, "ProjectExists")
            case .forbidden: (.forbidden, "Forbidden")
            case .logstoreNotFound: (.notFound, "LogstoreNotFound")
            case .logstoreExists: (.conflict, "LogstoreExists")
            case .indexNotFound: (.notFound, "IndexNotFound")
            case .indexExists: (.conflict, "IndexExists")
            case .shardNotFound: (.notFound, "ShardNotFound")
            case .consumerGroupNotFound: (.notFound, "ConsumerGroupNotFound")
            case .consumerGroupExists: (.conflict, "ConsumerGroupExists")
            case .notHolder: (.conflict, "NotHolder")
            case .alarmNotFound: (.notFound, "AlarmNotFound")
            case .invalid: (.badRequest, "ParameterInvalid")
            case .tooMany: (.tooManyRequests, "TooMany")
            case .tooLarge: (.contentTooLarge, "EntryTooLarge")
            }
        self.init(status: status, code: code, message: error.message)
    }

    init(_ error: LogStoreError) {
        let (status, code): (HTTPResponse.Status, String) =
            switch error.code {
            case .overloaded: (.serviceUnavailable, "Overloaded")
            case .diskFull: (HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage"), "DiskFull")
            case .storageFailed: (.internalServerError, "StorageFailed")
            case .limitReached: (.unprocessableContent, "LimitReached")
            case .notSupported: (.notImplemented, "NotSupported")
            }
        self.init(status: status, code: code, message: error.message)
    }
}
