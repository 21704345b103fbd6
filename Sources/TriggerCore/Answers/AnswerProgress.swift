package import FabricTypes

/// Brings the transactions of one answer into the ledger, each exactly once, one after another.
///
/// Pure: says what to do next; its owner does it and reports. The ledger alone decides what happened: every attempt has an id
/// that can be looked up, and a peer refuses a second transaction of the same id. Attempt `a + 1` begins only once attempt `a`
/// stands in the ledger as invalid.
package struct AnswerProgress: Sendable {
    package struct Limits: Sendable {
        /// Attempts of one transaction that the ledger found invalid.
        package var attemptCountMax = 50
        /// Tries without an outcome in one run: unreachable peers, conflicts before ordering, commits that did not come.
        package var tryCountMax = 12
        /// Between tries; doubled from the first on up to the second.
        package var pauseMin = Duration.milliseconds(25)
        package var pauseMax = Duration.seconds(5)
        /// How long a commit may take that is under way.
        package var commitTimeout = Duration.seconds(30)
        /// How long a refusal waits for a copy of the transaction that may have been sent before.
        package var doubtTimeout = Duration.seconds(10)

        package init() {}
    }

    /// What to do next.
    package enum Step: Hashable, Sendable {
        /// Ask the ledger whether this attempt stands in it: ``AnswerProgress/lookedUp(_:)``, or
        /// ``AnswerProgress/lookUpRefused(_:)``.
        case lookUp(index: Int, attempt: Int)
        /// Have this attempt endorsed: ``AnswerProgress/endorsed(_:)``.
        case endorse(index: Int, attempt: Int)
        /// Hand what was endorsed to the orderer: ``AnswerProgress/submitted(_:)``.
        case submit(index: Int, attempt: Int)
        /// Wait until this attempt is in the ledger, or the time is over: ``AnswerProgress/lookedUp(_:)``.
        case wait(index: Int, attempt: Int, Duration)
        /// Let time pass: ``AnswerProgress/paused()``.
        case pause(Duration)
        case end(End)
    }

    package enum End: Hashable, Sendable {
        /// All transactions stand valid in the ledger.
        case committed
        /// This one cannot take effect, and will not by waiting. Those before it did; none after it was begun.
        case refused(index: Int, String)
        /// What becomes of this one cannot be told now; the same answer must be tried again later.
        case undecided(index: Int, String)
    }

    package enum EndorsementResult: Hashable, Sendable {
        case endorsed
        /// What was read has changed since; nothing was sent to the orderer.
        case stale
        /// The contract or its channel says no.
        case refused(String)
        /// Nobody could be asked.
        case unavailable(String)
    }

    package enum SubmissionResult: Hashable, Sendable {
        case accepted
        case stale
        /// The orderer did not take it.
        case refused(String)
        /// Perhaps it was taken.
        case unknown
    }

    private enum State: Sendable {
        case lookingUp, endorsing, submitting, waiting, pausing, ended
        /// A refusal counts only once no copy that was sent before turns up in the ledger.
        case doubting(String)
    }

    private let count: Int
    private let isContinued: Bool
    private let limits: Limits
    private var index = 0
    private var attempt = 0
    private var tries = 0
    /// Whether a copy of the current attempt may be on its way into the ledger.
    private var maybeSent: Bool
    private var state = State.lookingUp

    /// - Parameters:
    ///   - count: of transactions.
    ///   - isContinued: whether an earlier run may have sent something.
    package init(count: Int, isContinued: Bool, limits: Limits = Limits()) {
        self.count = count
        self.isContinued = isContinued
        self.limits = limits
        maybeSent = isContinued
    }

    /// How many transactions are known to stand valid in the ledger, from the first on.
    package var committedCount: Int { index }

    /// The attempt in which the current transaction is.
    package var currentAttempt: Int { attempt }

    package mutating func start() -> Step {
        lookUpOrEnd()
    }

    /// - Parameter code: of the attempt in the ledger; nil where it is not there.
    package mutating func lookedUp(_ code: ValidationCode?) -> Step {
        if let code {
            if code.isValid {
                index += 1
                beginTransaction()
                return lookUpOrEnd()
            }
            attempt += 1
            tries = 0
            maybeSent = isContinued
            guard attempt < limits.attemptCountMax else {
                return end(
                    .refused(index: index, "the ledger found \(attempt) attempts invalid, the last with \(code)"))
            }
            return lookUpOrEnd()
        }
        switch state {
        case .lookingUp: return endorse()
        case .doubting(let reason): return end(.refused(index: index, reason))
        case .waiting: return retry("it was handed to the orderer and did not come back in a block")
        case .endorsing, .submitting, .pausing, .ended: preconditionFailure("nothing was looked up")
        }
    }

    /// There is no such channel in which an attempt could stand.
    package mutating func lookUpRefused(_ reason: String) -> Step {
        end(.refused(index: index, reason))
    }

    package mutating func endorsed(_ result: EndorsementResult) -> Step {
        guard case .endorsing = state else { preconditionFailure("nothing was to be endorsed") }
        switch result {
        case .endorsed:
            state = .submitting
            return .submit(index: index, attempt: attempt)
        case .stale: return retry("what it read changed again and again")
        case .refused(let reason): return refuse(reason)
        case .unavailable(let reason): return retry(reason)
        }
    }

    package mutating func submitted(_ result: SubmissionResult) -> Step {
        guard case .submitting = state else { preconditionFailure("nothing was to be submitted") }
        switch result {
        case .accepted, .unknown:
            maybeSent = true
            return wait()
        case .stale: return retry("what it read changed again and again")
        case .refused(let reason): return refuse(reason)
        }
    }

    package mutating func paused() -> Step {
        guard case .pausing = state else { preconditionFailure("nothing was paused") }
        return lookUpOrEnd()
    }

    // MARK: - Steps

    private mutating func beginTransaction() {
        attempt = 0
        tries = 0
        maybeSent = isContinued
    }

    private mutating func lookUpOrEnd() -> Step {
        guard index < count else { return end(.committed) }
        state = .lookingUp
        return .lookUp(index: index, attempt: attempt)
    }

    private mutating func endorse() -> Step {
        state = .endorsing
        return .endorse(index: index, attempt: attempt)
    }

    private mutating func wait() -> Step {
        state = .waiting
        return .wait(index: index, attempt: attempt, limits.commitTimeout)
    }

    private mutating func refuse(_ reason: String) -> Step {
        guard maybeSent else { return end(.refused(index: index, reason)) }
        // Perhaps it is refused because a copy of it took effect.
        state = .doubting(reason)
        return .wait(index: index, attempt: attempt, limits.doubtTimeout)
    }

    private mutating func retry(_ problem: String) -> Step {
        tries += 1
        guard tries < limits.tryCountMax else { return end(.undecided(index: index, problem)) }
        state = .pausing
        var pause = limits.pauseMin
        for _ in 1..<tries where pause < limits.pauseMax { pause = pause * 2 }
        return .pause(min(pause, limits.pauseMax))
    }

    private mutating func end(_ end: End) -> Step {
        state = .ended
        return .end(end)
    }
}
