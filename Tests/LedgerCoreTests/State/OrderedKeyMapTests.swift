import FabricTypes
import GoldenLedger
import Testing

@testable import LedgerCore

@Suite("Ordered map of keys")
struct OrderedKeyMapTests {
    @Test("behaves as a dictionary with sorted keys, and copies stay as they were", arguments: Seeds.sample(3))
    func equalsDictionary(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var map = OrderedKeyMap<Int>()
        var model: [Bytes: Int] = [:]
        var copies: [(OrderedKeyMap<Int>, [Bytes: Int])] = []
        for step in 0..<6_000 {
            // The range of keys shrinks and grows, so that chunks split, join and vanish.
            let span = step % 3_000 < 2_000 ? 1_500 : 40
            let key = Bytes("key-\(Int.random(in: 0..<span, using: &random))")
            if Int.random(in: 0..<100, using: &random) < (step % 3_000 < 2_000 ? 20 : 80) {
                map[key] = nil
                model[key] = nil
            } else if Bool.random(using: &random) {
                map[key] = step
                model[key] = step
            } else {
                map.update(key, default: 0) { $0 += 1 }
                model[key, default: 0] += 1
            }
            #expect(map[key] == model[key], "seed \(random.seed) step \(step)")
            if step % 500 == 0 { copies.append((map, model)) }
        }
        copies.append((map, model))
        for (map, model) in copies {
            #expect(map.count == model.count, "seed \(random.seed)")
            let keys = model.keys.sorted()
            let entries = map.entries(in: .all, countMax: .max)
            #expect(entries.map(\.key) == keys, "seed \(random.seed)")
            #expect(entries.allSatisfy { model[$0.key] == $0.value }, "seed \(random.seed)")
            for _ in 0..<50 {
                let bounds = (0..<2).map { _ in Bytes("key-\(Int.random(in: 0..<1_600, using: &random))") }.sorted()
                let end = Bool.random(using: &random) ? bounds[1] : Bytes()
                let range = KeyRange(start: bounds[0], end: end)
                let countMax = Int.random(in: 0...300, using: &random)
                #expect(
                    map.entries(in: range, countMax: countMax).map(\.key)
                        == Array(keys.filter(range.contains).prefix(countMax)), "seed \(random.seed)")
            }
        }
    }

    @Test("keys that come in order, and in reverse order, are all there", arguments: [false, true])
    func ascending(isReversed: Bool) {
        var map = OrderedKeyMap<Int>()
        let numbers = isReversed ? Array((1_000..<5_000).reversed()) : Array(1_000..<5_000)
        for number in numbers { map[Bytes("\(number)")] = number }
        #expect(map.entries(in: .all, countMax: .max).map(\.value) == Array(1_000..<5_000))
        for number in numbers { map[Bytes("\(number)")] = nil }
        #expect(map.count == 0)
        #expect(map.entries(in: .all, countMax: 1).isEmpty)
    }
}
