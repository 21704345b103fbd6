import FabricTypes
import Foundation
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

    @Test("every view of the module is compared")
    func isComplete() throws {
        let compared = Set(ViewPair.all.map(\.name))
        // Messages of our own have no generated code.
        for name in try Self.namesInSources() where !name.hasPrefix("duet.") {
            #expect(compared.contains(name), "\(name) is to be added to ViewPair.all")
        }
    }

    /// The protobuf names that the module's sources give to the views which others can use.
    private static func namesInSources() throws -> Set<String> {
        let folder = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/FabricTypes")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        var names: Set<String> = []
        for case let file as URL in try #require(files) where file.pathExtension == "swift" {
            let source = try String(contentsOf: file, encoding: .utf8)
            for match in source.matches(of: /package static let messageName = "([\w.]+)"/) {
                names.insert(String(match.1))
            }
        }
        #expect(names.count > 100)
        return names
    }
}
