internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore
internal import Testing

@Suite("Index keys")
struct JSONIndexKeyTests {
    @Test("are ordered as the values are", arguments: 0..<20)
    func orderIsKept(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let left = Self.value(&random, depth: 0)
            let right = Self.value(&random, depth: 0)
            let keys = (JSONIndexKey.encode([left]), JSONIndexKey.encode([right]))
            #expect(
                (keys.0 < keys.1) == (left < right),
                "seed \(seed): \(left.encoded.lossyText) \(right.encoded.lossyText)")
            #expect((keys.0 == keys.1) == (left == right), "seed \(seed)")
            #expect(keys.0 == keys.1 || !keys.1.starts(with: keys.0), "seed \(seed): no key begins another")
        }
    }

    @Test("written values read back as equal values", arguments: 0..<20)
    func encodingRoundTrips(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let value = Self.value(&random, depth: 0)
            #expect(try JSONParser.parse(value.encoded) == value, "seed \(seed): \(value.encoded.lossyText)")
        }
    }

    @Test("of a prefix end before the next prefix")
    func successor() {
        #expect(JSONIndexKey.successor(ofPrefix: [1, 2]) == [1, 3])
        #expect(JSONIndexKey.successor(ofPrefix: [1, 0xFF]) == [2])
        #expect(JSONIndexKey.successor(ofPrefix: [0xFF]) == nil)
    }

    @Test("hostile documents are refused, never a trap", arguments: 0..<50)
    func mutatedDocuments(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var bytes = Self.value(&random, depth: 0).encoded.array
        for _ in 0..<4 where !bytes.isEmpty {
            bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        // Either outcome is right; what matters is that reading ends in one of them and a value read can be written.
        if let value = try? JSONParser.parse(Bytes(bytes)) { #expect(try JSONParser.parse(value.encoded) == value) }
        #expect(throws: JSONError.self) { try JSONParser.parse(Bytes(String(repeating: "[", count: 100_000))) }
    }

    static func value(_ random: inout SeededGenerator, depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth < 3 ? 7 : 5), using: &random) {
        case 0: return .null
        case 1: return .boolean(Bool.random(using: &random))
        case 2, 3:
            let texts = [
                "0", "-0", "1", "-1", "10", "1.5", "-1.5", "1e3", "1e-3", "-1e3", "0.001", "123456789012345678901",
                "9007199254740993", "9007199254740992", "1e999", "-1e999", "0.0000001",
                "\(Int.random(in: -50...50, using: &random))",
            ]
            let text = texts[Int.random(in: texts.indices, using: &random)]
            return (try? JSONParser.parse(Bytes(text))) ?? .null
        case 4:
            let letters = ["a", "b", "\u{0}", "é", "😀", "\"", "<", "\u{7f}"]
            let count = Int.random(in: 0...3, using: &random)
            return JSONValue((0..<count).map { _ in letters[Int.random(in: letters.indices, using: &random)] }.joined())
        case 5:
            return .array((0..<Int.random(in: 0...3, using: &random)).map { _ in value(&random, depth: depth + 1) })
        default:
            return JSONValue(
                object: (0..<Int.random(in: 0...3, using: &random)).map { ("m\($0)", value(&random, depth: depth + 1)) }
            )
        }
    }
}
