package import FunctionTypes

/// One change of the asynchronous queue.
package enum AsyncOperation: Sendable {
    /// Accepts an invocation. Result: false if its id is taken for its function; nothing is stored then.
    case enqueue(AsyncInvocation, payload: [UInt8])
    /// Stores a tick's invocation and that the timer has come this far. An id that is taken counts as done.
    case tick(timerID: String, at: Timestamp, AsyncInvocation?, payload: [UInt8])
    /// Stores the state after an attempt.
    case update(AsyncInvocation)
    /// Stores the end of an invocation: its record is kept if it is stateful, else removed; what follows from it, a dead letter or the
    /// invocation of its destination, is stored with it.
    case finish(AsyncInvocation, deadLetter: DeadLetter?, next: [(AsyncInvocation, payload: [UInt8])])
    /// Sends a dead letter again as a new invocation. Result: false if there is no such dead letter.
    case redrive(deadLetter: Int64, AsyncInvocation, payload: [UInt8])
    /// Puts another event into a dead letter. Result: false if there is no such dead letter.
    case edit(deadLetter: Int64, payload: [UInt8])
}

/// Which records a list shows.
package struct AsyncFilter: Sendable {
    package var organization: OrganizationName
    package var service: ServiceName?
    package var function: FunctionName?
    package var qualifier: Qualifier?
    package var status: AsyncInvocation.Status?
    package var idPrefix: String?
    /// Bounds on when it was accepted.
    package var from: Timestamp?
    package var through: Timestamp?
    package var isDescending = false
    package var limit = 100
    /// How many to pass over.
    package var offset = 0

    package init(organization: OrganizationName) {
        self.organization = organization
    }
}

/// Keeps asynchronous invocations, dead letters and how far timers have come.
///
/// Calls block. What ``perform(_:)`` stored survives a loss of power.
package protocol AsyncStore: Sendable {
    /// Carries out all operations in one storage transaction, in order. Result: what each came to.
    func perform(_ operations: [AsyncOperation]) throws -> [Bool]

    /// Invocations due at `now`, oldest first: of each function at most `perFunction`, leaving out `running`.
    func due(
        at now: Timestamp, perFunction: Int, limit: Int, without running: Set<AsyncInvocationKey>
    ) throws -> [(AsyncInvocation, payload: [UInt8])]

    /// When the next invocation is due that is not at `now`; nil if none waits.
    func nextDue(after now: Timestamp) throws -> Timestamp?

    /// How many invocations have not ended.
    func waitingCount() throws -> Int

    func invocation(_ key: AsyncInvocationKey) throws -> (AsyncInvocation, payload: [UInt8])?
    func invocations(_ filter: AsyncFilter) throws -> [AsyncInvocation]

    func deadLetters(_ filter: AsyncFilter) throws -> [DeadLetter]
    func deadLetter(_ number: Int64) throws -> DeadLetter?
    /// - Returns: how many there were.
    func purgeDeadLetters(_ numbers: [Int64]) throws -> Int

    /// How far a timer has come; nil for one that never ran.
    func lastTick(timerID: String) throws -> Timestamp?
    func removeTimers(except timerIDs: Set<String>) throws

    /// Removes records of invocations that ended before `moment`.
    func removeFinished(before moment: Timestamp) throws
}
