import FabricTypes
import FunctionTypes
import Testing
import TriggerCore
import TriggerTestKit

@testable import TriggerService

@Suite("Running triggers", .timeLimit(.minutes(1)))
struct TriggerRunTests {
    /// Runs the keeper while `body` runs.
    private func running(_ keeper: TriggerKeeper, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await keeper.run() }
            try await body()
            group.cancelAll()
        }
    }

    private func transfer(_ number: Int, key: String = "m") -> MadeTransaction {
        MadeTransaction(number: number, event: "transfer", payload: #"{"key":"\#(key)","n":\#(number)}"#)
    }

    @Test("a committed event reaches its function, and the position is saved behind it")
    func delivers() async throws {
        let world = TriggerWorld()
        let entry = try world.entry()
        world.entries.value = [entry]
        let keeper = world.makeKeeper()
        try await running(keeper) {
            world.ledger.append([transfer(1)])
            await world.functions.wait { $0.count == 1 }
            world.ledger.append([transfer(2), MadeTransaction(number: 3), transfer(4)])
            await world.functions.wait { $0.count == 3 }
            try await keeper.pause(entry)  // returns when everything is saved
        }

        #expect(world.functions.calls.flatMap(\.ids) == ["trade/1/0/0", "trade/2/0/0", "trade/2/2/0"])
        let position = try #require(try world.store.position(entry.positionName))
        #expect(position.watermark == LedgerPoint(block: 3))
        #expect(position.isPaused)
        #expect(
            try world.store.outcomes(entry.positionName, below: nil, limit: 10).map(\.status) == [
                .handled, .handled, .handled,
            ])
    }

    @Test("a trigger that was paused goes on where it was; a sought one from there")
    func pauseResumeSeek() async throws {
        let world = TriggerWorld()
        let entry = try world.entry()
        world.entries.value = [entry]
        let keeper = world.makeKeeper()
        try await running(keeper) {
            world.ledger.append([transfer(1)])
            await world.functions.wait { $0.count == 1 }
            try await keeper.pause(entry)
            world.ledger.append([transfer(2)])
            try await keeper.resume(entry)
            await world.functions.wait { $0.count == 2 }
            _ = try await keeper.seek(entry, to: .point(LedgerPoint(block: 1)))
            await world.functions.wait { $0.count == 4 }
            await #expect(throws: TriggerError.self) {
                try await keeper.seek(entry, to: .point(LedgerPoint(block: 99)))
            }
        }

        #expect(
            world.functions.calls.flatMap(\.ids) == ["trade/1/0/0", "trade/2/0/0", "trade/1/0/0", "trade/2/0/0"])
    }

    @Test("a batch goes as a list, and one that fails is repeated")
    func batches() async throws {
        var world = TriggerWorld()
        world.functions = TestFunctions { [failures = Countdown(2)] _ in
            failures.next() ? .failure(FunctionFailure(.handled, errorType: "E", message: "not yet")) : .event([])
        }
        let entry = try world.entry(#""BatchSize":10,"Retry":{"Delay":0.01}"#)
        world.entries.value = [entry]
        world.ledger.append((1...3).map { transfer($0) })
        let functions = world.functions
        try await running(world.makeKeeper()) { await functions.wait { $0.count == 3 } }

        #expect(
            functions.calls.map(\.ids) == Array(repeating: ["trade/1/0/0", "trade/1/1/0", "trade/1/2/0"], count: 3))
    }

    @Test("a poison event parks its key; released, the key's events follow in order")
    func parksAndReleases() async throws {
        var world = TriggerWorld()
        let isMended = Countdown(3)
        world.functions = TestFunctions { call in
            let isBad = call.events.contains {
                $0.objectValue?["data"]?.objectValue?["payload"]?.objectValue?["key"] == "bad"
            }
            return isBad && isMended.next()
                ? .failure(FunctionFailure(.handled, errorType: "E", message: "bad")) : .event([])
        }
        let entry = try world.entry(
            #""OrderBy":"payload:/key","Retry":{"Delay":0.01,"MaximumRetryAttempts":2}"#)
        world.entries.value = [entry]
        world.ledger.append([transfer(1, key: "bad"), transfer(2, key: "good")])
        let (functions, keeper) = (world.functions, world.makeKeeper())
        try await running(keeper) {
            await functions.wait { $0.count == 4 }
            world.ledger.append([transfer(3, key: "bad"), transfer(4, key: "good")])
            await functions.wait { calls in calls.contains { $0.ids == ["trade/2/1/0"] } }
            try await keeper.pause(entry)
            #expect(try await keeper.parkedKeys(of: entry).map(\.eventCount) == [2])
            #expect(functions.calls.filter { $0.ids == ["trade/2/0/0"] }.isEmpty)
            try await keeper.resume(entry)
            #expect(try await keeper.release(entry, key: "bad") == 1)
            await functions.wait { calls in calls.contains { $0.ids == ["trade/2/0/0"] } }
            try await keeper.pause(entry)
            #expect(try await keeper.parkedKeys(of: entry).isEmpty)
        }

        let bad = functions.calls.flatMap(\.ids).filter { ["trade/1/0/0", "trade/2/0/0"].contains($0) }
        #expect(bad == Array(repeating: "trade/1/0/0", count: 4) + ["trade/2/0/0"])
    }

    @Test("a trigger that stopped tells why, and goes on when it is released")
    func stopsAndGoesOn() async throws {
        var world = TriggerWorld()
        world.functions = TestFunctions { [failures = Countdown(1)] _ in
            failures.next() ? .failure(FunctionFailure(.handled, errorType: "E", message: "no")) : .event([])
        }
        let entry = try world.entry(#""Retry":{"MaximumRetryAttempts":0}"#)
        world.entries.value = [entry]
        world.ledger.append([transfer(1)])
        let (functions, keeper) = (world.functions, world.makeKeeper())
        try await running(keeper) {
            await functions.wait { $0.count == 1 }
            while try await keeper.storedPosition(of: entry)?.stop == nil { await Task.yield() }
            #expect(try keeper.view(TriggerWorld.function, entry.name).status.condition == .stopped("E: no"))
            #expect(try await keeper.release(entry, key: nil) == 0)
            await functions.wait { $0.count == 2 }
        }
    }

    @Test("a dead letter holds the event and the error, and the trigger goes on")
    func deadLetters() async throws {
        let store = MemoryTriggerStore()
        var world = TriggerWorld(store: store)
        world.functions = TestFunctions { call in
            call.ids == ["trade/1/0/0"]
                ? .failure(FunctionFailure(.handled, errorType: "E", message: "no")) : .event([])
        }
        let entry = try world.entry(#""OnFailure":"DEAD_LETTER","Retry":{"MaximumRetryAttempts":0}"#)
        world.entries.value = [entry]
        world.ledger.append([transfer(1), transfer(2)])
        let (functions, keeper) = (world.functions, world.makeKeeper())
        try await running(keeper) {
            await functions.wait { $0.count == 2 }
            try await keeper.pause(entry)
        }

        let letter = try #require(store.deadLetters.first)
        #expect(letter.reason == "E: no")
        #expect(try JSONValue(parsing: letter.payload).objectValue?["id"] == "trade/1/0/0")
    }

    @Test("a position that belongs to another ledger stops the trigger")
    func otherLedger() async throws {
        let world = TriggerWorld()
        let entry = try world.entry()
        world.entries.value = [entry]
        world.ledger.append([transfer(1)])
        var progress = TriggerProgress(
            name: entry.positionName, watermark: LedgerPoint(block: 1), hashBefore: [UInt8](repeating: 9, count: 32))
        progress.settled = []
        try world.store.save([progress])
        let keeper = world.makeKeeper()
        try await running(keeper) {
            while try await keeper.storedPosition(of: entry)?.stop == nil { await Task.yield() }
        }

        #expect(world.functions.calls.isEmpty)
    }

    @Test("history is replayed beside live traffic; a dry run compares and settles nothing")
    func replays() async throws {
        var world = TriggerWorld()
        world.functions = TestFunctions { [changed = Countdown(3)] call in
            // The first three calls are live; then the function answers otherwise for one event.
            let isLive = changed.next()
            return .event(Array((!isLive && call.ids == ["trade/1/1/0"] ? "other" : "same").utf8))
        }
        let entry = try world.entry()
        world.entries.value = [entry]
        world.ledger.append((1...3).map { transfer($0) })
        let (functions, keeper) = (world.functions, world.makeKeeper())
        try await running(keeper) {
            await functions.wait { $0.count == 3 }
            while try await keeper.outcomes(of: entry, below: nil, limit: 10).count < 3 { await Task.yield() }
            let replay = try await keeper.startReplay(entry, first: 0, last: nil, qualifier: nil, isDryRun: true)
            while try await keeper.replays(of: entry).first?.record.status != .finished { await Task.yield() }
            let record = try #require(try await keeper.replays(of: entry).first?.record)
            #expect(record.id == replay.id)
            #expect(record.handledCount == 3)
            #expect(record.equalCount == 2)
            #expect(record.differentCount == 1)
            let outcomes = try await keeper.outcomes(of: entry, replayID: replay.id, below: nil, limit: 10)
            #expect(outcomes.map(\.status) == [.rehearsed, .rehearsed, .rehearsed])
        }
    }

    @Test("a replay through a version that does not exist is refused")
    func replayOfNothing() async throws {
        var world = TriggerWorld()
        world.functions = TestFunctions(isKnown: { $0.qualifier == .latest })
        let entry = try world.entry()
        world.entries.value = [entry]
        world.ledger.append([transfer(1)])
        let (functions, keeper) = (world.functions, world.makeKeeper())
        try await running(keeper) {
            await functions.wait { $0.count == 1 }
            let error = await #expect(throws: TriggerError.self) {
                try await keeper.startReplay(
                    entry, first: 0, last: nil, qualifier: .version(VersionID(7)), isDryRun: true)
            }
            #expect(error?.code == .notFound)
            let replays = try await keeper.replays(of: entry)
            #expect(replays.isEmpty)
        }
    }

    @Test("what an answer asks for is settled before the position moves, and after a crash from what was stored")
    func answers() async throws {
        let answers = TestAnswers()
        var world = TriggerWorld()
        world.answers = answers
        let entry = try world.entry(#""BatchSize":2"#)
        world.entries.value = [entry]
        let key = AnswerKey(triggerID: entry.id, eventIDs: ["trade/1/0/0"])
        answers.store(
            HandlerAnswer(
                key: key, response: [],
                events: [
                    EventOrigin(channel: "trade", block: 1, transactionIndex: 0, transactionID: "x", causeDepth: 0)
                ], service: TriggerWorld.function.service, organization: TriggerWorld.function.organization,
                requestID: "request", responseDigest: "digest"))
        world.ledger.append([transfer(1), transfer(2)])
        let keeper = world.makeKeeper()
        try await running(keeper) {
            await world.functions.wait { $0.count == 1 }
            try await keeper.pause(entry)
        }

        #expect(world.functions.calls.map(\.ids) == [["trade/1/1/0"]])
        #expect(answers.settledKeys == [["trade/1/0/0"], ["trade/1/1/0"]])
        #expect(answers.forgottenKeys == [["trade/1/0/0"], ["trade/1/1/0"]])
        let outcomes = try world.store.outcomes(entry.positionName, below: nil, limit: 10)
        #expect(outcomes.map(\.transactionIDs) == [["tx"], ["tx"]])
        let stored = try world.store.outcome(entry.positionName, at: LedgerPoint(block: 1))
        #expect(stored?.requestID == "request")
        #expect(stored?.responseDigest == "digest")
    }

    @Test("what a contract scheduled runs as the named function")
    func scheduled() async throws {
        let world = TriggerWorld()
        world.ledger.append([TestSchedule.transaction(number: 1, function: "mail")])
        try await running(world.makeKeeper()) {
            await world.functions.wait { $0.count == 1 }
        }

        #expect(world.functions.calls.first?.target.description == "Org1MSP/shop.LATEST/mail")
    }

    @Test("a transaction tells what it set off, also for organisations elsewhere")
    func deliveries() async throws {
        let world = TriggerWorld()
        let entry = try world.entry()
        world.entries.value = [entry]
        var made = TestSchedule.transaction(number: 1, functions: [("Org1MSP", "mail"), ("Org9MSP", "print.prod")])
        made.event = ("transfer", Bytes("{}"))
        world.ledger.append([made])
        let keeper = world.makeKeeper()
        try await running(keeper) {
            await world.functions.wait { $0.count == 2 }
            let schedules = try #require(keeper.views(of: nil).first { $0.entry.trigger.source == .scheduled }).entry
            for entry in [entry, schedules] { try await keeper.pause(entry) }  // returns when everything is saved
            world.ledger.append([transfer(2)])

            let organization = TriggerWorld.function.organization
            let first = try await keeper.deliveries(ofTransaction: made.id, on: "trade", organization: organization)
            let second = try await keeper.deliveries(ofTransaction: "2:0", on: "trade", organization: organization)

            #expect(Set(first.map(\.function)) == ["handle", "mail", "print"])
            #expect(Set(first.map { "\($0.function) \($0.point)" }).contains("print 1/0/2"))
            for delivery in first {
                switch delivery.standing {
                case .ended(let outcome): #expect(outcome.status == .handled)
                case .elsewhere: #expect(delivery.organization == "Org9MSP" && delivery.qualifier == "prod")
                case .waiting, .parked: Issue.record("\(delivery) was handled")
                }
            }
            #expect(second.map(\.standing) == [.waiting])
            await #expect(throws: TriggerError.self) {
                try await keeper.deliveries(ofTransaction: "2:1", on: "trade", organization: organization)
            }
        }
    }
}
