internal import FabricTypes
internal import Foundation
internal import GoldenLedger
internal import Testing

@testable internal import LedgerStorage

@Suite("Block files of a Fabric peer")
struct FabricBlockFilesTests {
    @Test("blocks come back as they were stored, across files")
    func blocksComeBack() throws {
        let blocks = try BlockFileFixture.goldenBlocks(0..<12)
        try withTemporaryFolder { folder in
            try BlockFileFixture.write(blocks, perFile: 5, to: folder)
            var files = try FabricBlockFiles(folder: folder)
            #expect(files.entryCount == 12)
            #expect(try files.rest().map(\.block) == blocks)
        }
    }

    @Test("an empty last file, as a peer leaves it after rolling over, is no block")
    func emptyLastFile() throws {
        let blocks = try BlockFileFixture.goldenBlocks(0..<2)
        try withTemporaryFolder { folder in
            try BlockFileFixture.write(blocks, perFile: 2, to: folder)
            try Data().write(to: folder.appending(path: "blockfile_000001"))
            var files = try FabricBlockFiles(folder: folder)
            #expect(try files.rest().map(\.block) == blocks)
        }
    }

    @Test("a torn tail is reported with its place, whatever byte it ends at")
    func tornTail() throws {
        let blocks = try BlockFileFixture.goldenBlocks(1..<3)
        let whole = BlockFileFixture.record(blocks[0])
        let torn = BlockFileFixture.record(blocks[1])
        try withTemporaryFolder { folder in
            for count in [1, 2, 3, 100, torn.count - 1] {
                try Data(whole + torn.prefix(count)).write(to: folder.appending(path: "blockfile_000000"))
                var files = try FabricBlockFiles(folder: folder)
                let entries = try files.rest()
                #expect(entries.count == 2)
                #expect(entries.first?.block == blocks[0])
                #expect(entries.last?.damage?.message.contains("at byte \(whole.count)") == true)
            }
        }
    }

    @Test("a damaged record is reported by its number and the blocks behind it are read")
    func damagedRecord() throws {
        let blocks = try BlockFileFixture.goldenBlocks(3..<6)
        // The first length inside the second record is made to reach past its end.
        var damaged = BlockFileFixture.record(blocks[1])
        let numberPosition = try #require(damaged.firstIndex { $0 < 0x80 }) + 1
        damaged[numberPosition + 1] = 0xFF
        try withTemporaryFolder { folder in
            let content = BlockFileFixture.record(blocks[0]) + damaged + BlockFileFixture.record(blocks[2])
            try Data(content).write(to: folder.appending(path: "blockfile_000000"))
            var files = try FabricBlockFiles(folder: folder)
            let entries = try files.rest()
            #expect(entries.map(\.block) == [blocks[0], nil, blocks[2]])
            #expect(entries[1].damage?.number == 4)
        }
    }

    @Test("a length that is none loses the rest of the file and nothing else")
    func lostRest() throws {
        let blocks = try BlockFileFixture.goldenBlocks(3..<5)
        try withTemporaryFolder { folder in
            let lost = BlockFileFixture.record(blocks[0]) + [UInt8](repeating: 0xFF, count: 40)
            try Data(lost).write(to: folder.appending(path: "blockfile_000000"))
            try Data(BlockFileFixture.record(blocks[1])).write(to: folder.appending(path: "blockfile_000001"))
            var files = try FabricBlockFiles(folder: folder)
            let entries = try files.rest()
            #expect(entries.map(\.block) == [blocks[0], nil, blocks[1]])
        }
    }

    @Test("mutated records are blocks or damage, never a crash", arguments: Seeds.sample(4))
    func mutatedRecords(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let contents = try BlockFileFixture.goldenBlocks(52..<56).map(BlockFileFixture.content)
        for _ in 0..<500 {
            guard let content = contents.randomElement(using: &generator) else { continue }
            let mutated = Bytes(generator.mutated(content))
            do throws(FabricBlockRecord.Damage) {
                let block = try FabricBlockRecord.block(mutated)
                #expect(Bytes(BlockFileFixture.content(block)).count <= mutated.count, "seed \(seed)")
            } catch {
                #expect(!error.reason.isEmpty, "seed \(seed)")
            }
        }
    }
}
