import FabricTypes
import Testing

@Suite("Transaction formulas")
struct TransactionFormulasTests {
    @Test("the transaction id is the hash of nonce and creator")
    func transactionID() {
        let header = SignatureHeader(creator: Bytes("creator"), nonce: Bytes((0..<24).map { UInt8($0) }))
        #expect(header.transactionID.rawValue == "151635d156b87fcdd972bf6d45d83eb75864e6b9caff423a784c5c4e58051968")
    }

    @Test("versions enter the commit hash with the fewest bytes")
    func orderedBytes() {
        #expect(Version(blockNumber: 5, transactionIndex: 0).orderedBytes.hex == "010500")
        #expect(Version(blockNumber: 256, transactionIndex: 3).orderedBytes.hex == "0201000103")
        #expect(Version(blockNumber: .max, transactionIndex: 0).orderedBytes.hex == "08ffffffffffffffff00")
    }

    @Test("the transient map is in neither the proposal hash nor the transaction")
    func transientMap() {
        let header = Header(channelHeader: Bytes("c"), signatureHeader: Bytes("s"))
        let open = ChaincodeProposalPayload(input: Bytes("i"))
        let secret = ChaincodeProposalPayload(input: Bytes("i"), transientMap: [Bytes("key"): Bytes("secret")])

        #expect(secret.encoded() != open.encoded())
        #expect(secret.withoutTransient == open)
        #expect(header.proposalHash(of: secret) == header.proposalHash(of: open))
        #expect(header.proposalHash(of: open) == Digest(of: Bytes("cs"), [0x0A, 0x01], Bytes("i")))
    }
}
