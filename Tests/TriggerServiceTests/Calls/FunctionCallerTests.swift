import FabricTypes
import FunctionTypes
import Logging
import Synchronization
import Testing
import TriggerCore

@testable import TriggerService

@Suite("Asking functions for contracts")
struct FunctionCallerTests {
    private func question(
        function: String = "prices/quote", contract: String = "grain", organization: String = "Org1MSP", depth: Int = 0,
        remaining: Duration = .seconds(30)
    ) throws -> FunctionCaller.Question {
        FunctionCaller.Question(
            organization: try MSPID(validating: organization),
            request: FunctionRequest(function: function, payload: Bytes("wheat")), channel: "trade", contract: contract,
            transactionID: String(repeating: "ab", count: 32), depth: depth, remaining: remaining)
    }

    private func declared(
        _ name: String = "by-contract", organization: String = "Org1MSP", contract: String = "grain",
        qualifier: Qualifier = .latest
    ) throws -> FunctionCaller.Declared {
        var callable = CallableFunction(channel: "trade", contract: contract)
        callable.timeoutSeconds = 3
        let organization = try OrganizationName(validating: organization)
        return FunctionCaller.Declared(
            organization: organization, name: try TriggerName(validating: name),
            target: FunctionTarget(
                FunctionID(
                    organization: organization, service: try ServiceName(validating: "prices"),
                    function: try FunctionName(validating: "quote")), qualifier: qualifier), callable: callable)
    }

    @Test("the function sees the payload as the contract gave it, and its answer is recorded by its digests")
    func answers() async throws {
        try await CallWorld.with { _ in
            .event(Array("210".utf8))
        } body: { world in
            world.caller.declare([try declared()])
            #expect(try await world.caller.answer(to: question()) == Bytes("210"))

            let invocation = try #require(world.invocations.first)
            #expect(invocation.payload == .event(Array("wheat".utf8)))
            #expect(invocation.origin == .endorsement(TriggerName(unchecked: "by-contract"), depth: 1))
            #expect(invocation.logFields["txId"] == String(repeating: "ab", count: 32))
            let record = try #require(try await world.records().first)
            let recorded = try question().request.recorded(answer: Bytes("210"))
            #expect(record.outcome == .answered)
            #expect(record.requestDigest == recorded.request.lossyText)
            #expect(record.answerDigest == recorded.answer.lossyText)
            #expect(world.caller.callCounts == [.answered: 1])
        }
    }

    @Test("nothing can be called that does not say so, for the contract, on the channel, at the organisation")
    func undeclared() async throws {
        try await CallWorld.with { _ in
            .event([])
        } body: { world in
            world.caller.declare([try declared()])
            for question in [
                try question(function: "prices/other"), try question(contract: "other"),
                try question(organization: "Org2MSP"),
            ] {
                let error = await world.error(question)
                #expect(error?.code == .notCallable)
                #expect(error?.message.contains(question.request.function) == true)
                #expect(error?.message.contains(question.organization.rawValue) == true)
            }
            #expect(world.invocations.isEmpty)
            world.caller.declare([])
            await #expect(throws: FunctionCallError.self) { try await world.caller.answer(to: question()) }
        }
    }

    @Test("of two events of a function for one contract the first by name counts")
    func twice() async throws {
        try await CallWorld.with { _ in
            .event([])
        } body: { world in
            let version = try Qualifier(validating: "7")
            world.caller.declare([try declared("b"), try declared("a", qualifier: version)])
            _ = try await world.caller.answer(to: question())
            #expect(world.invocations.map(\.target.qualifier) == [version])
        }
    }

    @Test(
        "what is no answer says so",
        arguments: [
            (
                InvocationOutcome.failure(FunctionFailure(.unhandled, errorType: "Error", message: "broken")),
                FunctionCallError.Code.failed, "failed: Error: broken"
            ),
            (.http(HTTPAnswer(status: 200)), .failed, "HTTP function"),
            (.event(Array(repeating: 7, count: 256 * 1024 + 1)), .tooLarge, "262145 bytes"),
        ])
    func noAnswer(outcome: InvocationOutcome, code: FunctionCallError.Code, words: String) async throws {
        try await CallWorld.with { _ in
            outcome
        } body: { world in
            world.caller.declare([try declared()])
            let error = await world.error(try question())
            #expect(error?.code == code)
            #expect(error?.message.contains(words) == true)
            let subject = "Function \"prices/quote\" of Org1MSP, called by contract \"grain\","
            #expect(error?.message.hasPrefix(subject) == true)
            let record = try #require(try await world.records().first)
            #expect(record.answerDigest.isEmpty)
            #expect(record.message == error?.message)
        }
    }

    @Test("a busy platform throttles")
    func throttled() async throws {
        try await CallWorld.with { _ throws(FunctionError) in
            throw FunctionError(.resourceExhausted, "All instances are busy.")
        } body: { world in
            world.caller.declare([try declared()])
            let error = await world.error(try question())
            #expect(error?.code == .throttled)
        }
    }

    @Test(
        "a function that hangs is waited for as long as it says or as the proposal has time, whichever ends first",
        arguments: [
            (Duration.seconds(30), Duration.seconds(3)), (.milliseconds(700), .milliseconds(700)),
            (.zero - .seconds(1), .zero),
        ])
    func hangs(remaining: Duration, expected: Duration) async throws {
        let (hold, release) = AsyncStream<Void>.makeStream()
        try await CallWorld.with(sleep: { duration in #expect(duration == expected) }) { _ in
            for await _ in hold {}
            return .event([])
        } body: { world in
            world.caller.declare([try declared()])
            let error = await world.error(try question(remaining: remaining))
            release.finish()
            #expect(error?.code == .timedOut)
            #expect(try await world.records().first?.outcome == .timedOut)
        }
    }

    @Test("functions that ask each other are stopped")
    func depth() async throws {
        try await CallWorld.with { _ in
            .event([])
        } body: { world in
            world.caller.declare([try declared()])
            _ = try await world.caller.answer(to: question(depth: 3))
            let error = await world.error(try question(depth: 4))
            #expect(error?.code == .tooDeep)
            #expect(world.invocations.count == 1)
        }
    }
}

/// A caller whose functions are closures.
private final class CallWorld: Sendable, FunctionInvoking, CallStore {
    typealias Handler = @Sendable (Invocation) async throws(FunctionError) -> InvocationOutcome

    private let handler: Handler
    private let state = Mutex((invocations: [Invocation](), records: [CallRecord]()))

    private init(handler: @escaping Handler) {
        self.handler = handler
    }

    /// Lets the caller run around the body. Sleeping lasts until it is cancelled unless `sleep` says otherwise.
    static func with(
        sleep: @escaping @Sendable (Duration) async throws -> Void = { _ in
            for await _ in AsyncStream<Void>.makeStream().stream {}
            throw CancellationError()
        }, handler: @escaping Handler, body: (Running) async throws -> Void
    ) async throws {
        let world = CallWorld(handler: handler)
        let caller = FunctionCaller(
            functions: world, store: world, logger: Logger(label: "test"), makeRequestID: { "request" },
            now: { FunctionTypes.Timestamp(milliseconds: 0) }, uptime: { .zero }, sleep: sleep)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await caller.run() }
            try await body(Running(caller: caller, world: world))
            group.cancelAll()
        }
    }

    struct Running {
        let caller: FunctionCaller
        fileprivate let world: CallWorld

        var invocations: [Invocation] { world.state.withLock { $0.invocations } }

        /// Why a question has no answer; it is a failure of the test if it has one.
        func error(_ question: FunctionCaller.Question) async -> FunctionCallError? {
            await #expect(throws: FunctionCallError.self) { try await caller.answer(to: question) }
        }

        func records() async throws -> [CallRecord] {
            try await caller.records(CallFilter(organization: OrganizationName(unchecked: "Org1MSP")))
        }
    }

    func invoke(_ invocation: Invocation) async throws(FunctionError) -> InvocationReport {
        state.withLock { $0.invocations.append(invocation) }
        return InvocationReport(
            requestID: invocation.requestID, outcome: try await handler(invocation), version: nil,
            measurement: InvocationMeasurement(), logTail: [], codeChecksum: nil)
    }

    func add(_ records: [CallRecord]) throws {
        state.withLock { $0.records += records }
    }

    func records(_ filter: CallFilter) throws -> [CallRecord] {
        state.withLock { $0.records.reversed() }
    }
}
