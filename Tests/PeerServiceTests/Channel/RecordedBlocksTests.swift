internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore
internal import PeerService
internal import Testing

@Suite("The recorded blocks through a channel")
struct RecordedBlocksTests {
    enum Store: CaseIterable {
        case memory, disk
    }

    @Test("every block and the private data come out as the recorded peer had them", arguments: Store.allCases)
    func blocksAreEqual(store: Store) async throws {
        try await withTemporaryFolder { path in
            let ledger = store == .memory ? RecordedPeer.ledgerInMemory() : try RecordedPeer.ledgerOnDisk(path)
            let channel = try await RecordedPeer.channel(in: ledger)
            for (number, block) in try GoldenFiles.trade.blocks().enumerated() {
                #expect(try channel.ledger.block(BlockNumber(number)) == block, "block \(number)")
            }
            #expect(channel.configBlockNumber == 98)
            try Self.expectPrivateData(channel, of: RecordedPeer.names[0])
            try Self.expectState(channel)
            channel.close()
        }
    }

    @Test("each recorded peer holds its own part of the private data", arguments: RecordedPeer.names)
    func privateData(name: String) async throws {
        let channel = try await RecordedPeer.channel(of: name)
        try Self.expectPrivateData(channel, of: name)
        // What waited for its block waits no longer.
        #expect(try channel.transientStore.lowestHeight() == nil)
    }

    private static func expectPrivateData(_ channel: PeerChannel, of name: String) throws {
        let expected = try RecordedPeer.privateSetsAtEnd(of: name)
        for number in 0..<channel.ledger.height {
            #expect(try channel.ledger.privateSets(ofBlock: number) == expected[number] ?? [], "block \(number)")
        }
        let snapshot = try channel.ledger.snapshot()
        defer { snapshot.close() }
        for (namespace, collections) in try GoldenFiles.trade.json("expected/state.json")["private"][name].object {
            for (collection, rows) in try collections.object {
                let id = CollectionID(namespace: Bytes(namespace), collection: Bytes(collection))
                for row in try rows.array {
                    let state = try snapshot.privateValue(of: row["keyHex"].hex, in: id)
                    #expect(try state?.value == row["value"].base64, "\(row["keyHex"])")
                }
            }
        }
    }

    private static func expectState(_ channel: PeerChannel) throws {
        let snapshot = try channel.ledger.snapshot()
        defer { snapshot.close() }
        for (namespace, rows) in try GoldenFiles.trade.json("expected/state.json")["public"].object {
            for row in try rows.array {
                let state = try snapshot.value(of: row["keyHex"].hex, in: Bytes(namespace))
                #expect(try state?.value == row["value"].base64, "\(row["keyHex"])")
            }
        }
    }

    @Test("forged variants of the next block are refused, and the channel goes on with the right one")
    func forgedBlocks() async throws {
        let channel = try await RecordedPeer.channel()
        let refused = try GoldenFiles.trade.names(in: "forged/refused").filter { $0.hasSuffix(".block") }
        #expect(refused.count > 5)
        for name in refused {
            let block = try GoldenFiles.trade.bytes("forged/refused/\(name)")
            await #expect(throws: BlockRefusal.self, "\(name)") { try await channel.commit(block) }
            #expect(channel.commits.height == 110)
        }
        for name in try GoldenFiles.trade.names(in: "forged") where name.hasSuffix(".block") {
            let block = try Block(decoding: GoldenFiles.trade.bytes("forged/\(name)"))
            try await channel.commit(block.withoutPeerSlots.encoded())
            #expect(try channel.ledger.block(block.number) == block.encoded(), "\(name)")
        }
    }

    @Test("blocks that repeat, skip or are none are refused and change nothing")
    func wrongBlocks() async throws {
        let channel = try await RecordedPeer.channel(height: 20)
        let blocks = try RecordedPeer.ordererBlocks()
        let wrong = [blocks[19], blocks[0], blocks[21], Bytes(), Bytes([0xFF, 0xFF]), blocks[20][0..<100]]
        for block in wrong {
            await #expect(throws: BlockRefusal.self) { try await channel.commit(block) }
        }
        try await channel.commit(blocks[20])
        #expect(channel.commits.height == 21)
    }

    @Test("a channel is continued where its ledger ends")
    func reopened() async throws {
        try await withTemporaryFolder { path in
            let blocks = try RecordedPeer.ordererBlocks()
            let first = try RecordedPeer.ledgerOnDisk(path)
            try RecordedPeer.keepPrivateData(of: RecordedPeer.names[0], in: first.transientStore)
            try RecordedPeer.begin(RecordedPeer.settings(), in: first).close()
            var height = 1
            for end in [40, 41, 95, 110] {
                let ledger = try RecordedPeer.ledgerOnDisk(path)
                let channel = try PeerChannel(
                    opening: ledger, id: ChannelID(validating: "trade"), settings: RecordedPeer.settings())
                #expect(channel.commits.height == BlockNumber(height))
                for block in blocks[height..<end] { try await channel.commit(block) }
                height = end
                if end == 110 { try Self.expectPrivateData(channel, of: RecordedPeer.names[0]) }
                channel.close()
            }
        }
    }
}
