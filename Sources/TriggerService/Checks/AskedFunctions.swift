internal import FunctionTypes

/// Invokes functions for peers that endorse, and waits for each no longer than it may take.
///
/// Bounded: so many invocations are under way or wait, more are refused. ``run()`` must run.
struct AskedFunctions: Sendable {
    /// Invocations under way or waiting.
    static let countMax = 1_024

    enum Answer: Sendable {
        case outcome(InvocationOutcome)
        /// The platform did not run the function.
        case refused(FunctionError)
        case timedOut
        /// Nothing of the function ran in its time: why, without a full stop.
        case notStarted(String)
        /// More are asked already than may.
        case tooMany
        case callerWentAway
    }

    private let functions: any FunctionInvoking
    private let sleep: @Sendable (Duration) async throws -> Void
    private let works: AsyncStream<@Sendable () async -> Void>
    private let taking: AsyncStream<@Sendable () async -> Void>.Continuation

    /// - Parameter sleep: lets time pass; throws when cancelled.
    init(functions: any FunctionInvoking, sleep: @escaping @Sendable (Duration) async throws -> Void) {
        self.functions = functions
        self.sleep = sleep
        (works, taking) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.countMax))
    }

    /// Once nobody waits any more, the invocation leaves the platform's queue; one that runs is ended when its time is over.
    func ask(_ asked: Invocation, within duration: Duration) async -> Answer {
        let patience = InvocationPatience(limit: duration)
        var invocation = asked
        invocation.patience = patience
        let (answers, answering) = AsyncStream<Answer>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let (waiting, givingUp) = AsyncStream<Never>.makeStream()
        defer { givingUp.finish() }
        let taken = taking.yield { [functions, invocation] in
            await Self.whileWaited(for: waiting) {
                do throws(FunctionError) {
                    answering.yield(.outcome(try await functions.invoke(invocation).outcome))
                } catch {
                    answering.yield(.refused(error))
                }
                answering.finish()
            }
        }
        guard case .enqueued = taken else { return .tooMany }
        let answer = await first(of: answers, within: duration)
        let isOver =
            switch answer {
            case .timedOut: true
            // The platform looks at the same clock, and may be the first to see that the time is over.
            case .outcome: patience.phase == .ended
            case .refused(let error): error.code == .clientClosedRequest
            case .notStarted, .tooMany, .callerWentAway: false
            }
        guard isOver else { return answer }
        return patience.waitingReason(invocation.target).map(Answer.notStarted) ?? .timedOut
    }

    /// Runs a body that is cancelled once nobody waits for it any more.
    private static func whileWaited(
        for waiting: AsyncStream<Never>, body: @escaping @Sendable () async -> Void
    ) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask(operation: body)
            group.addTask { for await _ in waiting {} }
            // Either it has ended or nobody waits.
            await group.next()
            group.cancelAll()
        }
    }

    private func first(of answers: AsyncStream<Answer>, within duration: Duration) async -> Answer {
        await withTaskGroup(of: Answer?.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                for await answer in answers { return answer }
                return nil  // cancelled
            }
            group.addTask { [sleep] in
                // Cancelled as soon as the answer is there.
                guard (try? await sleep(duration)) != nil else { return nil }
                return .timedOut
            }
            for await answer in group {
                if let answer { return answer }
            }
            return .callerWentAway
        }
    }

    func run() async {
        await withDiscardingTaskGroup { group in
            for await work in works { group.addTask { await work() } }
            group.cancelAll()
        }
    }
}
