import FabricTypes
import GoldenLedger
import Testing

@Suite("Hand-written views against generated code")
struct ViewComparisonTests {
    /// Encodings per message; each is compared as it is, doubled, cut off and damaged.
    private static let encodingCount = 30

    @Test("accept and refuse the same bytes and read the same from them", arguments: ViewPair.all, Seeds.sample(2))
    func sameBytes(pair: ViewPair, seed: UInt64) throws {
        var random = RandomMessage(seed: seed)
        var accepted = 0
        var judged = 0
        var exempt = 0
        func check(_ bytes: [UInt8]) {
            let bytes = Bytes(bytes)
            judged += 1
            switch pair.compare(bytes) {
            case .bothAccept: accepted += 1
            case .bothRefuse: break
            case .differsAsKnown: exempt += 1
            case .differs(let how):
                Issue.record("\(pair.name) with seed \(seed), bytes \(bytes.hex): \(how)")
            }
        }

        for _ in 0..<Self.encodingCount {
            let encoding = random.encoding(of: pair.name)
            check(encoding)
            // Two encodings in a row merge.
            check(encoding + random.encoding(of: pair.name))
            check(Array(encoding.prefix(Int.random(in: 0...encoding.count, using: &random.generator))))
            for _ in 0..<3 { check(random.generator.mutated(encoding)) }
        }

        // The comparison is worth something only if enough of it is of messages that decode, and few are set aside.
        #expect(accepted > judged / 4, "seed \(seed)")
        #expect(exempt < judged / 10, "seed \(seed)")
    }

    @Test("the definitions hold every message that is compared", arguments: ViewPair.all)
    func isDefined(pair: ViewPair) {
        #expect(ProtoSchema.fabric.messages[pair.name] != nil)
    }
}
