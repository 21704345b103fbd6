internal import FabricTypes
internal import Foundation
internal import GoldenLedger
internal import Testing

@Suite("Golden files")
struct GoldenFilesTests {
    @Test("the recorded channel is complete: 110 blocks, numbered, with their expectations")
    func recordedChannelIsComplete() throws {
        let files = GoldenFiles.trade
        let names = try files.names(in: "blocks")
        #expect(names.count == 110)
        #expect(names.first == "000000.block")
        #expect(names.last == "000109.block")
        let expected = try files.json("expected/blocks.json").array
        #expect(try expected.map { try $0["number"].integer } == Array(0..<110))
        // A line ending changed on checkout would change lengths.
        #expect(try files.bytes("orderer-blocks/000000.block").count == files.bytes("genesis.block").count)
    }
}
