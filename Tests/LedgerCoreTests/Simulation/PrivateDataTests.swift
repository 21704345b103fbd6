import FabricTypes
import LedgerCore
import Testing

@Suite("Private data")
struct PrivateDataTests {
    private static let id = CollectionID(namespace: Bytes("n"), collection: Bytes("c"))

    private static func ledger() throws -> SmallLedger {
        var ledger = SmallLedger()
        try ledger.define("n", collections: ["c", "d"])
        return ledger
    }

    private static func collection(_ result: SimulationResult) throws -> CollectionReadWriteSet {
        try #require(result.readWriteSet.namespaces.first { $0.namespace == Bytes("n") }?.collections.first)
    }

    private static func privateSet(_ result: SimulationResult) throws -> KVRWSet {
        let set = try #require(result.privateSet?.namespaces.first?.collections.first)
        #expect(Digest(of: set.readWriteSet).bytes == (try collection(result).privateSetHash))
        return try KVRWSet(decoding: set.readWriteSet)
    }

    @Test("a private write is hashes in public and plain in private, in the order of plain keys")
    func writes() throws {
        var simulator = try Self.ledger().simulator()
        for key in ["k3", "k1", "k2"] { try simulator.putPrivate(Bytes("v-\(key)"), at: Bytes(key), in: Self.id) }
        try simulator.deletePrivate(Bytes("k2"), in: Self.id)
        try simulator.purgePrivate(Bytes("k4"), in: Self.id)
        let result = try simulator.finish()

        let writes = try Self.collection(result).hashedSet.writes
        #expect(
            writes == [
                KVWriteHash(key: Bytes("k1"), value: Bytes("v-k1")), KVWriteHash(key: Bytes("k2"), value: Bytes()),
                KVWriteHash(key: Bytes("k3"), value: Bytes("v-k3")),
                KVWriteHash(key: Bytes("k4"), value: Bytes(), isPurge: true),
            ])
        #expect(writes[3].isDelete)
        #expect(
            try Self.privateSet(result).writes == [
                KVWrite(key: Bytes("k1"), value: Bytes("v-k1")), KVWrite(key: Bytes("k2"), value: Bytes()),
                KVWrite(key: Bytes("k3"), value: Bytes("v-k3")), KVWrite(key: Bytes("k4"), value: Bytes()),
            ])
        let calls = result.interest.chaincodeInterest { $0 == LifecycleKeys.namespace }.chaincodes
        #expect(calls == [ChaincodeCall(name: Bytes("n"), collectionNames: [Bytes("c")], noPrivateReads: true)])
    }

    @Test("using private data reads the chaincode's definition")
    func definitionReads() throws {
        var simulator = try Self.ledger().simulator()
        _ = try simulator.privateValueHash(of: Bytes("k"), in: Self.id)
        let reads = try simulator.finish().readWriteSet.namespaces[0]
        #expect(reads.namespace == LifecycleKeys.namespace)
        let keys =
            LifecycleKeys.Field.allCases.map { LifecycleKeys.field($0, of: Bytes("n")) }
            + [LifecycleKeys.metadata(of: Bytes("n"))]
        #expect(reads.publicSet.reads.map(\.key) == keys.sorted())
    }

    @Test("collections that nobody defined are refused in Fabric's words")
    func unknownCollections() throws {
        let alder = try MSPID(validating: "AlderMSP")
        var simulator = try Self.ledger().simulator(organizations: [alder])
        func message(_ namespace: String, _ collection: Bytes) -> String? {
            let id = CollectionID(namespace: Bytes(namespace), collection: collection)
            return #expect(throws: SimulationError.self) {
                try simulator.putPrivate(Bytes("v"), at: Bytes("k"), in: id)
            }?.message
        }
        #expect(
            message("n", Bytes("x")) == "collection [x] not defined in the collection config for chaincode [n]")
        #expect(
            message("ghost", Bytes("c"))
                == "collection config not defined for chaincode [ghost], "
                + "pass the collection configuration upon chaincode definition/instantiation")
        let foreign = ImplicitCollection.name(of: try MSPID(validating: "NobodyMSP"))
        #expect(message("n", foreign)?.contains("_implicit_org_NobodyMSP") == true)
        let own = CollectionID(namespace: Bytes("n"), collection: ImplicitCollection.name(of: alder))
        try simulator.putPrivate(Bytes("v"), at: Bytes("k"), in: own)
        #expect(try simulator.collection(own)?.blocksToLive == 0)
        #expect(try simulator.collection(Self.id)?.name == Bytes("c"))
        let none = CollectionID(namespace: Bytes("n"), collection: Bytes("x"))
        #expect(try simulator.collection(none) == nil)
    }

    @Test("a read is recorded by hash, and needs the value that the channel agreed on")
    func reads() throws {
        var ledger = try Self.ledger()
        var writer = ledger.simulator()
        try writer.putPrivate(Bytes("v"), at: Bytes("k"), in: Self.id)
        let written = try writer.finish()
        try ledger.commit(written)

        var reader = ledger.simulator()
        #expect(try reader.privateValue(of: Bytes("k"), in: Self.id) == Bytes("v"))
        #expect(try reader.privateValue(of: Bytes("x"), in: Self.id) == nil)
        #expect(try reader.privateValueHash(of: Bytes("k"), in: Self.id) == Digest(of: Bytes("v")).bytes)
        let result = try reader.finish()
        let reads = try Self.collection(result)
        #expect(reads.privateSetHash.isEmpty)
        #expect(
            reads.hashedSet.reads == [
                KVReadHash(keyHash: Digest(of: Bytes("k")).bytes, version: .at(1)),
                KVReadHash(keyHash: Digest(of: Bytes("x")).bytes, version: nil),
            ])
        let calls = result.interest.chaincodeInterest { $0 == LifecycleKeys.namespace }.chaincodes
        #expect(
            calls == [
                ChaincodeCall(name: Bytes("n")),
                ChaincodeCall(name: Bytes("n"), collectionNames: [Bytes("c")], noPrivateReads: false),
            ])

        // The next write reaches this peer as hashes only.
        try ledger.commit([written.readWriteSet])
        var stale = ledger.simulator()
        let error = #expect(throws: SimulationError.self) { try stale.privateValue(of: Bytes("k"), in: Self.id) }
        #expect(
            error?.message
                == "private data matching public hash version is not available. Public hash version = "
                + "{BlockNum: 2, TxNum: 0}, Private data version = {BlockNum: 1, TxNum: 0}")
        // Several at once are answered as they are.
        #expect(try stale.privateValues(of: [Bytes("k")], in: Self.id) == [Bytes("v")])
    }

    @Test("a private range records nothing, and nothing may be written with it")
    func ranges() throws {
        var ledger = try Self.ledger()
        var writer = ledger.simulator()
        try writer.putPrivate(Bytes("v"), at: Bytes("k"), in: Self.id)
        try ledger.commit(writer.finish())

        var reader = ledger.simulator()
        let query = try reader.openPrivateRange(.all, of: Self.id)
        #expect(try reader.nextBatch(of: query).rows.map(\.key) == [Bytes("k")])
        let refused = #expect(throws: SimulationError.self) {
            try reader.putPrivate(Bytes("v"), at: Bytes("k"), in: Self.id)
        }
        #expect(refused?.code == .readOnly)
        #expect(try reader.finish().readWriteSet.namespaces.map(\.namespace) == [LifecycleKeys.namespace])

        var late = ledger.simulator()
        try late.put(Bytes("1"), at: Bytes("k"), in: Bytes("n"))
        #expect(throws: SimulationError.self) { try late.openPrivateRange(.all, of: Self.id) }
    }

    @Test("metadata is public, its private side holds the key alone; the value follows its version")
    func metadata() throws {
        var ledger = try Self.ledger()
        var writer = ledger.simulator()
        try writer.putPrivate(Bytes("v"), at: Bytes("k"), in: Self.id)
        try ledger.commit(writer.finish())
        let entry = KVMetadataEntry(name: Bytes("m"), value: Bytes("p"))
        var setter = ledger.simulator()
        try setter.putPrivateMetadata([entry], of: Bytes("k"), in: Self.id)
        let result = try setter.finish()
        #expect(
            try Self.privateSet(result).metadataWrites == [KVMetadataWrite(key: Bytes("k"), entries: [])])
        try ledger.commit(result)

        var reader = ledger.simulator()
        #expect(try reader.privateValue(of: Bytes("k"), in: Self.id) == Bytes("v"))
        #expect(try reader.privateMetadata(of: Bytes("k"), in: Self.id) == [entry])
        #expect(try ledger.snapshot.privateValue(of: Bytes("k"), in: Self.id)?.version == .at(2))
    }

    @Test("private writes without the hash that their transaction states are left out")
    func wrongHash() throws {
        let ledger = try Self.ledger()
        var writer = ledger.simulator()
        try writer.putPrivate(Bytes("v"), at: Bytes("k"), in: Self.id)
        let result = try writer.finish()
        var transition = StateTransition(block: ledger.height, over: ledger.snapshot)
        _ = try transition.append(result.readWriteSet, at: 0)
        var forged = KVRWSet()
        forged.writes = [KVWrite(key: Bytes("k"), value: Bytes("other"))]
        let other = CollectionPvtReadWriteSet(collection: Bytes("c"), readWriteSet: forged.encoded())
        let unknown = CollectionPvtReadWriteSet(collection: Bytes("z"), readWriteSet: forged.encoded())
        let set = TxPvtReadWriteSet(
            namespaces: [NsPvtReadWriteSet(namespace: Bytes("n"), collections: [other, unknown])])
        let refused = try transition.append([
            PrivateWriteSet(transactionIndex: 0, set: set), PrivateWriteSet(transactionIndex: 7, set: set),
        ])
        #expect(
            refused == [
                MissingPrivateSet(transactionIndex: 0, collection: Self.id),
                MissingPrivateSet(
                    transactionIndex: 0,
                    collection: CollectionID(namespace: Bytes("n"), collection: Bytes("z"))),
            ])
        #expect(transition.updates.privateState.isEmpty)
    }
}

@Suite("Expiry of private data")
struct ExpiryTests {
    private static let id = CollectionID(namespace: Bytes("n"), collection: Bytes("c"))

    private struct World {
        var ledger = SmallLedger()

        init(blocksToLive: UInt64) throws {
            ledger.blocksToLive[ExpiryTests.id] = blocksToLive
            try ledger.define("n", collections: ["c"])
        }

        mutating func write(_ key: String, _ value: String, withPrivateData: Bool = true) throws {
            var simulator = ledger.simulator()
            try simulator.putPrivate(Bytes(value), at: Bytes(key), in: ExpiryTests.id)
            let result = try simulator.finish()
            if withPrivateData {
                try ledger.commit(result)
            } else {
                try ledger.commit([result.readWriteSet])
            }
        }

        mutating func pass() throws { try ledger.commit([]) }

        func isThere(_ key: String) throws -> (hash: Bool, value: Bool) {
            let snapshot = ledger.snapshot
            return (
                try snapshot.hashedVersion(of: Digest(of: Bytes(key)).bytes, in: ExpiryTests.id) != nil,
                try snapshot.privateValue(of: Bytes(key), in: ExpiryTests.id) != nil
            )
        }
    }

    @Test("what block b writes lives for n more blocks", arguments: [1, 3] as [UInt64])
    func expires(blocksToLive: UInt64) throws {
        var world = try World(blocksToLive: blocksToLive)
        try world.write("k", "v")
        for _ in 0..<blocksToLive {
            try world.pass()
            #expect(try world.isThere("k") == (true, true))
        }
        try world.pass()
        #expect(try world.isThere("k") == (false, false))
    }

    @Test("a key written again in time stays, also in the very block of expiry")
    func rewritten() throws {
        var world = try World(blocksToLive: 1)
        try world.write("k", "1")
        try world.pass()
        try world.write("k", "2")
        #expect(try world.isThere("k") == (true, true))
        try world.pass()
        #expect(try world.isThere("k") == (true, true))
        try world.pass()
        #expect(try world.isThere("k") == (false, false))
    }

    @Test("a hash expires without private data; an old value goes though a newer hash stays")
    func missingData() throws {
        var world = try World(blocksToLive: 2)
        try world.write("hash", "1", withPrivateData: false)
        try world.pass()
        try world.pass()
        try world.pass()
        #expect(try world.isThere("hash") == (false, false))

        try world.write("k", "1")
        try world.write("k", "2", withPrivateData: false)
        try world.pass()
        #expect(try world.isThere("k") == (true, true))
        try world.pass()
        #expect(try world.isThere("k") == (true, false))
        try world.pass()
        #expect(try world.isThere("k") == (false, false))
    }

    @Test(
        "a life beyond the last block number has no end, and neither has one of 0",
        arguments: [0, UInt64.max, UInt64.max - 1] as [UInt64])
    func forEver(blocksToLive: UInt64) throws {
        var world = try World(blocksToLive: blocksToLive)
        try world.write("k", "v")
        for _ in 0..<3 { try world.pass() }
        #expect(try world.isThere("k") == (true, true))
    }

    @Test("write sets of short-lived collections are to be erased with the same block")
    func writeSets() {
        let set = TxPvtReadWriteSet(namespaces: [
            NsPvtReadWriteSet(
                namespace: Bytes("n"),
                collections: [
                    CollectionPvtReadWriteSet(collection: Bytes("c"), readWriteSet: Bytes()),
                    CollectionPvtReadWriteSet(collection: Bytes("d"), readWriteSet: Bytes()),
                ])
        ])
        let other = CollectionID(namespace: Bytes("n"), collection: Bytes("e"))
        let expiries = PrivateSetLifetime.expiries(
            of: 10, sets: [PrivateWriteSet(transactionIndex: 0, set: set)],
            missing: [MissingPrivateSet(transactionIndex: 1, collection: other)]
        ) { $0 == Self.id ? 3 : $0 == other ? 1 : 0 }
        #expect(expiries == [Self.id: 14, other: 12])
    }
}
