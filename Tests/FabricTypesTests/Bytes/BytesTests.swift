import FabricTypes
import GoldenLedger
import Testing

@Suite("Bytes")
struct BytesTests {
    @Test("slices share the array they come from and count from zero")
    func slices() {
        let bytes = Bytes([0, 1, 2, 3, 4, 5])
        let slice = bytes[2..<5]
        #expect(slice.array == [2, 3, 4])
        #expect(slice[0] == 2 && slice[2] == 4)
        #expect(slice[1..<3].array == [3, 4])
        let isShared = bytes.withUnsafeBytes { whole in
            slice.withUnsafeBytes { $0.baseAddress == whole.baseAddress.map { $0 + 2 } }
        }
        #expect(isShared)
    }

    @Test("a detached slice has the same content in an array of its own")
    func detached() {
        let slice = Bytes([0, 1, 2, 3])[1..<3]
        let detached = slice.detached()
        #expect(detached == slice)
        let isShared = slice.withUnsafeBytes { slice in detached.withUnsafeBytes { $0.baseAddress == slice.baseAddress }
        }
        #expect(!isShared)
    }

    @Test("equality and hashes are of the content, wherever it lies")
    func equality() {
        let left = Bytes([9, 1, 2])[1..<3]
        let right = Bytes([1, 2, 9])[0..<2]
        #expect(left == right)
        #expect(Set([left, right]).count == 1)
        #expect(left != Bytes([1, 2, 9]))
        #expect(Bytes() == Bytes([1])[0..<0])
    }

    @Test("the order is bytewise, a beginning before what it begins")
    func order() {
        let sorted = ["", "\u{0}", "\u{0}a", "A", "a", "aa", "b", "é", "\u{10FFFF}"].map { Bytes($0) }
        #expect(sorted.shuffled().sorted() == sorted)
        // The same text to a person, two keys to a ledger.
        #expect(Bytes("\u{E9}") != Bytes("e\u{301}"))
    }

    @Test("order and equality agree with those of arrays", arguments: Seeds.sample(1))
    func orderProperty(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        func random() -> [UInt8] {
            (0..<Int.random(in: 0...12, using: &generator)).map { _ in UInt8.random(in: 0...2, using: &generator) }
        }
        for _ in 0..<2_000 {
            let (left, right) = (random(), random())
            #expect((Bytes(left) == Bytes(right)) == (left == right), "seed \(seed)")
            #expect((Bytes(left) < Bytes(right)) == left.lexicographicallyPrecedes(right), "seed \(seed)")
        }
    }

    @Test("parts are joined in their order")
    func joining() {
        #expect(Bytes(joining: []) == Bytes())
        #expect(Bytes(joining: [Bytes("ab"), Bytes(), Bytes("xcx")[1..<2]]) == Bytes("abc"))
    }

    @Test("hexadecimal digits are read in either case and written in lower case")
    func hex() {
        #expect(Bytes(hex: "00fFA9") == Bytes([0, 0xFF, 0xA9]))
        #expect(Bytes([0, 0xFF, 0xA9]).hex == "00ffa9")
        #expect(Bytes(hex: "") == Bytes())
        #expect(Bytes().hex == "")
    }

    @Test(
        "other texts are not read as hexadecimal digits", arguments: ["0", "abc", "0g", "0x00", " 00", "ÀÀ", "0\u{0}"])
    func notHex(text: String) {
        #expect(Bytes(hex: text) == nil)
    }

    @Test("text is read only if it is UTF-8")
    func text() {
        #expect(Bytes("Märkte \u{10FFFF}\u{0}").utf8Text == "Märkte \u{10FFFF}\u{0}")
        #expect(Bytes([0x61, 0xFF]).utf8Text == nil)
        #expect(Bytes([0x61, 0xFF]).lossyText == "a\u{FFFD}")
    }

    @Test(
        "ill-formed UTF-8 is told from well-formed",
        arguments: [
            ([0xC0, 0x80], false),  // overlong
            ([0xE0, 0x80, 0x80], false),
            ([0xED, 0xA0, 0x80], false),  // surrogate
            ([0xF4, 0x90, 0x80, 0x80], false),  // beyond U+10FFFF
            ([0xF4, 0x8F, 0xBF, 0xBF], true),
            ([0xC3], false),  // cut off
            ([0x80], false),
            ([0xEF, 0xBB, 0xBF], true),
            ([], true),
        ] as [([UInt8], Bool)])
    func wellFormed(bytes: [UInt8], isUTF8: Bool) {
        #expect(Bytes(bytes).isUTF8 == isUTF8)
        #expect((Bytes([0x61] + bytes).utf8Text != nil) == isUTF8)
    }

    @Test("a description of many bytes is cut")
    func description() {
        #expect(Bytes([1, 2]).description == "0102")
        #expect(Bytes(Array(repeating: 0, count: 1_000)).description.hasSuffix("… (1000 bytes)"))
    }
}
