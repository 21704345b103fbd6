package import FunctionTypes

/// What came of one call of a function by a contract. Kept by the node that asked: the ledger has hashes alone.
package struct CallRecord: Hashable, Sendable, Codable {
    package enum Outcome: String, Hashable, Sendable, Codable {
        case answered
        case failed
        case timedOut
        case throttled
        /// The answer, which the contract did not get.
        case tooLarge
    }

    package var transactionID: String
    package var channel: String
    /// Who called.
    package var contract: String
    /// Whose function was asked.
    package var organization: OrganizationName
    package var service: ServiceName
    package var function: FunctionName
    package var outcome: Outcome
    /// Why there is no answer; empty where there is one.
    package var message: String
    /// 64 hexadecimal digits, as in the transaction's read; see `RecordedCall`.
    package var requestDigest: String
    /// The same; empty without an answer.
    package var answerDigest: String
    package var durationMicroseconds: Int64
    /// Of the function's invocation.
    package var requestID: String
    package var at: FunctionTypes.Timestamp

    package init(
        transactionID: String, channel: String, contract: String, organization: OrganizationName, service: ServiceName,
        function: FunctionName, outcome: Outcome, message: String, requestDigest: String, answerDigest: String,
        duration: Duration, requestID: String, at: FunctionTypes.Timestamp
    ) {
        self.transactionID = transactionID
        self.channel = channel
        self.contract = contract
        self.organization = organization
        self.service = service
        self.function = function
        self.outcome = outcome
        self.message = message
        self.requestDigest = requestDigest
        self.answerDigest = answerDigest
        durationMicroseconds =
            duration.components.seconds * 1_000_000 + duration.components.attoseconds / 1_000_000_000_000
        self.requestID = requestID
        self.at = at
    }
}

/// Which records are wanted.
package struct CallFilter: Hashable, Sendable {
    package var organization: OrganizationName
    package var transactionID: String?
    package var channel: String?
    package var service: ServiceName?
    /// The newest so many.
    package var countMax = 100

    package init(organization: OrganizationName) {
        self.organization = organization
    }
}

/// Keeps what came of calls. Calls block.
package protocol CallStore: Sendable {
    /// Adds records, and forgets the oldest beyond what is kept.
    func add(_ records: [CallRecord]) throws

    /// Newest first.
    func records(_ filter: CallFilter) throws -> [CallRecord]
}
