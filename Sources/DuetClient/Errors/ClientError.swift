public import FabricTypes

/// Why something that a client wanted did not happen.
public struct ClientError: Error, Sendable {
    /// Where it ended. Phases may be added: keep a `default`.
    public struct Phase: Hashable, Sendable, CustomStringConvertible {
        public let description: String

        /// Before anything was sent.
        public static let prepare = Phase(description: "prepare")
        public static let evaluate = Phase(description: "evaluate")
        /// Peers did not endorse: nothing has happened, and nothing will of this proposal.
        public static let endorse = Phase(description: "endorse")
        /// No orderer took the transaction. Where the code is `unavailable` or `deadlineExceeded` it may have been taken
        /// all the same: ask for its status.
        public static let submit = Phase(description: "submit")
        /// The transaction is on its way, and what became of it is not known.
        public static let commitStatus = Phase(description: "commit status")
        /// The transaction is in the ledger, as invalid.
        public static let commit = Phase(description: "commit")
        public static let events = Phase(description: "events")
    }

    /// What callers branch on: the status codes of gRPC. Codes may be added: keep a `default`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        public let description: String

        public static let canceled = Code(description: "canceled")
        /// A contract answered with an error of its own.
        public static let unknown = Code(description: "unknown")
        public static let invalidArgument = Code(description: "invalid argument")
        public static let deadlineExceeded = Code(description: "deadline exceeded")
        public static let notFound = Code(description: "not found")
        public static let permissionDenied = Code(description: "permission denied")
        /// Over a limit: try again later.
        public static let resourceExhausted = Code(description: "resource exhausted")
        /// Something must be mended first.
        public static let failedPrecondition = Code(description: "failed precondition")
        /// Start over with a new proposal.
        public static let aborted = Code(description: "aborted")
        /// Try the same again.
        public static let unavailable = Code(description: "unavailable")
        public static let unauthenticated = Code(description: "unauthenticated")
        public static let unimplemented = Code(description: "unimplemented")
        public static let internalError = Code(description: "internal")
    }

    /// What one node that was asked said.
    public struct Refusal: Hashable, Sendable {
        /// `host:port`.
        public let address: String
        public let mspID: String
        public let message: String

        public init(address: String, mspID: String, message: String) {
            self.address = address
            self.mspID = mspID
            self.message = message
        }
    }

    public var phase: Phase
    public var code: Code
    public var message: String
    /// Nil before there is one, and for event streams.
    public var transactionID: TransactionID?
    /// One for each peer or orderer that was asked and did not do its part.
    public var refusals: [Refusal]
    /// What the ledger says of an invalid transaction; with phase `commit`.
    public var validationCode: ValidationCode?
    /// The block that the invalid transaction stands in.
    public var blockNumber: BlockNumber?

    public init(
        _ phase: Phase, _ code: Code, _ message: String, transactionID: TransactionID? = nil, refusals: [Refusal] = [],
        validationCode: ValidationCode? = nil, blockNumber: BlockNumber? = nil
    ) {
        self.phase = phase
        self.code = code
        self.message = message
        self.transactionID = transactionID
        self.refusals = refusals
        self.validationCode = validationCode
        self.blockNumber = blockNumber
    }

    /// Whether another transaction was faster in changing what this one had read: a new proposal may succeed.
    public var isConflict: Bool {
        if let validationCode {
            return validationCode == .mvccReadConflict || validationCode == .phantomReadConflict
        }
        guard code == .aborted else { return false }
        // A block between two endorsers' reads makes them differ.
        return StaleTransaction.isMeant(by: message)
            || refusals.contains { EndorsementMismatch.isOfReads($0.message) }
    }
}

extension ClientError: CustomStringConvertible {
    /// All there is to say, in several lines where several nodes spoke.
    public var description: String {
        let subject = transactionID.map { "Transaction \($0): " } ?? ""
        let place = blockNumber.map { " (block \($0))" } ?? ""
        return refusals.reduce("\(subject)\(phase) failed, \(code): \(message)\(place)") { text, refusal in
            text + "\n- \(refusal.address) (\(refusal.mspID)): \(refusal.message)"
        }
    }
}
