import GoldenLedger
import LogCore
import Testing

@Suite("Consumer groups")
struct ConsumerGroupTests {
    func makeGroup() throws -> ConsumerGroup {
        ConsumerGroup(
            .init(name: "group", logstore: try LogstoreName(validating: "web"), timeoutSeconds: 10, isInOrder: true))
    }

    @Test("two consumers share two shards, and the survivor takes over")
    func takeOver() throws {
        var group = try makeGroup()

        #expect(group.heartbeat(consumer: "a", holding: [], shards: [0, 1], at: 0) == [0, 1])
        // The second one waits until the first says that it let go.
        #expect(group.heartbeat(consumer: "b", holding: [], shards: [0, 1], at: 1_000) == [])
        let first = group.heartbeat(consumer: "a", holding: [0, 1], shards: [0, 1], at: 2_000)
        #expect(first == [0])
        #expect(group.heartbeat(consumer: "b", holding: [], shards: [0, 1], at: 3_000) == [])
        #expect(group.heartbeat(consumer: "a", holding: [0], shards: [0, 1], at: 4_000) == [0])
        #expect(group.heartbeat(consumer: "b", holding: [], shards: [0, 1], at: 5_000) == [1])
        #expect(group.heartbeat(consumer: "b", holding: [1], shards: [0, 1], at: 15_000) == [0, 1])
    }

    @Test("no shard is ever with two, and all are with someone in the end", arguments: Seeds.sample(30))
    func neverTwice(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var group = try makeGroup()
        let names = ["a", "b", "c", "d"]
        var shards: Set<Int> = [0, 1, 2]
        var held: [String: Set<Int>] = [:]
        var living = Set(names)
        var lastSeen: [String: Int64] = [:]
        for step in 0..<200 {
            let now = Int64(step) * 1_000
            if Int.random(in: 0..<20, using: &random) == 0 { shards.insert(shards.count) }
            if Int.random(in: 0..<25, using: &random) == 0, living.count > 1 {
                living.remove(living.sorted().randomElement(using: &random)!)
            }
            for name in living.sorted() {
                let given = group.heartbeat(consumer: name, holding: held[name] ?? [], shards: shards, at: now)
                held[name] = Set(given)
                lastSeen[name] = now
            }
            let current = held.filter { now - (lastSeen[$0.key] ?? -99_999) <= 10_000 }
            let all = current.values.flatMap { Array($0) }
            #expect(all.count == Set(all).count, "seed \(seed) step \(step)")
        }
        for round in 0..<30 {
            for name in living.sorted() {
                held[name] = Set(
                    group.heartbeat(
                        consumer: name, holding: held[name] ?? [], shards: shards, at: 220_000 + Int64(round) * 1_000))
            }
        }
        #expect(Set(living.flatMap { held[$0] ?? [] }) == shards, "seed \(seed)")
        let counts = living.map { held[$0]?.count ?? 0 }
        #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1, "seed \(seed)")
    }
}
