import DuetContract
import Testing

@Suite("Composite keys")
struct CompositeKeyTests {
    @Test("parts come out as they went in", arguments: [[], [""], ["oak", "", "17"], ["\u{1F6A2}", "é"]])
    func roundTrip(attributes: [String]) throws {
        let key = try CompositeKey(Bytes("lot"), attributes.map { Bytes($0) })
        #expect(key.keyBytes == Bytes("\0lot\0" + attributes.map { "\($0)\0" }.joined()))
        #expect(try CompositeKey(splitting: key.keyBytes) == key)
    }

    @Test("parts that could not be told apart are refused", arguments: [[0x61, 0], [0xF4, 0x8F, 0xBF, 0xBF], [0xFF]])
    func refusedParts(bytes: [UInt8]) {
        #expect(throws: ContractError.self) { try CompositeKey(Bytes("lot"), [Bytes(bytes)]) }
        #expect(throws: ContractError.self) { try CompositeKey(Bytes(bytes)) }
    }

    @Test("other keys are not taken apart", arguments: ["", "lot", "\0", "\0lot", "lot\0oak\0"])
    func otherKeys(key: String) {
        #expect(throws: ContractError.self) { try CompositeKey(splitting: key) }
    }
}
