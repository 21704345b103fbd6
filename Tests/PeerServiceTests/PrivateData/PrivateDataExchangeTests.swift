internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore
internal import Testing

@testable internal import PeerService

@Suite("Private data among the peers of a process")
struct PrivateDataExchangeTests {
    @Test("one peer that has the data supplies the members, and nobody else")
    func pulled() async throws {
        let exchange = PrivateDataExchange()
        // Only the first peer of Alder has what it had; what was only Cedar's nobody has.
        var channels: [String: PeerChannel] = [:]
        for name in RecordedPeer.names {
            let ledger = RecordedPeer.ledgerInMemory()
            if name == RecordedPeer.names[0] { try RecordedPeer.keepPrivateData(of: name, in: ledger.transientStore) }
            channels[name] = try RecordedPeer.begin(RecordedPeer.settings(name, exchange: exchange), in: ledger)
        }
        for block in try RecordedPeer.ordererBlocks().dropFirst() {
            for name in RecordedPeer.names { try await channels[name]?.commit(block) }
        }
        let alder = try #require(channels[RecordedPeer.names[0]])
        let birch = try #require(channels["peer0.birch.example"])
        let cedar = try #require(channels["peer0.cedar.example"])
        let second = try #require(channels["peer1.alder.example"])
        var shared = 0
        for number in 0..<alder.ledger.height {
            // Block 38 purges keys, its own writes of them too: whoever asks after that gets no more than what is left.
            let (own, others) = try (
                second.ledger.privateSets(ofBlock: number), alder.ledger.privateSets(ofBlock: number)
            )
            #expect(number == 38 ? own == Array(others.dropFirst(2)) : own == others, "block \(number)")
            shared += try Self.collections(birch, number).filter { $0.collection == Bytes("pair") }.count
            #expect(try !Self.collections(birch, number).contains { $0.collection == Bytes("audit") })
            #expect(try !Self.collections(cedar, number).contains { $0.collection == Bytes("pair") })
        }
        #expect(shared > 5)
        #expect(try (0..<110).contains { try Self.collections(cedar, $0).contains { $0.collection == Bytes("audit") } })
        for number in 0..<BlockNumber(110) {
            #expect(try birch.ledger.block(number) == alder.ledger.block(number))
        }
    }

    private static func collections(_ channel: PeerChannel, _ number: BlockNumber) throws -> [CollectionID] {
        try channel.ledger.privateSets(ofBlock: number).flatMap { set in
            set.set.namespaces.flatMap { namespace in
                namespace.collections.map {
                    CollectionID(namespace: namespace.namespace, collection: $0.collection)
                }
            }
        }
    }

    private struct Network {
        let exchange = PrivateDataExchange()
        let peers: [String: Peer]

        init(height: Int) async throws {
            var peers: [String: Peer] = [:]
            for name in RecordedPeer.names {
                let peer = try Peer(
                    settings: RecordedPeer.settings(name, exchange: exchange), ledgers: InMemoryLedgers())
                try await RecordedPeer.advance(peer, to: height)
                peers[name] = peer
            }
            self.peers = peers
        }

        func distribute(_ collection: String, requiring required: Int32, atMost maximum: Int32) throws {
            let peer = try #require(peers[RecordedPeer.names[0]])
            let channel = try #require(peer.channels.first)
            var content = TxPvtReadWriteSetWithConfigInfo()
            let set = CollectionPvtReadWriteSet(collection: Bytes(collection), readWriteSet: Bytes("writes"))
            content.privateSet = TxPvtReadWriteSet(
                namespaces: [NsPvtReadWriteSet(namespace: Bytes("goods"), collections: [set])])
            var changed = try #require(try Self.collection(collection, of: channel))
            changed.requiredPeerCount = required
            changed.maximumPeerCount = maximum
            content.collectionConfigs = [Bytes("goods"): CollectionConfigPackage([changed])]
            try PrivateDataDistribution(peer: peer).distribute(
                content, ofTransaction: Bytes("tx"), height: channel.ledger.height, channel: channel)
        }

        private static func collection(_ name: String, of channel: PeerChannel) throws -> StaticCollectionConfig? {
            func read(_ snapshot: some LedgerSnapshot) throws -> StaticCollectionConfig? {
                try DefinitionReader(snapshot).definition(of: Bytes("goods"))?.collection(named: Bytes(name))
            }
            return try read(channel.ledger.snapshot())
        }

        func holders() throws -> [String] {
            try peers.filter { try !$0.value.channels[0].transientStore.contents(ofTransaction: Bytes("tx")).isEmpty }
                .keys.sorted()
        }
    }

    @Test("a simulation's data goes to one member of each organisation first, and no further than allowed")
    func pushed() async throws {
        for (maximum, holders) in [
            (Int32(0), ["peer0.alder.example"]), (1, ["peer0.alder.example", "peer0.birch.example"]),
            (2, ["peer0.alder.example", "peer0.birch.example", "peer1.alder.example"]),
            (9, ["peer0.alder.example", "peer0.birch.example", "peer1.alder.example"]),
        ] {
            let network = try await Network(height: 40)
            try network.distribute("pair", requiring: 0, atMost: maximum)
            #expect(try network.holders() == holders, "at most \(maximum)")
        }
    }

    @Test("a collection that requires more peers than there are is refused with Fabric's words")
    func tooFewPeers() async throws {
        let network = try await Network(height: 40)
        try network.distribute("strict", requiring: 2, atMost: 2)
        let error = #expect(throws: PeerError.self) { try network.distribute("strict", requiring: 3, atMost: 3) }
        #expect(
            error?.message
                == "could not build private data dissemination plan for chaincode goods and collection strict: "
                + "required to disseminate to at least 3 peers, but know of only 2 eligible peers")
    }

    @Test("data that is missing is recorded and the block goes on")
    func missing() async throws {
        let channel = try RecordedPeer.begin(RecordedPeer.settings())
        for block in try RecordedPeer.ordererBlocks().dropFirst() { try await channel.commit(block) }
        for (number, block) in try GoldenFiles.trade.blocks().enumerated() {
            #expect(try channel.ledger.block(BlockNumber(number)) == block)
            #expect(try channel.ledger.privateSets(ofBlock: BlockNumber(number)).isEmpty)
        }
    }
}
