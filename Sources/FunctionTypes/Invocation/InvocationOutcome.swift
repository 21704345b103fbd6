/// How a call of a function ended. A failing function is an outcome, not an error.
package enum InvocationOutcome: Sendable, Hashable {
    case event([UInt8])
    case http(HTTPAnswer)
    case failure(FunctionFailure)

    package var failure: FunctionFailure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}

/// Why a function did not answer.
package struct FunctionFailure: Sendable, Hashable, Codable {
    /// The text of `X-Fc-Error-Type`.
    package enum Kind: String, Sendable, Hashable, Codable {
        /// The function reported it: `callback(err)`.
        case handled = "HandledInvocationError"
        /// Thrown, timed out, out of memory, or the process is gone.
        case unhandled = "UnhandledInvocationError"
        case handledInitialization = "HandledInitializationError"
        case unhandledInitialization = "UnhandledInitializationError"
    }

    package var kind: Kind
    /// The error's class, or one of ours: `FunctionTimeoutError`, `FunctionOOMError`, `FunctionProcessExited`.
    package var errorType: String
    package var message: String
    package var stackTrace: [String]

    package static let timeoutType = "FunctionTimeoutError"
    package static let memoryType = "FunctionOOMError"
    package static let exitType = "FunctionProcessExited"
    package static let processLimitType = "FunctionProcessLimitError"
    package static let responseType = "FunctionResponseError"

    package init(_ kind: Kind, errorType: String, message: String, stackTrace: [String] = []) {
        self.kind = kind
        self.errorType = errorType
        self.message = message
        self.stackTrace = stackTrace
    }

    /// The body that Function Compute answers.
    package var json: JSONValue {
        [
            "errorMessage": .string(message), "errorType": .string(errorType),
            "stackTrace": .array(stackTrace.map(JSONValue.string)),
        ]
    }
}

/// A finished call with everything that was measured about it.
package struct InvocationReport: Sendable {
    package var requestID: String
    package var outcome: InvocationOutcome
    /// The version that ran; nil for `LATEST`.
    package var version: VersionID?
    package var measurement: InvocationMeasurement
    /// The last 4 KiB of this invocation's log.
    package var logTail: [UInt8]
    package var codeChecksum: String?

    package init(
        requestID: String, outcome: InvocationOutcome, version: VersionID?, measurement: InvocationMeasurement,
        logTail: [UInt8], codeChecksum: String?
    ) {
        self.requestID = requestID
        self.outcome = outcome
        self.version = version
        self.measurement = measurement
        self.logTail = logTail
        self.codeChecksum = codeChecksum
    }
}

/// Where an invocation's time and memory went.
package struct InvocationMeasurement: Sendable, Hashable {
    /// Waiting for an instance, a cold start included.
    package var queueing: Duration = .zero
    /// Nil on a warm instance.
    package var coldStart: ColdStartMeasurement?
    /// In the function's own code, as the platform sees it.
    package var duration: Duration = .zero
    /// Peak resident memory of the instance's process, bytes; 0 if unknown.
    package var memoryByteCountPeak = 0

    package init() {}

    /// Waiting for others, without the cold start.
    package var waiting: Duration { max(.zero, queueing - (coldStart?.total ?? .zero)) }
}

/// The parts of a cold start. Waiting in the queue comes before: ``InvocationMeasurement/queueing`` holds both.
package struct ColdStartMeasurement: Sendable, Hashable {
    /// Making the sandbox, or taking one that was started ahead, and putting the code into it.
    package var sandbox: Duration = .zero
    /// Until the runtime was ready for code; nothing where it was started ahead.
    package var runtimeStart: Duration = .zero
    /// Loading the user's code; with an executable, until it asked for work.
    package var codeLoad: Duration = .zero
    /// The user's initializer.
    package var initializer: Duration = .zero

    package init() {}

    package var total: Duration { sandbox + runtimeStart + codeLoad + initializer }
}
