import FunctionTypes
import GoldenLedger
import Synchronization
import Testing
import TriggerCore
import TriggerTestKit

@testable import TriggerService

/// A node that is gone from one moment to the next: whatever was not saved has not happened, except in its functions.
@Suite("Triggers across crashes", .timeLimit(.minutes(2)))
struct CrashTests {
    @Test(
        "every event is handled at least once and each key in order, whenever the node dies",
        arguments: Seeds.sample(8))
    func atLeastOnceInOrder(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let store = CrashingStore()
        var world = TriggerWorld(store: store)
        let failing = Mutex(SeededGenerator(seed: seed &+ 1))
        let handled = Mutex<[String]>([])
        world.functions = TestFunctions { call in
            let isFailing = failing.withLock { Int.random(in: 0..<5, using: &$0) == 0 }
            if isFailing { return .failure(FunctionFailure(.handled, errorType: "E", message: "by chance")) }
            handled.withLock { $0 += call.ids }
            return .event([])
        }
        let settings = [
            #""BatchSize":3,"Retry":{"Delay":0.01,"MaximumRetryAttempts":-1}"#,
            #""OrderBy":"payload:/key","Parallel":4,"BatchSize":4,"Retry":{"Delay":0.01,"MaximumRetryAttempts":-1}"#,
        ][Int(seed % 2)]
        let entry = try world.entry(settings)
        world.entries.value = [entry]
        var keys: [String: String] = [:]
        var number = 0
        for block in 1...40 {
            let count = Int.random(in: 0...5, using: &generator)
            world.ledger.append(
                (0..<count).map { index in
                    number += 1
                    let key = "k\(Int.random(in: 0..<7, using: &generator))"
                    keys["trade/\(block)/\(index)/0"] = seed % 2 == 0 ? "" : key
                    return MadeTransaction(number: number, event: "e", payload: #"{"key":"\#(key)"}"#)
                })
        }
        let all = Set(keys.keys)
        for _ in 0..<10 {
            let goal = handled.withLock { $0.count } + Int.random(in: 1...12, using: &generator)
            let isOver = await crash(world.makeKeeper(), store) {
                await world.functions.wait { _ in handled.withLock { $0.count >= goal || Set($0) == all } }
            }
            #expect(isOver)
            let position = try store.position(entry.positionName)
            let done = handled.withLock { Set($0) }
            for id in all where !done.contains(id) {
                let point = try #require(LedgerPoint(String(id.dropFirst("trade/".count))))
                #expect(
                    position.map { point >= $0.watermark && !$0.settled.contains(point) } ?? true,
                    "the position passed \(id), which was not handled; seed \(seed)")
            }
        }
        store.isDown.withLock { $0 = false }
        let keeper = world.makeKeeper()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await keeper.run() }
            await world.functions.wait { _ in handled.withLock { Set($0) == all } }
            group.cancelAll()
        }
        expectOrder(handled.withLock { $0 }, keys, seed)
    }

    /// After a restart a key may go back, but never forward over an event that was not handled.
    private func expectOrder(_ handled: [String], _ keys: [String: String], _ seed: UInt64) {
        func point(_ id: String) -> LedgerPoint { LedgerPoint(String(id.dropFirst("trade/".count))) ?? .zero }
        for key in Set(keys.values) {
            let order = keys.filter { $0.value == key }.keys.sorted { point($0) < point($1) }
            var next = 0
            for id in handled where keys[id] == key {
                guard let index = order.firstIndex(of: id) else { continue }
                #expect(index <= next, "\(id) came before \(order[min(next, order.count - 1)]); seed \(seed)")
                next = max(next, index + 1)
            }
            #expect(next == order.count, "seed \(seed)")
        }
    }

    private func crash(_ keeper: TriggerKeeper, _ store: CrashingStore, _ body: () async -> Void) async -> Bool {
        store.isDown.withLock { $0 = false }
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await keeper.run() }
            await body()
            // From here nothing reaches the disk any more: this is the moment of death.
            store.isDown.withLock { $0 = true }
            group.cancelAll()
            return true
        }
    }
}

/// A store that takes nothing while it is down.
final class CrashingStore: TriggerStore {
    struct Down: Error {}

    let isDown = Mutex(false)
    private let inner = MemoryTriggerStore()

    private func check() throws {
        if isDown.withLock({ $0 }) { throw Down() }
    }

    func save(_ changes: [TriggerProgress]) throws {
        try check()
        inner.save(changes)
    }

    func position(_ name: PositionName) throws -> StoredPosition? { inner.position(name) }

    func seek(_ name: PositionName, to watermark: LedgerPoint, hashBefore: [UInt8]) throws {
        try check()
        inner.seek(name, to: watermark, hashBefore: hashBefore)
    }

    func setPaused(_ name: PositionName, _ isPaused: Bool) throws {
        try check()
        inner.setPaused(name, isPaused)
    }

    func parkedKeys(_ name: PositionName) throws -> [ParkedKey] { inner.parkedKeys(name) }

    func parkedEvents(_ name: PositionName, key: String, from start: LedgerPoint, limit: Int) throws -> [LedgerPoint] {
        inner.parkedEvents(name, key: key, from: start, limit: limit)
    }

    func outcomes(_ name: PositionName, below end: LedgerPoint?, limit: Int) throws -> [EventOutcome] {
        inner.outcomes(name, below: end, limit: limit)
    }

    func outcome(_ name: PositionName, at point: LedgerPoint) throws -> EventOutcome? {
        inner.outcome(name, at: point)
    }

    func outcomes(ofTransaction index: Int, inBlock block: UInt64, of channel: String) throws -> [NamedOutcome] {
        inner.outcomes(ofTransaction: index, inBlock: block, of: channel)
    }

    func isParked(_ name: PositionName, at point: LedgerPoint) throws -> Bool { inner.isParked(name, at: point) }

    func saveReplay(_ replay: ReplayRecord) throws {
        try check()
        inner.saveReplay(replay)
    }

    func replays(triggerID: String) throws -> [ReplayRecord] { inner.replays(triggerID: triggerID) }

    func removeTriggers(where isGone: (String) -> Bool) throws {
        try check()
        inner.removeTriggers(where: isGone)
    }
}
