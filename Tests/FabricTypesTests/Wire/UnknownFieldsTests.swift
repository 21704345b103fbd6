import FabricTypes
import Testing

@Suite("Unknown fields")
struct UnknownFieldsTests {
    private func encodedAgain(_ hex: String) throws -> String {
        try ConfigValue(decoding: #require(Bytes(hex: hex))).encoded().hex
    }

    @Test("are written behind the known ones, in the order in which they came")
    func order() throws {
        #expect(try encodedAgain("7801" + "0805" + "8a0102aabb" + "7802") == "0805" + "7801" + "8a0102aabb" + "7802")
    }

    @Test("keep their values as they came and get the shortest tags, as with Go")
    func tags() throws {
        // Field 15 with a tag of three bytes and a number of two where one would do each.
        #expect(try encodedAgain("f88000" + "8100") == "78" + "8100")
        // A length of two bytes, a group, and a known number with another wire type.
        #expect(try encodedAgain("fa008100aa") == "7a8100aa")
        #expect(try encodedAgain("fb00" + "8800" + "01" + "7c") == "7b" + "8800" + "01" + "7c")
        #expect(try encodedAgain("8d00" + "01020304") == "0d" + "01020304")
    }

    @Test("make messages differ")
    func equality() throws {
        let plain = try ConfigValue(decoding: [0x08, 0x05])
        let other = try ConfigValue(decoding: [0x08, 0x05, 0x78, 0x01])
        #expect(plain != other)
        #expect(plain.unknownFields.isEmpty)
        #expect(other.unknownFields.bytes == [0x78, 0x01])
    }
}
