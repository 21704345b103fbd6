package import FunctionTypes

/// What becomes of an asynchronous invocation after an attempt.
package struct AsyncRules: Sendable, Hashable {
    /// Default repeats after a function's failure; Function Compute: 3.
    package var retryCountDefault = 3
    /// Default age at which an invocation is given up: one day.
    package var ageSecondsDefault = 86_400
    /// Wait before the first repeat after a function's failure; doubles each time.
    package var functionDelay: Duration = .seconds(1)
    package var functionDelayMax: Duration = .seconds(300)
    /// Wait before the first repeat after the platform could not run it; Function Compute: 0.5 s, doubling.
    package var platformDelay: Duration = .milliseconds(500)
    package var platformDelayMax: Duration = .seconds(60)
    /// How long finished stateful invocations can be read.
    package var recordSecondsKept = 7 * 86_400

    package init() {}

    package enum Decision: Sendable, Hashable {
        case succeed
        case retry(at: Timestamp, isPlatformFault: Bool)
        /// Give up, with the status to record and the reason in a word.
        case giveUp(AsyncInvocation.Status, condition: String)
    }

    /// What an attempt came to.
    package enum Attempt: Sendable, Hashable {
        case succeeded
        case functionFailed
        /// The platform could not run it now.
        case platformFailed
        /// It cannot be run at all: the function is gone.
        case impossible(FunctionError.Code)
        case stopped
    }

    package func ageSecondsMax(_ configuration: AsyncConfiguration) -> Int {
        configuration.ageSecondsMax ?? ageSecondsDefault
    }

    /// Whether the invocation is too old to be run.
    package func isExpired(_ invocation: AsyncInvocation, _ configuration: AsyncConfiguration, now: Timestamp) -> Bool {
        now.milliseconds - invocation.enqueuedAt.milliseconds > Int64(ageSecondsMax(configuration)) * 1000
    }

    /// - Parameter jitter: evenly distributed in 0..<1; spreads repeats over the last quarter of the wait.
    package func decide(
        _ attempt: Attempt, _ invocation: AsyncInvocation, _ configuration: AsyncConfiguration, now: Timestamp,
        jitter: Double
    ) -> Decision {
        let limit = invocation.enqueuedAt.adding(milliseconds: Int64(ageSecondsMax(configuration)) * 1000)
        switch attempt {
        case .succeeded:
            return .succeed
        case .stopped:
            return .giveUp(.stopped, condition: "Stopped")
        case .impossible(let code):
            return .giveUp(.invalid, condition: code.rawValue)
        case .functionFailed:
            guard invocation.retryCount < configuration.retryCountMax ?? retryCountDefault else {
                return .giveUp(.failed, condition: "RetryAttemptsExhausted")
            }
            let at = now.adding(
                milliseconds: Self.wait(functionDelay, functionDelayMax, invocation.retryCount, jitter))
            return at > limit
                ? .giveUp(.expired, condition: "EventAgeExceeded") : .retry(at: at, isPlatformFault: false)
        case .platformFailed:
            let at = now.adding(
                milliseconds: Self.wait(platformDelay, platformDelayMax, invocation.platformRetryCount, jitter))
            return at > limit
                ? .giveUp(.expired, condition: "EventAgeExceeded") : .retry(at: at, isPlatformFault: true)
        }
    }

    private static func wait(_ first: Duration, _ most: Duration, _ count: Int, _ jitter: Double) -> Int64 {
        func milliseconds(_ duration: Duration) -> Double {
            Double(duration.components.seconds) * 1000 + Double(duration.components.attoseconds) / 1e15
        }
        var wait = milliseconds(first)
        for _ in 0..<min(count, 40) { wait *= 2 }
        return Int64(min(wait, milliseconds(most)) * (0.75 + 0.25 * jitter))
    }
}
