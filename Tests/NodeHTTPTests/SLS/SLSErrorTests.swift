import HTTPTypes
import LogCore
import LogService
import Testing

@testable import NodeHTTP

@Suite("Errors of the log service")
struct SLSErrorTests {
    @Test("every refusal has the code that official clients branch on", arguments: LogServiceError.Code.allCases)
    func codes(code: LogServiceError.Code) {
        let expected: [LogServiceError.Code: (Int, String)] = [
            .projectNotFound: (404, "ProjectNotExist"), .projectExists: (400, "ProjectAlreadyExist"),
            .forbidden: (403, "Unauthorized"), .logstoreNotFound: (404, "LogStoreNotExist"),
            .logstoreExists: (400, "LogStoreAlreadyExist"), .indexNotFound: (404, "IndexConfigNotExist"),
            .indexExists: (400, "IndexAlreadyExist"), .shardNotFound: (404, "ShardNotExist"),
            .consumerGroupNotFound: (404, "GroupNotExist"), .consumerGroupExists: (400, "ConsumerGroupAlreadyExist"),
            .notHolder: (400, "ConsumerNotMatch"), .alarmNotFound: (404, "JobNotExist"),
            .invalid: (400, "ParameterInvalid"), .tooMany: (403, "QuotaExceed"), .tooLarge: (400, "PostBodyTooLarge"),
        ]
        let error = SLSError(LogServiceError(code: code, message: "m"))
        #expect(error.status.code == expected[code]?.0)
        #expect(error.code.rawValue == expected[code]?.1)
    }

    @Test("only what may succeed by repeating makes the client repeat")
    func repeating() {
        for code in [LogStoreError.Code.overloaded, .diskFull, .storageFailed, .limitReached, .notSupported] {
            let status = SLSError(LogStoreError(code: code, message: "m")).status.code
            #expect((status >= 500) == [.overloaded, .diskFull, .storageFailed].contains(code))
        }
        #expect(SLSError(QueryError(utf8Offset: 3, message: "m"))?.message == "m (position 4)")
    }
}
