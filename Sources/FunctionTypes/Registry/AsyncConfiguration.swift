/// What happens to a function's asynchronous invocations after they were accepted.
package struct AsyncConfiguration: Hashable, Sendable, Codable {
    package static let ageSecondsAllowed = 1...2_592_000
    package static let retryCountAllowed = 0...8

    /// Where outcomes are sent: the ARN of a function of the same organisation.
    package var onSuccess: String?
    package var onFailure: String?
    /// An invocation older than this is given up; default one day.
    package var ageSecondsMax: Int?
    /// Repeats after a function's failure; default 3.
    package var retryCountMax: Int?
    /// Whether records of finished invocations are kept to be read.
    package var isStateful: Bool?

    package init() {}
}
