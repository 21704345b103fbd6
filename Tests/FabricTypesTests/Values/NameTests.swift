import FabricTypes
import Testing

@Suite("Checked names")
struct NameTests {
    @Test("channel ids", arguments: ["a", "mychannel", "trade-2.eu", String(repeating: "c", count: 249)])
    func channelID(text: String) throws {
        #expect(try ChannelID(validating: text).rawValue == text)
    }

    @Test(
        "what is no channel id is refused at the byte that breaks the rule",
        arguments: [
            ("", 0), ("Trade", 0), ("1trade", 0), ("-trade", 0), ("tra_de", 3), ("trade ", 5), ("trädé", 2),
            (String(repeating: "c", count: 250), 249),
        ])
    func notChannelID(text: String, offset: Int) {
        #expect {
            try ChannelID(validating: text)
        } throws: { error in
            guard let error = error as? InvalidName else { return false }
            return error.utf8Offset == offset && error.text == text
                && error.description.hasPrefix("Channel ID \"\(text)\" is not valid: ")
        }
    }

    @Test("MSP ids are any text but the empty one")
    func mspID() throws {
        #expect(try MSPID(validating: "Org1MSP").rawValue == "Org1MSP")
        #expect(try MSPID(validating: "Org 1").bytes == Bytes("Org 1"))
        #expect(throws: InvalidName.self) { try MSPID(validating: "") }
        #expect(try MSPID(validating: "A") < MSPID(validating: "B"))
    }

    @Test("transaction ids are 64 lower-case hexadecimal digits")
    func transactionID() throws {
        let digest = Digest(of: Bytes("abc"))
        let id = try TransactionID(validating: digest.hex)
        #expect(id == TransactionID(digest))
        #expect(id.rawValue == digest.hex)
    }

    @Test(
        "what is no transaction id is refused",
        arguments: ["", "ab", String(repeating: "A", count: 64), String(repeating: "g", count: 64), "é"]
            + [63, 65, 66].map { String(repeating: "0", count: $0) })
    func notTransactionID(text: String) {
        #expect(throws: InvalidName.self) { try TransactionID(validating: text) }
    }

    @Test("versions are ordered by block and then by transaction")
    func version() {
        let versions = [(0, 0), (0, 5), (1, 0), (1, 1), (256, 0)]
            .map { Version(blockNumber: $0.0, transactionIndex: $0.1) }
        #expect(versions.shuffled().sorted() == versions)
        #expect(versions[3].description == "1:1")
    }
}
