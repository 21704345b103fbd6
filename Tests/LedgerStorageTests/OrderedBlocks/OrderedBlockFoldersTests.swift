internal import FabricTypes
internal import Foundation
internal import GoldenLedger
internal import LedgerStorage
internal import OrderingCore
internal import Testing

@Suite("An orderer's channels on disk")
struct OrderedBlockFoldersTests {
    private func blocks(_ count: Int = 3) throws -> [Bytes] {
        try GoldenFiles.trade.blocks().prefix(count).map { try Block(decoding: $0).withoutPeerSlots.encoded() }
    }

    @Test("channels are made, grow, are found again, and are removed for good")
    func life() throws {
        try withTemporaryFolder { path in
            let trade = try ChannelID(validating: "trade")
            let other = try ChannelID(validating: "other.channel")
            let blocks = try blocks()
            do {
                let folders = try OrderedBlockFolders(path: path)
                #expect(try folders.channels().isEmpty)
                let log = try folders.create(trade, genesis: blocks[0])
                _ = try folders.create(other, genesis: blocks[0])
                try log.append([(1, blocks[1]), (2, blocks[2])])
                #expect(log.height == 3)
                #expect(log.hasRoom)
                #expect(throws: StorageError.self) { try log.block(3) }
            }
            let folders = try OrderedBlockFolders(path: path)
            #expect(try Set(folders.channels()) == [trade, other])
            let log = try folders.open(trade)
            #expect(try (0..<log.height).map { try log.block($0) } == blocks)
            try folders.remove(trade)
            #expect(try folders.channels() == [other])
            _ = try folders.create(trade, genesis: blocks[0])
            #expect(try folders.open(trade).height == 1)
            #expect(throws: StorageError.self) { try folders.create(trade, genesis: blocks[0]) }
        }
    }

    @Test("a second process is kept out")
    func lock() throws {
        try withTemporaryFolder { path in
            let folders = try OrderedBlockFolders(path: path)
            let error = #expect(throws: StorageError.self) { try OrderedBlockFolders(path: path) }
            #expect(error?.code == .locked)
            withExtendedLifetime(folders) {}
        }
    }

    @Test("what a process left half made or half removed is no channel, and is cleared away")
    func leftovers() throws {
        try withTemporaryFolder { path in
            for name in [".new-trade", ".removed-other"] {
                try FileManager.default.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: true)
                try Data("half".utf8).write(to: URL(filePath: "\(path)/\(name)/blocks"))
            }
            let folders = try OrderedBlockFolders(path: path)
            #expect(try folders.channels().isEmpty)
            #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["LOCK"])
        }
    }

    @Test("a disk with less than the reserve left has no room")
    func reserve() throws {
        try withTemporaryFolder { path in
            let folders = try OrderedBlockFolders(path: path, reservedByteCount: .max)
            let log = try folders.create(try ChannelID(validating: "trade"), genesis: blocks()[0])
            #expect(!log.hasRoom)
        }
    }
}
