package import FunctionTypes

/// One attempt to run a function for something on a ledger: what leads from a transaction to it, and back.
package struct InvocationRecord: Hashable, Sendable, Codable {
    /// What the function was run for.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// An endorsement check.
        case check
        /// A contract asked it.
        case call
        /// A trigger on the ledger, or what a contract scheduled.
        case trigger
        case timer
        /// The asynchronous queue.
        case queue
        case http
        /// The invocation API.
        case api
    }

    package enum Status: String, Hashable, Sendable, Codable {
        case succeeded
        case failed
        /// The platform could not run it.
        case refused
    }

    /// Where its time went, in microseconds.
    package struct Timing: Hashable, Sendable, Codable {
        /// From the call to the answer.
        package var total: Int64 = 0
        /// Waiting for an instance, without the parts of a cold start.
        package var queueing: Int64 = 0
        package var sandbox: Int64?
        package var runtimeStart: Int64?
        package var codeLoad: Int64?
        package var initializer: Int64?
        /// In the function's own code.
        package var running: Int64 = 0

        package init() {}
    }

    package var requestID: String
    package var organization: OrganizationName
    package var service: ServiceName
    package var function: FunctionName
    package var qualifier: String
    package var version: VersionID?
    package var kind: Kind
    /// The name of the trigger or check; nil where there was none.
    package var trigger: String?
    /// The ledger trigger's own id.
    package var triggerID: String?
    /// Nil where no ledger stands behind it.
    package var channel: String?
    /// Decimal digits.
    package var block: String?
    /// The first of the events' transactions.
    package var transactionID: String?
    package var eventID: String?
    package var eventCount: Int
    package var replayID: String?
    /// From 1.
    package var attempt: Int
    /// What the function got: its span is the attempt's own.
    package var traceparent: String
    package var parentSpanID: String?
    package var startedAt: Timestamp
    package var timing: Timing
    /// Peak resident memory, bytes; 0 if unknown.
    package var memoryByteCount: Int
    package var status: Status
    package var error: String?
    /// Where its log lines are; nil where they went nowhere.
    package var project: String?
    package var logstore: String?

    package init(
        requestID: String, target: FunctionTarget, kind: Kind, attempt: Int, traceparent: String,
        startedAt: Timestamp, status: Status
    ) {
        self.requestID = requestID
        organization = target.id.organization
        service = target.id.service
        function = target.id.function
        qualifier = target.qualifier.description
        self.kind = kind
        self.attempt = attempt
        self.traceparent = traceparent
        self.startedAt = startedAt
        self.status = status
        eventCount = 1
        timing = Timing()
        memoryByteCount = 0
    }
}

/// A transaction that a function had submitted while it ran.
package struct SubmissionRecord: Hashable, Sendable, Codable {
    package var requestID: String
    package var organization: OrganizationName
    package var channel: String
    package var transactionID: String

    package init(requestID: String, organization: OrganizationName, channel: String, transactionID: String) {
        self.requestID = requestID
        self.organization = organization
        self.channel = channel
        self.transactionID = transactionID
    }
}

/// Keeps what became of invocations, the newest so many. Calls block.
///
/// Nothing here is needed for anything to go on: a record that is lost is a gap in what people see.
package protocol TraceStore: Sendable {
    /// Adds records in order, and forgets the oldest beyond what is kept.
    func add(_ entries: [TraceEntry]) throws

    /// Attempts for a transaction, or for a whole block where `transactionID` is nil; oldest first.
    ///
    /// - Parameter number: only those behind it.
    func invocations(_ place: TracePlace, of organization: OrganizationName, after number: Int64, limit: Int) throws
        -> [(number: Int64, record: InvocationRecord)]

    /// All attempts under one request id, oldest first.
    func invocations(requestID: String, of organization: OrganizationName) throws -> [InvocationRecord]

    /// What was submitted while a request ran, in order.
    func submissions(by requestID: String, of organization: OrganizationName) throws -> [SubmissionRecord]

    /// Who submitted a transaction; nil where no function here did.
    func submission(of transactionID: String, by organization: OrganizationName) throws -> SubmissionRecord?
}

package enum TraceEntry: Hashable, Sendable {
    /// - Parameter otherTransactionIDs: of further events of the same batch.
    case invocation(InvocationRecord, otherTransactionIDs: [String])
    case submission(SubmissionRecord)
}

/// What invocations are looked up by.
package enum TracePlace: Hashable, Sendable {
    case transaction(String)
    /// Events of the block as a whole.
    case block(channel: String, number: UInt64)
}
