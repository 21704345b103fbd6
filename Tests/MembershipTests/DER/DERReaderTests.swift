import FabricTypes
import Membership
import Testing

@Suite("DER reader")
struct DERReaderTests {
    @Test(
        "lengths are definite, minimal and within the bytes",
        arguments: [
            ("0400", true), ("040141", true), ("0401", false), ("04", false), ("", false), ("048141", false),
            ("04 81 7f", false), ("04 82 00 80", false), ("0480", false), ("04 85 01 00 00 00 00", false),
            ("1f 81 01 00", false), ("04 ff", false), ("04 84 ff ff ff ff", false),
        ])
    func lengths(hex: String, isGood: Bool) throws {
        let bytes = try #require(Bytes(hex: hex.replacing(" ", with: "")))
        var reader = DERReader(bytes)
        #expect(((try? reader.read()) != nil) == isGood)
    }

    @Test("long lengths are read and written", arguments: [0, 1, 127, 128, 255, 256, 65_535, 65_536])
    func longLengths(count: Int) throws {
        let content = [UInt8](repeating: 7, count: count)
        let encoded = Bytes(DERWriter.element(.octetString, content) + [9, 9])
        var reader = DERReader(encoded)
        #expect(try reader.read(.octetString) == Bytes(content))
        #expect(reader.position == encoded.count - 2 && !reader.isAtEnd)
    }

    @Test(
        "integers are minimal",
        arguments: [
            ("020100", 0), ("02017f", 127), ("02020080", 128), ("0201ff", -1), ("020180", -128),
            ("0208ffffffffffffff7f", nil), ("02087fffffffffffffff", Int64.max), ("02088000000000000000", Int64.min),
            ("0209008000000000000000", nil), ("0200", nil), ("02020001", nil), ("0202ffff", nil), ("040100", nil),
        ] as [(String, Int64?)])
    func integers(hex: String, expected: Int64?) throws {
        var reader = DERReader(try #require(Bytes(hex: hex)))
        #expect((try? reader.readSmallInteger()) == expected)
    }

    @Test(
        "bit strings say how many bits are unused, and these are zero",
        arguments: [
            ("030100", ""), ("03020080", "80"), ("030207 80", "01"), ("030204f0", "0f"), ("0303040ff0", "00ff"),
            ("0300", nil), ("030101", nil), ("03020880", nil), ("03020481", nil),
        ] as [(String, String?)])
    func bitStrings(hex: String, expected: String?) throws {
        var reader = DERReader(try #require(Bytes(hex: hex.replacing(" ", with: ""))))
        #expect((try? reader.readBitString())?.rightAligned.hex == expected)
    }

    @Test(
        "object identifiers",
        arguments: [
            ("06032a0304", true), ("060155", true), ("0600", false), ("06028001", false), ("060181", false),
            ("06052b8180808000", false), ("0605878080807f", true), ("0606888080808000", false),
        ])
    func objectIdentifiers(hex: String, isGood: Bool) throws {
        var reader = DERReader(try #require(Bytes(hex: hex)))
        #expect(((try? reader.readObjectIdentifier()) != nil) == isGood)
    }

    @Test(
        "times",
        arguments: [
            ("utc", "700101000000Z", 0), ("utc", "231114221320Z", 1_700_000_000), ("utc", "2311142213Z", 1_699_999_980),
            ("utc", "491231235959Z", 2_524_607_999), ("utc", "500101000000Z", -631_152_000),
            ("utc", "231114231320+0100", 1_700_000_000), ("utc", "231114221320+0000", nil),
            ("utc", "240229000000Z", 1_709_164_800), ("utc", "230229000000Z", nil), ("utc", "231314221320Z", nil),
            ("utc", "231114241320Z", nil), ("utc", "231114221360Z", nil), ("utc", "231114221320", nil),
            ("utc", "231114221320z", nil), ("utc", "", nil), ("utc", "231114221320.5Z", nil),
            ("utc", "20231114221320Z", nil), ("general", "20231114221320Z", 1_700_000_000),
            ("general", "99991231235959Z", 253_402_300_799), ("general", "00000101000000Z", -62_167_219_200),
            ("general", "202311142213Z", nil), ("general", "231114221320Z", nil), ("general", "21000229000000Z", nil),
            ("other", "231114221320Z", nil),
        ] as [(String, String, Int64?)])
    func times(kind: String, text: String, expected: Int64?) {
        let tag: DERTag = kind == "utc" ? .utcTime : kind == "general" ? .generalizedTime : .ia5String
        var reader = DERReader(Bytes(DERWriter.element(tag, text.utf8)))
        #expect((try? reader.readTime()) == expected)
    }
}
