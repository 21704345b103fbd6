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

    /// A function that was begun runs to its own time-out; only the waiting for it ends earlier.
    func ask(_ invocation: Invocation, within duration: Duration) async -> Answer {
        let (answers, answering) = AsyncStream<Answer>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let taken = taking.yield { [functions] in
            do throws(FunctionError) {
                answering.yield(.outcome(try await functions.invoke(invocation).outcome))
            } catch {
                answering.yield(.refused(error))
            }
            answering.finish()
        }
        guard case .enqueued = taken else { return .tooMany }
        return await withTaskGroup(of: Answer?.self) { group in
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
