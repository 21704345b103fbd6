import FabricTypes
import GoldenLedger
import Membership
import OrderingCore
import Testing

@Suite("Block assembler")
struct BlockAssemblerTests {
    @Test("the recorded orderer's blocks are made again, byte for byte but for their signatures")
    func recordedBlocks() throws {
        let blocks = try RecordedOrderer.blocks()
        var assembler = try BlockAssembler(following: blocks[0])
        let signer = try RecordedOrderer.signer()
        for recorded in blocks.dropFirst() {
            let recordedSlot = try Metadata(decoding: recorded.metadata[.signatures])
            let recordedValue = try OrdererBlockMetadata(decoding: recordedSlot.value)

            let made = try assembler.next(
                recorded.data.entries, isConfig: recorded.isConfigBlock,
                consenterMetadata: recordedValue.consenterMetadata, signer: signer)

            #expect(made.header == recorded.header)
            #expect(made.data == recorded.data)
            #expect(try Metadata(decoding: made.metadata[.signatures]).value == recordedSlot.value)
            var unsigned = made
            unsigned.metadata[.signatures] = recorded.metadata[.signatures]
            #expect(unsigned.encoded() == recorded.encoded())
        }
        #expect(assembler.lastHeader == blocks.last?.header)
    }

    @Test("the orderer's own copies of blocks are what is left when a peer's additions are taken away")
    func ordererCopies() throws {
        let names = try GoldenFiles.trade.names(in: "orderer-blocks")
        #expect(names.count == 7)
        for name in names {
            let copy = try GoldenFiles.trade.bytes("orderer-blocks/\(name)")
            let blocks = try GoldenFiles.trade.bytes("blocks/\(name)")
            #expect(try Block(decoding: blocks).withoutPeerSlots.encoded() == copy, "\(name)")
        }
    }

    @Test("signatures satisfy the channel's policy for blocks, and cover header and configuration index")
    func signatures() throws {
        let blocks = try RecordedOrderer.blocks()
        let verifier = BlockSignatureVerifier(try RecordedOrderer.configuration(after: blocks))
        var assembler = try BlockAssembler(following: blocks[109])

        let block = try assembler.next([Bytes("an envelope")], isConfig: false, signer: RecordedOrderer.signer())

        try verifier.verify(header: block.header, metadata: block.metadata)
        var moved = block
        moved.header.number += 1
        #expect(throws: PolicyError.self) { try verifier.verify(header: moved.header, metadata: moved.metadata) }
        var relabelled = try Metadata(decoding: block.metadata[.signatures])
        relabelled.value = OrdererBlockMetadata(lastConfig: LastConfig(index: 3)).encoded()
        moved = block
        moved.metadata[.signatures] = relabelled.encoded()
        #expect(throws: PolicyError.self) { try verifier.verify(header: moved.header, metadata: moved.metadata) }
    }

    @Test("a config block names itself, and the blocks behind it name it")
    func lastConfig() throws {
        let blocks = try RecordedOrderer.blocks(5)
        var assembler = try BlockAssembler(following: blocks[4])
        let signer = try RecordedOrderer.signer()

        let before = try assembler.next([Bytes("one")], isConfig: false, signer: signer)
        let config = try assembler.next([Bytes("two")], isConfig: true, signer: signer)
        let after = try assembler.next([Bytes("three")], isConfig: false, signer: signer)

        #expect(try before.lastConfigIndex() == 3)
        #expect(try config.lastConfigIndex() == 6)
        #expect(try after.lastConfigIndex() == 6)
        #expect(after.metadata.slots.count == 5)
        #expect(after.header.previousHash == config.header.hash.bytes)
    }
}
