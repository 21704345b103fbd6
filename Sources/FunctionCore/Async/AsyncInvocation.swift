package import FunctionTypes

/// An accepted asynchronous invocation, as it is stored.
package struct AsyncInvocation: Hashable, Sendable, Codable {
    package enum Status: String, Hashable, Sendable, Codable, CaseIterable {
        case enqueued = "Enqueued"
        case running = "Running"
        case succeeded = "Succeeded"
        case failed = "Failed"
        case stopping = "Stopping"
        case stopped = "Stopped"
        /// Older than the function allows before it could be run.
        case expired = "Expired"
        /// Its function or version is gone.
        case invalid = "Invalid"
        case retrying = "Retrying"

        package var isFinal: Bool {
            switch self {
            case .succeeded, .failed, .stopped, .expired, .invalid: true
            case .enqueued, .running, .stopping, .retrying: false
            }
        }
    }

    package var id: InvocationID
    package var requestID: String
    package var target: FunctionTarget
    package var status = Status.enqueued
    package var enqueuedAt: Timestamp
    /// When it may be run next.
    package var dueAt: Timestamp
    package var startedAt: Timestamp?
    package var endedAt: Timestamp?
    /// Repeats after failures of the function.
    package var retryCount = 0
    /// Repeats since the platform could not run it.
    package var platformRetryCount = 0
    package var errorMessage: String?
    /// What became of sending the outcome on; nil without a destination.
    package var destinationStatus: String?
    package var isStateful: Bool
    /// The timer or other trigger that caused it.
    package var trigger: TriggerName?
    package var traceparent: String?

    package init(
        id: InvocationID, requestID: String, target: FunctionTarget, now: Timestamp, isStateful: Bool,
        trigger: TriggerName? = nil, traceparent: String? = nil
    ) {
        self.id = id
        self.requestID = requestID
        self.target = target
        self.enqueuedAt = now
        self.dueAt = now
        self.isStateful = isStateful
        self.trigger = trigger
        self.traceparent = traceparent
    }

    /// Names it on a node: an id is unique per function.
    package var key: AsyncInvocationKey { AsyncInvocationKey(function: target.id, id: id) }
}

package struct AsyncInvocationKey: Hashable, Sendable {
    package var function: FunctionID
    package var id: InvocationID

    package init(function: FunctionID, id: InvocationID) {
        self.function = function
        self.id = id
    }
}

/// An asynchronous invocation that was given up, kept whole, to be looked at, mended and sent again.
package struct DeadLetter: Hashable, Sendable, Codable {
    /// Rises with each dead letter of the node.
    package var number: Int64
    package var invocation: AsyncInvocation
    package var payload: [UInt8]
    /// Why it was given up: `RetryAttemptsExhausted`, `EventAgeExceeded`, `FunctionNotFound`.
    package var condition: String
    package var error: String
    /// Digest of the code that ran last; nil if none did.
    package var codeDigest: String?
    package var version: VersionID?
    package var buriedAt: Timestamp

    package init(
        number: Int64, invocation: AsyncInvocation, payload: [UInt8], condition: String, error: String,
        codeDigest: String?,
        version: VersionID?, buriedAt: Timestamp
    ) {
        self.number = number
        self.invocation = invocation
        self.payload = payload
        self.condition = condition
        self.error = error
        self.codeDigest = codeDigest
        self.version = version
        self.buriedAt = buriedAt
    }
}
