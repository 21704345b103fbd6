internal import FabricTypes
internal import Foundation
internal import GoldenLedger
internal import LedgerStorage
internal import Testing

@Suite("Stored blocks")
struct StoredBlocksTests {
    @Test("a folder of block files is read in the order of the numbers within")
    func folderOrder() throws {
        let blocks = try BlockFileFixture.goldenBlocks(0..<4)
        try withTemporaryFolder { folder in
            for (name, block) in zip(["z", "b-10", "a", "b-9"], blocks) {
                try Data(block.encoded().array).write(to: folder.appending(path: "\(name).block"))
            }
            try Data("no block".utf8).write(to: folder.appending(path: "README.md"))
            var reader = try StoredBlocks.open(folder)
            #expect(reader.entryCount == 4)
            #expect(try reader.rest().map(\.block) == blocks)
        }
    }

    @Test("of two copies the validated one is taken; different blocks of one number are damage")
    func copies() throws {
        let validated = try BlockFileFixture.goldenBlocks(3..<4)[0]
        let plain = try Block(decoding: GoldenFiles.trade.bytes("orderer-blocks/000003.block"))
        var other = plain
        other.header.previousHash = Bytes([1])
        try withTemporaryFolder { folder in
            try Data(plain.encoded().array).write(to: folder.appending(path: "3a.block"))
            try Data(validated.encoded().array).write(to: folder.appending(path: "3b.block"))
            var reader = try StoredBlocks.open(folder)
            #expect(try reader.rest().map(\.block) == [validated])

            try Data(other.encoded().array).write(to: folder.appending(path: "3c.block"))
            reader = try StoredBlocks.open(folder)
            let entries = try reader.rest()
            #expect(entries.first?.block == validated)
            #expect(entries.last?.damage?.number == 3)
            #expect(entries.last?.damage?.message.contains("3c.block") == true)
        }
    }

    @Test("a file that is no block is damage of the number in its name")
    func damagedFile() throws {
        let blocks = try BlockFileFixture.goldenBlocks(6..<8)
        try withTemporaryFolder { folder in
            try Data(blocks[0].encoded().array).write(to: folder.appending(path: "000006.block"))
            try Data(blocks[1].encoded().array.dropLast(5)).write(to: folder.appending(path: "000007.block"))
            var reader = try StoredBlocks.open(folder)
            let entries = try reader.rest()
            #expect(entries.map(\.block) == [blocks[0], nil])
            #expect(entries.last?.damage?.number == 7)
        }
    }

    @Test(
        "a peer's ledger folder is entered at every level",
        arguments: [
            "", "ledgersData", "ledgersData/chains", "ledgersData/chains/chains", "ledgersData/chains/chains/trade",
        ])
    func peerFolder(level: String) throws {
        let blocks = try BlockFileFixture.goldenBlocks(0..<2)
        try withTemporaryFolder { folder in
            let channel = folder.appending(path: "ledgersData/chains/chains/trade")
            try FileManager.default.createDirectory(at: channel, withIntermediateDirectories: true)
            try BlockFileFixture.write(blocks, perFile: 2, to: channel)
            // "ledgersData" itself has no blocks, but "chains/chains" below it.
            var reader = try StoredBlocks.open(level.isEmpty ? folder : folder.appending(path: level))
            #expect(try reader.rest().map(\.block) == blocks)
        }
    }

    @Test("several channels are refused by name, an empty or missing folder by path")
    func refusals() throws {
        let blocks = try BlockFileFixture.goldenBlocks(0..<1)
        try withTemporaryFolder { folder in
            #expect { try StoredBlocks.open(folder) } throws: {
                ($0 as? BlockFileError)?.code == .noBlocks
            }
            #expect { try StoredBlocks.open(folder.appending(path: "nowhere")) } throws: {
                ($0 as? BlockFileError)?.code == .unreadable
            }
            for name in ["one", "two"] {
                let channel = folder.appending(path: name)
                try FileManager.default.createDirectory(at: channel, withIntermediateDirectories: true)
                try BlockFileFixture.write(blocks, perFile: 1, to: channel)
            }
            #expect { try StoredBlocks.open(folder) } throws: {
                let error = $0 as? BlockFileError
                return error?.code == .severalChannels && error?.message.contains("\"one\", \"two\"") == true
            }
        }
    }
}
