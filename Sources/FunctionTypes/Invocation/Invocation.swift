/// One call of a function, from whatever source.
package struct Invocation: Sendable {
    /// Names this call in answers, logs and records: a UUID, or the caller's choice.
    package var requestID: String
    package var target: FunctionTarget
    package var payload: InvocationPayload
    package var origin: InvocationOrigin
    /// Repeats of an asynchronous invocation so far.
    package var retryCount: Int
    /// W3C trace context of the cause, handed to the function.
    package var traceparent: String?
    /// What a caller of Lambda's API tells about itself, JSON in one line; for runtimes of Lambda.
    package var clientContext: String?
    /// Facts that log lines of this invocation carry besides the function's name: `trigger`, `channel`, `txId`.
    package var logFields: [String: String]
    /// The event in a ledger behind it, if there is one.
    package var cause: InvocationCause?
    /// Transactions of further events that are delivered with the one that the log fields name.
    package var otherTransactionIDs: [String] = []
    /// Of one whose origin is an endorsement: whether a contract asked, not a check.
    package var isCalledByContract = false
    /// Of one that somebody waits for no longer than so: it neither waits nor runs beyond that. Nil: as long as the function may.
    package var patience: InvocationPatience?

    package init(
        requestID: String, target: FunctionTarget, payload: InvocationPayload, origin: InvocationOrigin,
        retryCount: Int = 0, traceparent: String? = nil, clientContext: String? = nil,
        logFields: [String: String] = [:], cause: InvocationCause? = nil
    ) {
        self.requestID = requestID
        self.target = target
        self.payload = payload
        self.origin = origin
        self.retryCount = retryCount
        self.traceparent = traceparent
        self.clientContext = clientContext
        self.logFields = logFields
        self.cause = cause
    }
}

package enum InvocationPayload: Sendable, Hashable {
    case event([UInt8])
    case http(HTTPInvocation)

    package var byteCount: Int {
        switch self {
        case .event(let bytes): bytes.count
        case .http(let request): request.body.count
        }
    }
}

/// Who called.
package enum InvocationOrigin: Sendable, Hashable {
    /// The invocation API, synchronously.
    case api
    /// The invocation API, through the asynchronous queue.
    case queue
    case http
    case timer(TriggerName)
    /// A trigger on the ledger or the logs.
    case trigger(TriggerName)
    /// A peer that endorses a proposal; `depth` functions were asked on the way to it, this one included.
    case endorsement(TriggerName, depth: Int)

    package var isAsynchronous: Bool {
        switch self {
        case .api, .http, .endorsement: false
        case .queue, .timer, .trigger: true
        }
    }
}
