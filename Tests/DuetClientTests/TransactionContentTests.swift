import FabricTypes
import GoldenLedger
import Testing

@testable import DuetClient

@Suite("What transactions of a block say")
struct TransactionContentTests {
    @Test("of a recorded channel every valid transaction is read as it was made")
    func recorded() throws {
        let expected = try GoldenFiles.trade.json("expected/blocks.json").array
        var readCount = 0
        for (block, bytes) in zip(expected, try GoldenFiles.trade.blocks()) {
            for (transaction, entry) in zip(
                try block["transactions"].array, try ClientBlock(decoding: bytes).transactions)
            {
                guard entry.code.isValid, !transaction["function"].isNull else { continue }
                let content = try #require(entry.content)
                readCount += 1
                #expect(content.creator.commonName == (try transaction["creator"].string))
                #expect(content.creator.mspID == (try transaction["creatorMSP"].string))
                #expect(content.arguments.first?.utf8Text == (try transaction["function"].string))
                #expect(content.contract == (try transaction["chaincode"].string))
                let endorsers = content.endorsers.map { "\($0.mspID)/\($0.commonName ?? "")" }
                #expect(endorsers == (try transaction["endorsers"].array.map { try $0.string }))
            }
        }
        #expect(readCount > 300)
    }

    @Test("a deleted key has no value, a written one has")
    func writes() throws {
        var set = KVRWSet()
        set.writes = [KVWrite(key: Bytes("a"), value: Bytes("1")), KVWrite(key: Bytes("b"), value: Bytes())]
        let signer = try GoldenSigner.user("User1@alder.example")
        let envelope = try GoldenTransaction(
            creator: signer, endorsers: [signer],
            writing: ReadWriteSet(namespaces: [
                NamespaceReadWriteSet(namespace: Bytes("goods"), publicSet: set, collections: [])
            ])
        ).envelope()
        let content = try TransactionContent(envelope: envelope)
        #expect(content.writes.map(\.contract) == ["goods", "goods"])
        #expect(content.writes.map(\.key) == [Bytes("a"), Bytes("b")])
        #expect(content.writes.map(\.value) == [Bytes("1"), nil])
    }

    @Test("what is no transaction says nothing, and harms nobody")
    func damaged() throws {
        #expect(throws: (any Error).self) { try TransactionContent(envelope: Bytes()) }
        let block = try ClientBlock(decoding: GoldenFiles.trade.blocks()[0])
        #expect(block.transactions.allSatisfy { $0.content == nil })
    }
}
