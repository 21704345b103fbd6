import FunctionTypes
import GoldenLedger
import Testing

@testable import TriggerCore

@Suite("What is delivered when")
struct DeliveryPlannerTests {
    private func planner(_ settings: String) throws -> DeliveryPlanner {
        let json = try JSONValue(parsing: #"{"Channel":"trade","# + settings + "}")
        return DeliveryPlanner(.init(try LedgerTrigger(source: .contractEvent, parsing: json)))
    }

    private func item(_ number: UInt64, _ key: String = "") -> DeliveryPlanner.Item {
        DeliveryPlanner.Item(point: LedgerPoint(block: number), key: key, byteCount: 10)
    }

    private func require(_ batch: DeliveryPlanner.Batch?) throws -> DeliveryPlanner.Batch { try #require(batch) }

    private func numbers(_ batch: DeliveryPlanner.Batch?) -> [UInt64]? { batch?.items.map(\.point.block) }

    @Test("a channel's order is one delivery at a time")
    func channelOrder() throws {
        var planner = try planner(#""BatchSize":2"#)
        for number in 0..<3 { planner.add(item(UInt64(number), "k\(number)"), now: .zero) }
        let first = try require(planner.next(now: .zero))

        #expect(numbers(first) == [0, 1])
        let next1 = planner.next(now: .zero)
        #expect(next1 == nil)
        let actions4 = planner.finished(first, .handled, now: .zero, jitter: 0)
        #expect(actions4 == [.settle(first.items)])
        let next3 = numbers(planner.next(now: .zero))
        #expect(next3 == [2])
    }

    @Test("a batch that is not full waits for its window")
    func window() throws {
        var planner = try planner(#""BatchSize":2,"BatchWindow":5"#)
        planner.add(item(1), now: .seconds(10))

        #expect(planner.next(now: .seconds(12)) == nil)
        #expect(planner.wakeAt == .seconds(15))
        #expect(numbers(planner.next(now: .seconds(15))) == [1])
    }

    @Test("a poison event holds up its key alone")
    func poison() throws {
        var planner = try planner(
            #""OrderBy":"creator","Parallel":1,"BatchSize":4,"OnFailure":"PARK_KEY","Retry":{"MaximumRetryAttempts":1}"#
        )
        for number in 0..<8 { planner.add(item(UInt64(number), number % 4 == 1 ? "bad" : "k\(number)"), now: .zero) }
        var settled: [UInt64] = []
        var parked: [UInt64] = []
        var now = Duration.zero
        for _ in 0..<100 {
            guard let batch = planner.next(now: now) else {
                guard let wakeAt = planner.wakeAt else { break }
                now = wakeAt
                continue
            }
            let isPoisoned = batch.items.contains { $0.key == "bad" }
            for action in planner.finished(
                batch, isPoisoned ? .failed("bad") : .handled, now: now, jitter: 0)
            {
                switch action {
                case .settle(let items): settled += items.map(\.point.block)
                case .park("bad", let items, _): parked += items.map(\.point.block)
                default: Issue.record("\(action)")
                }
            }
        }

        #expect(settled.sorted() == [0, 2, 3, 4, 6, 7])
        #expect(parked == [1, 5])
        #expect(planner.waitingCount == 0)
        #expect(planner.waitingByteCount == 0)
    }

    @Test("halving a failing batch finds its bad event, and is no repeat")
    func bisects() throws {
        var planner = try planner(
            #""BatchSize":8,"BisectBatchOnError":true,"OnFailure":"DEAD_LETTER","Retry":{"MaximumRetryAttempts":0}"#)
        for number in 0..<8 { planner.add(item(UInt64(number)), now: .zero) }
        var settled: [UInt64] = []
        var buried: [UInt64] = []
        while let batch = planner.next(now: .zero) {
            let isBad = batch.items.contains { $0.point.block == 5 }
            for action in planner.finished(batch, isBad ? .failed("bad") : .handled, now: .zero, jitter: 0) {
                if case .settle(let items) = action { settled += items.map(\.point.block) }
                if case .deadLetter(let items, _, _) = action { buried += items.map(\.point.block) }
            }
        }

        #expect(buried == [5])
        #expect(settled == [0, 1, 2, 3, 4, 6, 7])
    }

    @Test("of a partly handled batch the rest is delivered again, from the first failure of each key")
    func partly() throws {
        var planner = try planner(#""BatchSize":4"#)
        for number in 0..<4 { planner.add(item(UInt64(number)), now: .zero) }
        let batch = try require(planner.next(now: .zero))
        let actions = planner.finished(
            batch, .partlyHandled(failed: [item(2).point]), now: .zero, jitter: 1)

        #expect(actions == [.settle([item(0), item(1)])])
        let next2 = planner.next(now: .zero)
        #expect(next2 == nil)
        #expect(numbers(planner.next(now: .seconds(1))) == [2, 3])
    }

    @Test("a trigger that parks stops before the event, and what is not there is waited for without end")
    func stops() throws {
        var planner = try planner(#""Retry":{"MaximumRetryAttempts":0}"#)
        planner.add(item(1), now: .zero)
        var now = Duration.zero
        for _ in 0..<50 {
            let batch = try require(planner.next(now: now))
            let actions5 = planner.finished(batch, .unavailable("no function"), now: now, jitter: 0)
            #expect(actions5 == [])
            let wakeAt = planner.wakeAt
            now = try #require(wakeAt)
        }
        let batch = try require(planner.next(now: now))
        let actions6 = planner.finished(batch, .failed("bad"), now: now, jitter: 0)
        #expect(actions6 == [.stop(reason: "bad")])
        #expect(planner.next(now: now + .seconds(1000)) == nil)
        #expect(planner.waitingCount == 1)
    }

    @Test(
        "statuses mean what Knative's table says",
        arguments: [
            (200, DeliveryPlanner.Result.handled), (204, .handled),
            (400, .failed("The receiver answered 400.", isFinal: true)), (404, .failed("The receiver answered 404.")),
            (429, .failed("The receiver answered 429.")), (503, .failed("The receiver answered 503.")),
            (302, .failed("The receiver answered 302; redirections are not followed.", isFinal: true)),
            (410, .gone("The receiver answered 410: it wants no events any more.")),
        ])
    func statuses(status: Int, result: DeliveryPlanner.Result) {
        #expect(SinkAnswer.result(status: status, retryAfter: nil) == result)
    }

    @Test("whatever fails, every key stays in order and every event ends once", arguments: Seeds.sample(30))
    func property(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var planner = try planner(
            #""OrderBy":"creator","Parallel":3,"BatchSize":5,"OnFailure":"DEAD_LETTER","Retry":{"MaximumRetryAttempts":2}"#
        )
        var ended: [String: [UInt64]] = [:]
        var added: [String: [UInt64]] = [:]
        var running: [DeliveryPlanner.Batch] = []
        var now = Duration.zero
        var number: UInt64 = 0
        while number < 300 || planner.waitingCount > 0 {
            if number < 300, Bool.random(using: &generator) {
                let key = "k\(Int.random(in: 0..<6, using: &generator))"
                planner.add(item(number, key), now: now)
                added[key, default: []].append(number)
                number += 1
            }
            while let batch = planner.next(now: now) {
                let busy = Set(running.flatMap(\.items).map(\.key))
                #expect(batch.items.allSatisfy { !busy.contains($0.key) }, "seed \(seed)")
                running.append(batch)
            }
            if let index = running.indices.randomElement(using: &generator) {
                let batch = running.remove(at: index)
                let result: DeliveryPlanner.Result =
                    switch Int.random(in: 0..<4, using: &generator) {
                    case 0: .failed("x")
                    case 1: .unavailable("y")
                    case 2: .partlyHandled(failed: Set(batch.items.suffix(1).map(\.point)))
                    default: .handled
                    }
                for action in planner.finished(batch, result, now: now, jitter: 0.5) {
                    switch action {
                    case .settle(let items), .deadLetter(let items, _, _):
                        for item in items { ended[item.key, default: []].append(item.point.block) }
                    case .park, .stop: Issue.record("\(action), seed \(seed)")
                    }
                }
            }
            now += .milliseconds(Int64.random(in: 0...2000, using: &generator))
        }

        #expect(ended == added, "seed \(seed)")
    }
}
