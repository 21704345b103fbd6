import FabricTypes
import FunctionTypes
import Logging
import Synchronization
import Testing
import TriggerCore

@testable import TriggerService

@Suite("Asking endorsement checks")
struct EndorsementCheckerTests {
    private func question(
        function: String = "set_owner", creator: String = "User1", organization: String = "Org1MSP",
        transient: [Bytes: Bytes] = [Bytes("price"): Bytes("12")], depth: Int = 0
    ) throws -> CheckQuestion {
        CheckQuestion(
            organization: try MSPID(validating: organization), transactionID: String(repeating: "ab", count: 32),
            channel: "trade", contract: "marbles", arguments: [Bytes(function), Bytes("m1"), Bytes([0, 255])],
            creator: CheckQuestion.Creator(mspID: "Org2MSP", name: creator, certificate: "PEM \(creator)"),
            transient: transient, depth: depth)
    }

    private func declared(
        _ name: String = "limit", organization: String = "Org1MSP", revision: String = "1",
        _ change: (inout EndorsementCheck) -> Void = { _ in }
    ) throws -> EndorsementChecker.Declared {
        var check = EndorsementCheck(channel: "trade", contract: "marbles", functions: ["set_owner"])
        change(&check)
        let organization = try OrganizationName(validating: organization)
        return EndorsementChecker.Declared(
            organization: organization, name: try TriggerName(validating: name),
            target: FunctionTarget(
                FunctionID(
                    organization: organization, service: try ServiceName(validating: "rules"),
                    function: try FunctionName(validating: name))), check: check, revision: revision)
    }

    private static let allow = InvocationOutcome.event(Array("{\"allow\":true}".utf8))
    private static let refuse = InvocationOutcome.event(Array("{\"allow\":false,\"message\":\"too many\"}".utf8))

    @Test("a check that allows lets the proposal pass, and the function sees all of it but secrets")
    func allows() async throws {
        try await CheckWorld.with { _ in
            Self.allow
        } body: { world in
            world.checker.declare([try declared()])
            #expect(await world.checker.refusal(of: try question()) == nil)

            let invocation = try #require(world.invocations.first)
            guard case .event(let bytes) = invocation.payload else {
                Issue.record("\(invocation.payload)")
                return
            }
            let event = try JSONValue(parsing: bytes)
            #expect(event["function"] == "set_owner")
            #expect(event["args"] == ["m1", ["base64": "AP8="]])
            #expect(event["creator"]?["name"] == "User1")
            #expect(event["transientKeys"] == ["price"])
            #expect(event["transient"] == nil)
            #expect(invocation.origin == .endorsement(TriggerName(unchecked: "limit"), depth: 1))
            #expect(invocation.traceparent?.hasPrefix("00-\(String(repeating: "ab", count: 16))-") == true)
        }
    }

    @Test("secrets are shown to a check that asks for them")
    func secrets() async throws {
        try await CheckWorld.with { _ in
            Self.allow
        } body: { world in
            world.checker.declare([try declared { $0.showsTransientValues = true }])
            _ = await world.checker.refusal(of: try question())
            guard case .event(let bytes)? = world.invocations.first?.payload else {
                Issue.record("no event")
                return
            }
            #expect(try JSONValue(parsing: bytes)["transient"]?["price"] == "12")
        }
    }

    @Test("a refusal reaches the client with the check's name and its words, and is recorded")
    func refuses() async throws {
        try await CheckWorld.with { _ in
            Self.refuse
        } body: { world in
            world.checker.declare([try declared()])
            let refusal = await world.checker.refusal(of: try question())

            #expect(refusal == "Endorsement check \"limit\" (rules/limit) of Org1MSP refused: too many")
            let record = try #require(try await world.records().first)
            #expect(record.verdict == .refused)
            #expect(record.message == "too many")
            #expect(record.creator == "Org2MSP/User1")
            #expect(record.transactionID == String(repeating: "ab", count: 32))
        }
    }

    @Test("of several checks all must allow; those of other organisations and other functions are not asked")
    func several() async throws {
        try await CheckWorld.with {
            $0.target.id.function.rawValue == "second" ? Self.refuse : Self.allow
        } body: { world in
            world.checker.declare([
                try declared("first"), try declared("second"), try declared("third", organization: "Org2MSP"),
            ])
            #expect(await world.checker.refusal(of: try question())?.contains("\"second\"") == true)
            #expect(await world.checker.refusal(of: try question(function: "other")) == nil)
            #expect(await world.checker.refusal(of: try question(organization: "Org2MSP")) == nil)
            #expect(world.invocations.map { $0.target.id.function.rawValue }.sorted() == ["first", "second", "third"])
            #expect(world.checker.areDeclared(for: "marbles", on: "trade", by: "Org2MSP"))
            #expect(!world.checker.areDeclared(for: "marbles", on: "trade", by: "Org3MSP"))
            #expect(!world.checker.areDeclared(for: "marbles", on: "other", by: "Org1MSP"))
        }
    }

    @Test(
        "without a verdict the check says what that means", arguments: [EndorsementCheck.OnError.refuse, .allow],
        [
            InvocationOutcome.event(Array("yes".utf8)), .event(Array("{\"allow\":1}".utf8)), .event([]),
            .failure(FunctionFailure(.unhandled, errorType: "Error", message: "broken")),
        ])
    func noVerdict(onError: EndorsementCheck.OnError, outcome: InvocationOutcome) async throws {
        try await CheckWorld.with { _ in
            outcome
        } body: { world in
            world.checker.declare([try declared { $0.onError = onError }])
            let refusal = await world.checker.refusal(of: try question())

            #expect((refusal == nil) == (onError == .allow))
            let record = try #require(try await world.records().first)
            #expect(record.verdict == (onError == .allow ? .failedAllowed : .failedRefused))
            #expect(!record.message.isEmpty)
            #expect(world.checker.checkCounts.failed == 1)
        }
    }

    @Test(
        "a function that hangs is waited for no longer than the check says",
        arguments: EndorsementCheck.OnError.allCases)
    func hangs(onError: EndorsementCheck.OnError) async throws {
        let (hold, release) = AsyncStream<Void>.makeStream()
        try await CheckWorld.with(sleep: { duration in #expect(duration == .seconds(3)) }) { _ in
            for await _ in hold {}
            return Self.allow
        } body: { world in
            world.checker.declare([
                try declared {
                    $0.timeoutSeconds = 3
                    $0.onError = onError
                }
            ])
            let refusal = await world.checker.refusal(of: try question())
            release.finish()

            #expect((refusal == nil) == (onError == .allow))
            #expect(refusal == nil || refusal?.contains("did not answer within 3 s") == true)
        }
    }

    @Test("what still waits for an instance when the time is over is given up, and the client reads why")
    func busy() async throws {
        let (hold, _) = AsyncStream<Void>.makeStream()
        let (givenUp, tell) = AsyncStream<Void>.makeStream()
        let (handedOver, hand) = AsyncStream<Void>.makeStream()
        try await CheckWorld.with(sleep: { _ in for await _ in handedOver { return } }) { invocation in
            #expect(invocation.patience?.limit == .seconds(3))
            invocation.patience?.phase = .waiting(instanceCount: 8, isStarting: false)
            hand.yield()
            for await _ in hold {}
            if Task.isCancelled { tell.finish() }
            return Self.allow
        } body: { world in
            world.checker.declare([try declared { $0.timeoutSeconds = 3 }])
            let refusal = await world.checker.refusal(of: try question())
            #expect(refusal?.hasSuffix(": all 8 instances of rules/limit were busy for 3 s") == true)
            for await _ in givenUp {}
        }
    }

    @Test("a function that the platform ended since the time was over did not answer in time")
    func ended() async throws {
        try await CheckWorld.with { invocation in
            invocation.patience?.phase = .ended
            return .failure(FunctionFailure(.unhandled, errorType: FunctionFailure.timeoutType, message: "given up"))
        } body: { world in
            world.checker.declare([try declared { $0.timeoutSeconds = 3 }])
            #expect(await world.checker.refusal(of: try question())?.contains("did not answer within 3 s") == true)
        }
    }

    @Test("a kept verdict answers what is alike until its time is over or the function changes")
    func kept() async throws {
        try await CheckWorld.with { _ in
            Self.allow
        } body: { world in
            let check = try declared { $0.cacheSeconds = 10 }
            world.checker.declare([check])
            for _ in 0..<3 { #expect(await world.checker.refusal(of: try question()) == nil) }
            #expect(world.invocations.count == 1)
            #expect(try await world.records().map(\.isCached) == [true, true, false])

            _ = await world.checker.refusal(of: try question(creator: "User2"))
            #expect(world.invocations.count == 2)
            world.move(by: 9_999)
            _ = await world.checker.refusal(of: try question())
            #expect(world.invocations.count == 2)
            world.move(by: 1)
            _ = await world.checker.refusal(of: try question())
            #expect(world.invocations.count == 3)
            world.checker.declare([try declared(revision: "2") { $0.cacheSeconds = 10 }])
            _ = await world.checker.refusal(of: try question())
            #expect(world.invocations.count == 4)
        }
    }

    @Test("a kept verdict stands for no other secrets than those that the function saw", arguments: [false, true])
    func keptWithSecrets(showsTransientValues: Bool) async throws {
        try await CheckWorld.with { _ in
            Self.allow
        } body: { world in
            world.checker.declare([
                try declared {
                    $0.cacheSeconds = 10
                    $0.cacheBy = [.creator]
                    $0.showsTransientValues = showsTransientValues
                }
            ])
            _ = await world.checker.refusal(of: try question())
            _ = await world.checker.refusal(of: try question())
            #expect(world.invocations.count == 1)
            _ = await world.checker.refusal(of: try question(transient: [Bytes("price"): Bytes("13")]))
            #expect(world.invocations.count == (showsTransientValues ? 2 : 1))
            let before = world.invocations.count
            _ = await world.checker.refusal(of: try question(transient: [Bytes("cost"): Bytes("12")]))
            _ = await world.checker.refusal(of: try question(transient: [:]))
            #expect(world.invocations.count == before + 2)
        }
    }

    @Test("an answer beyond what may be is told with the bound")
    func longAnswer() throws {
        let error = #expect(throws: InvalidCheckAnswer.self) { try CheckAnswer([UInt8](repeating: 32, count: 65_537)) }
        #expect(error?.description == "it answered 65537 bytes; a check's answer may have 65536")
    }

    @Test("a message that is no text is told, and a long one is cut and says so")
    func messages() throws {
        func reason(_ message: String) throws -> String? {
            guard case .refuse(let text) = try CheckAnswer(Array("{\"allow\":false,\"message\":\(message)}".utf8))
            else { return nil }
            return text
        }
        #expect(try reason("5") == "its \"message\" was no text")
        #expect(try reason("null") == "it gave no reason")
        let whole = String(repeating: "a", count: 1_024)
        #expect(try reason("\"\(whole)\"") == whole)
        #expect(try reason("\"\(whole)a\"") == String(repeating: "a", count: 1_021) + "…")
        let wide = try #require(try reason("\"\(String(repeating: "é", count: 1_024))\""))
        #expect(wide == String(repeating: "é", count: 510) + "…")
    }

    @Test("what went wrong is never kept")
    func failuresAreNotKept() async throws {
        try await CheckWorld.with { _ in
            .event([])
        } body: { world in
            world.checker.declare([try declared { $0.cacheSeconds = 10 }])
            for _ in 0..<2 { _ = await world.checker.refusal(of: try question()) }
            #expect(world.invocations.count == 2)
        }
    }

    @Test("checks that ask themselves are stopped")
    func depth() async throws {
        try await CheckWorld.with { _ in
            Self.allow
        } body: { world in
            world.checker.declare([try declared()])
            #expect(await world.checker.refusal(of: try question(depth: 3)) == nil)
            #expect(await world.checker.refusal(of: try question(depth: 4))?.contains("4 functions in a row") == true)
            #expect(world.invocations.count == 1)
        }
    }
}

/// A checker whose functions are closures.
private final class CheckWorld: Sendable, FunctionInvoking, CheckStore {
    typealias Handler = @Sendable (Invocation) async -> InvocationOutcome

    private let handler: Handler
    private let state = Mutex((invocations: [Invocation](), records: [CheckRecord](), milliseconds: Int64(0)))

    private init(handler: @escaping Handler) {
        self.handler = handler
    }

    /// Lets the checker run around the body. Sleeping lasts until it is cancelled unless `sleep` says otherwise.
    static func with(
        sleep: @escaping @Sendable (Duration) async throws -> Void = { _ in
            for await _ in AsyncStream<Void>.makeStream().stream {}
            throw CancellationError()
        }, handler: @escaping Handler, body: (Running) async throws -> Void
    ) async throws {
        let world = CheckWorld(handler: handler)
        let checker = EndorsementChecker(
            functions: world, store: world, logger: Logger(label: "test"), makeRequestID: { "request" },
            now: { FunctionTypes.Timestamp(milliseconds: world.state.withLock { $0.milliseconds }) },
            uptime: { .zero }, sleep: sleep)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await checker.run() }
            try await body(Running(checker: checker, world: world))
            group.cancelAll()
        }
    }

    struct Running {
        let checker: EndorsementChecker
        fileprivate let world: CheckWorld

        var invocations: [Invocation] { world.state.withLock { $0.invocations } }

        func move(by milliseconds: Int64) {
            world.state.withLock { $0.milliseconds += milliseconds }
        }

        func records() async throws -> [CheckRecord] {
            try await checker.records(CheckFilter(organization: OrganizationName(unchecked: "Org1MSP")))
        }
    }

    func invoke(_ invocation: Invocation) async throws(FunctionError) -> InvocationReport {
        state.withLock { $0.invocations.append(invocation) }
        return InvocationReport(
            requestID: invocation.requestID, outcome: await handler(invocation), version: nil,
            measurement: InvocationMeasurement(), logTail: [], codeChecksum: nil)
    }

    func add(_ records: [CheckRecord]) throws {
        state.withLock { $0.records += records }
    }

    func records(_ filter: CheckFilter) throws -> [CheckRecord] {
        state.withLock { $0.records.reversed() }
    }
}
