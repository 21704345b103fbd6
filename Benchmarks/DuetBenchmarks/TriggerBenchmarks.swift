internal import Foundation
internal import FunctionStorage
internal import FunctionTypes
internal import Logging
internal import Synchronization
internal import TriggerCore
internal import TriggerService
internal import TriggerTestKit

/// Events on their way from blocks to a function that does nothing, with positions and outcomes synced to disk.
enum TriggerBenchmarks {
    static let cases = [
        Benchmark(name: "Triggers/ordered events in batches of 100, saved", unit: "events") {
            let world = try TriggerWorld(blockCount: 100, transactionsPerBlock: 100, eventEvery: 1)
            return (10_000, { try waiting { try await world.deliverAll(#""BatchSize":100"#, eventCount: 10_000) } })
        },
        Benchmark(name: "Triggers/events of many keys in batches of 100, saved", unit: "events") {
            let world = try TriggerWorld(blockCount: 100, transactionsPerBlock: 100, eventEvery: 1)
            let settings = #""BatchSize":100,"OrderBy":"payload:/key","Parallel":8"#
            return (10_000, { try waiting { try await world.deliverAll(settings, eventCount: 10_000) } })
        },
        Benchmark(name: "Triggers/history through a filter that one in 100 passes", unit: "transactions") {
            let world = try TriggerWorld(blockCount: 100, transactionsPerBlock: 100, eventEvery: 100)
            let settings = #""BatchSize":100,"Event":"wanted""#
            return (10_000, { try waiting { try await world.deliverAll(settings, eventCount: 100) } })
        },
        Benchmark(name: "Triggers/commit to invocation", unit: "events") {
            let world = try TriggerWorld(blockCount: 0, transactionsPerBlock: 0, eventEvery: 1)
            let following = try world.follow()
            return (1, { try waiting { await following() } })
        },
    ]
}

/// A ledger, a store on disk, and a function that counts.
private final class TriggerWorld: Sendable {
    private let ledger = MadeLedger()
    private let store: TriggerDatabase
    private let functions = CountingFunctions()
    private let runCount = Atomic(0)

    init(blockCount: Int, transactionsPerBlock: Int, eventEvery: Int) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "duet-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        store = TriggerDatabase(try FunctionDatabase(path: folder.appending(path: "functions.db").path()))
        for block in 0..<blockCount {
            ledger.append(
                (0..<transactionsPerBlock).map { index in
                    Self.transaction(
                        block * transactionsPerBlock + index, event: index % eventEvery == 0 ? "wanted" : "other")
                })
        }
    }

    private static func transaction(_ number: Int, event: String) -> MadeTransaction {
        MadeTransaction(number: number, event: event, payload: #"{"key":"k\#(number % 1000)","owner":"somebody"}"#)
    }

    private func keeper(_ settings: String, start: String) throws -> (TriggerKeeper, TriggerEntry) {
        let id = "t\(runCount.add(1, ordering: .relaxed).newValue)"
        let json = try JSONValue(parsing: #"{"Channel":"trade","StartingPosition":"\#(start)",\#(settings)}"#)
        let entry = TriggerEntry(
            id: id, name: try TriggerName(validating: "bench"),
            target: FunctionTarget(
                FunctionID(
                    organization: ledger.organization, service: try ServiceName(validating: "bench"),
                    function: try FunctionName(validating: "count"))),
            trigger: try LedgerTrigger(source: .contractEvent, parsing: json))
        let keeper = TriggerKeeper(
            store: store, directory: ledger,
            places: DeliveryPlaces(
                functions: functions, answers: NoAnswers(), sinks: HTTPEventSink(time: .system)), time: .system,
            logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }, entries: { [entry] },
            isKnown: { _ in true })
        return (keeper, entry)
    }

    /// From the first block to the saved position behind the last event.
    func deliverAll(_ settings: String, eventCount: Int) async throws {
        let (keeper, entry) = try keeper(settings, start: "EARLIEST")
        functions.reset(goal: eventCount)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await keeper.run() }
            await functions.goalReached()
            try await keeper.pause(entry)
            group.cancelAll()
        }
    }

    /// Starts a trigger that stays; each call of the result is one commit and its invocation.
    func follow() throws -> @Sendable () async -> Void {
        // The first block is empty; a trigger that began at the latest one might begin behind the first commit.
        let (keeper, _) = try keeper(#""BatchSize":1"#, start: "EARLIEST")
        Task { try await keeper.run() }  // ends with the program
        let number = Atomic(0)
        return { [self] in
            functions.reset(goal: 1)
            ledger.append([Self.transaction(number.add(1, ordering: .relaxed).newValue, event: "wanted")])
            await functions.goalReached()
        }
    }
}

private final class CountingFunctions: FunctionInvoking {
    private struct State {
        var rest = 0
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func reset(goal: Int) { state.withLock { $0.rest = goal } }

    func goalReached() async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLock { state in
                if state.rest <= 0 { return true }
                state.waiter = continuation
                return false
            }
            if isReached { continuation.resume() }
        }
    }

    func invoke(_ invocation: Invocation) async throws(FunctionError) -> InvocationReport {
        let count = Int(invocation.logFields["eventCount"] ?? "1") ?? 1
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.rest -= count
            guard state.rest <= 0 else { return nil }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
        return InvocationReport(
            requestID: invocation.requestID, outcome: .event([]), version: nil, measurement: InvocationMeasurement(),
            logTail: [], codeChecksum: nil)
    }
}
