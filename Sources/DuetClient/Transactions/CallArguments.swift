public import FabricTypes

/// What a call to a contract may bring along besides its arguments.
public struct CallContext: Hashable, Sendable {
    /// MSP IDs of the organisations to ask: for an evaluation those of which one is asked, for a transaction those that
    /// all endorse. Empty to let the gateway choose.
    public var organizations: [MSPID]
    /// Values for the contract's eyes only, which never enter the ledger. Unless ``organizations`` says otherwise they go
    /// to peers of the gateway's organisation and to members of the collections that the contract touches.
    public var transientData: [String: Bytes]
    /// Whether this is the one call that a definition with init-required waits for.
    public var isInitialization: Bool
    /// W3C trace context that the transaction belongs to, such as `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01`.
    ///
    /// Travels in the proposal's decorations, which contracts do not see and the ledger keeps: checks, triggers and everything
    /// they set off go on with it. An invalid one is ignored, as without one the trace follows from the transaction's id.
    public var traceparent: String?

    public init(
        organizations: [MSPID] = [], transientData: [String: Bytes] = [:], isInitialization: Bool = false,
        traceparent: String? = nil
    ) {
        self.organizations = organizations
        self.transientData = transientData
        self.isInitialization = isInitialization
        self.traceparent = traceparent
    }
}

/// When a transaction that lost to another one is tried again.
///
/// Each attempt is a new transaction with a new id; the one before stands in the ledger as invalid or never came so far.
public struct ConflictRetry: Hashable, Sendable {
    /// With the first one, at least 1.
    public var attemptCountMax: Int
    /// Before the second attempt; then twice as long each time, and each time a random part of it.
    public var delay: Duration
    public var delayMax: Duration

    public static let none = ConflictRetry(attemptCountMax: 1)

    public init(attemptCountMax: Int, delay: Duration = .milliseconds(5), delayMax: Duration = .seconds(1)) {
        self.attemptCountMax = max(1, attemptCountMax)
        self.delay = delay
        self.delayMax = delayMax
    }

    /// How long to wait after so many attempts.
    func delay(afterAttempt count: Int, using generator: inout some RandomNumberGenerator) -> Duration {
        let doublings = min(max(count - 1, 0), 20)
        let full = min(delay * (1 << doublings), delayMax)
        return full * Double.random(in: 0.5...1, using: &generator)
    }
}
