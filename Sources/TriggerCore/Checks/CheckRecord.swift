package import FunctionTypes

/// What came of one check of one proposal. Kept by the node that asked: on the ledger it would make endorsements differ.
package struct CheckRecord: Hashable, Sendable, Codable {
    package enum Verdict: String, Hashable, Sendable, Codable {
        case allowed
        case refused
        /// No verdict was given, and the check says what that means.
        case failedAllowed
        case failedRefused

        package var isAllowed: Bool { self == .allowed || self == .failedAllowed }
    }

    package var transactionID: String
    package var channel: String
    package var contract: String
    /// The contract's function.
    package var function: String
    package var creator: String
    /// Who was asked.
    package var organization: OrganizationName
    package var service: ServiceName
    package var checkFunction: FunctionName
    package var check: TriggerName
    package var verdict: Verdict
    /// Why not; empty where it was allowed.
    package var message: String
    /// Whether an earlier verdict was used.
    package var isCached: Bool
    package var durationMicroseconds: Int64
    /// Of the function's invocation; empty where none was made.
    package var requestID: String
    package var at: FunctionTypes.Timestamp

    package init(
        question: CheckQuestion, organization: OrganizationName, service: ServiceName, checkFunction: FunctionName,
        check: TriggerName, verdict: Verdict, message: String, isCached: Bool, duration: Duration, requestID: String,
        at: FunctionTypes.Timestamp
    ) {
        transactionID = question.transactionID
        channel = question.channel
        contract = question.contract
        function = question.function
        creator = "\(question.creator.mspID)/\(question.creator.name)"
        self.organization = organization
        self.service = service
        self.checkFunction = checkFunction
        self.check = check
        self.verdict = verdict
        self.message = message
        self.isCached = isCached
        durationMicroseconds =
            duration.components.seconds * 1_000_000 + duration.components.attoseconds / 1_000_000_000_000
        self.requestID = requestID
        self.at = at
    }
}

/// Which records are wanted.
package struct CheckFilter: Hashable, Sendable {
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

/// Keeps what came of checks. Calls block.
package protocol CheckStore: Sendable {
    /// Adds records, and forgets the oldest beyond what is kept.
    func add(_ records: [CheckRecord]) throws

    /// Newest first.
    func records(_ filter: CheckFilter) throws -> [CheckRecord]
}
