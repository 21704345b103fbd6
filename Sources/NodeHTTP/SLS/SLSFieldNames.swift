internal import HTTPTypes

/// The headers of the log service. The official client looks for all-lower-case or Title-Case names, nothing else.
extension HTTPField.Name {
    static var logDate: HTTPField.Name { HTTPField.Name("x-log-date")! }
    static var logContentHash: HTTPField.Name { HTTPField.Name("x-log-content-sha256")! }
    static var contentMD5: HTTPField.Name { HTTPField.Name("content-md5")! }
    static var logAPIVersion: HTTPField.Name { HTTPField.Name("x-log-apiversion")! }
    static var logBodySize: HTTPField.Name { HTTPField.Name("x-log-bodyrawsize")! }
    static var logCompression: HTTPField.Name { HTTPField.Name("x-log-compresstype")! }
    static var logProgress: HTTPField.Name { HTTPField.Name("x-log-progress")! }
    static var logCount: HTTPField.Name { HTTPField.Name("x-log-count")! }
    static var logCursor: HTTPField.Name { HTTPField.Name("x-log-cursor")! }
    static var logNextToken: HTTPField.Name { HTTPField.Name("x-log-nexttoken")! }
    static var logRequestID: HTTPField.Name { HTTPField.Name("x-log-requestid")! }
}
