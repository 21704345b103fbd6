internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore
internal import PeerService
internal import Testing

@Suite("The recorded blocks through a channel")
struct RecordedBlocksTests {
    @Test("every block comes out as the recorded peers committed it")
    func blocksAreEqual() async throws {
        let channel = try RecordedPeer.channel(RecordedPeer.settings())
        let recorded = try GoldenFiles.trade.blocks()
        for (number, block) in try RecordedPeer.ordererBlocks().enumerated().dropFirst() {
            try await channel.commit(block)
            #expect(channel.commits.height == BlockNumber(number) + 1)
        }
        for (number, block) in recorded.enumerated() {
            #expect(try channel.ledger.block(BlockNumber(number)) == block, "block \(number)")
        }
        #expect(channel.configBlockNumber == 98)
    }
}
