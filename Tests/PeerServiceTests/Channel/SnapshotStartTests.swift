internal import FabricTypes
internal import Foundation
internal import GoldenLedger
internal import LedgerCore
internal import LedgerStorage
internal import Testing

@testable internal import PeerService

@Suite("A peer that starts from a snapshot")
struct SnapshotStartTests {
    @Test("judges all blocks behind it as the recorded peers did", arguments: [8, 60])
    func goesOn(height: Int) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "duet-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let (first, snapshot, second) = ("\(folder.path)/first", "\(folder.path)/snapshot", "\(folder.path)/second")
        let before = try RecordedPeer.ledgerOnDisk(first)
        _ = try await RecordedPeer.channel(height: height, in: before)
        before.close()
        _ = try LedgerExport.run(first, to: snapshot)
        _ = try LedgerRestore.run(snapshot, to: second)

        let ledger = try RecordedPeer.ledgerOnDisk(second)
        defer { ledger.close() }
        let channel = try PeerChannel(
            opening: ledger, id: ChannelID(validating: "trade"), settings: RecordedPeer.settings())
        // What a stock peer answers of a ledger that began from a snapshot, before and after its first own block.
        let recordedHeaders = try RecordedPeer.ordererBlocks().map { try Block(decoding: $0).header }
        #expect(
            LedgerQuerier.chainInfo(of: ledger).payload
                == Self.chainInfo(at: height, recordedHeaders, snapshotHeight: height).encoded())
        for block in try RecordedPeer.ordererBlocks().dropFirst(height) { try await channel.commit(block) }

        // The stored blocks carry codes and commit hashes, which follow from state, ids and configuration.
        let recorded = try GoldenFiles.trade.blocks()
        for number in height..<recorded.count {
            #expect(try ledger.store.block(BlockNumber(number)) == recorded[number], "block \(number)")
        }
        #expect(try ledger.store.block(BlockNumber(height - 1)) == nil)
        #expect(
            LedgerQuerier.chainInfo(of: ledger).payload
                == Self.chainInfo(at: recorded.count, recordedHeaders, snapshotHeight: height).encoded())
    }

    private static func chainInfo(
        at height: Int, _ headers: [BlockHeader], snapshotHeight: Int
    ) -> BlockchainInfo {
        BlockchainInfo(
            height: UInt64(height), currentBlockHash: headers[height - 1].hash.bytes,
            previousBlockHash: headers[height - 1].previousHash,
            bootstrappingSnapshotInfo: BootstrappingSnapshotInfo(lastBlockInSnapshot: UInt64(snapshotHeight - 1)))
    }
}
