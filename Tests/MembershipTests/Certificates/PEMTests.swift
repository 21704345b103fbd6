import FabricTypes
import GoldenLedger
import Membership
import Testing

@Suite("PEM")
struct PEMTests {
    private func first(_ text: String) -> (label: String, content: String)? {
        PEMBlock.first(in: Bytes(text)).map { ($0.label.lossyText, $0.content.lossyText) }
    }

    @Test(
        "blocks are found as Go finds them",
        arguments: [
            ("-----BEGIN X-----\naGk=\n-----END X-----\n", "hi"), ("-----BEGIN X-----\naGk=\n-----END X-----", "hi"),
            ("note\n-----BEGIN X-----\naGk=\n-----END X-----\nnote", "hi"),
            ("-----BEGIN X-----\r\naGk=\r\n-----END X-----\r\n", "hi"),
            ("-----BEGIN X-----  \n a\tG k=\t\n-----END X----- \t\n", "hi"),
            ("-----BEGIN X-----\nKey: Value\nOther: more\n\naGk=\n-----END X-----", "hi"),
            ("-----BEGIN X-----\na\nG\nk\n=\n-----END X-----", "hi"),
            ("-----BEGIN X-----\n-----END X-----", ""), ("-----BEGIN X-----\n\n-----END X-----", ""),
            ("-----BEGIN -----\naGk=\n-----END -----", "hi"),
            // A damaged block is passed over for the next one.
            ("-----BEGIN X-----\n!!\n-----END X-----\n-----BEGIN X-----\naGk=\n-----END X-----", "hi"),
            ("-----BEGIN X-----\naGk=\n-----END Y-----\n-----BEGIN X-----\naGk=\n-----END X-----", "hi"),
            ("-----BEGIN X-----\n-----BEGIN X-----\naGk=\n-----END X-----", "hi"),
            ("-----BEGIN X----\naGk=\n-----END X-----", nil), (" -----BEGIN X-----\naGk=\n-----END X-----", nil),
            ("-----BEGIN X-----\naGk=\n-----END X---- -", nil), ("-----BEGIN X-----\naGk=\n-----END X-----x", nil),
            ("-----BEGIN X-----\naGk=-----END X-----", nil), ("-----BEGIN X-----\naGk=\n", nil),
            ("-----BEGIN X-----\naG\n-----END X-----", nil), ("-----BEGIN X-----\naGk\n-----END X-----", nil),
            ("-----BEGIN X-----\na=Gk\n-----END X-----", nil), ("-----BEGIN X-----\naGk==\n-----END X-----", nil),
            ("-----BEGIN X-----\nKey: Value\n-----END X-----", nil), ("", nil), ("aGk=", nil),
        ] as [(String, String?)])
    func reading(text: String, content: String?) {
        #expect(first(text)?.content == content)
    }

    @Test("the label is what stands between BEGIN and the dashes")
    func labels() {
        #expect(first("-----BEGIN EC PRIVATE KEY-----\n-----END EC PRIVATE KEY-----")?.label == "EC PRIVATE KEY")
    }

    @Test("a text is written as Go writes it")
    func writing() throws {
        let path = "crypto/peerOrganizations/alder.example/ca/ca.alder.example-cert.pem"
        let text = try GoldenFiles.trade.bytes(path)
        #expect(PEMBlock.first(in: text)?.text == text)
    }

    @Test("what was written is read, whatever its length", arguments: 0..<70)
    func roundTrip(count: Int) {
        let block = PEMBlock(label: "X", content: Bytes((0..<count).map { UInt8($0 * 37 & 0xFF) }))
        #expect(PEMBlock.first(in: block.text) == block)
    }

    @Test("a text of nothing but beginnings or ends is gone through once")
    func linearTime() {
        for line in [
            "-----BEGIN X-----\n", "-----END X-----\n", "-----BEGIN X-----\n-----END Y-----\n",
            "-----BEGIN :-----\n-----END :\n",
        ] {
            let text = Bytes([UInt8](repeatElement(Array(line.utf8), count: 20_000).joined()))
            #expect(PEMBlock.first(in: text) == nil)
        }
    }
}
