import FabricTypes
import GoldenLedger
import LedgerCore
import LedgerTestKit
import Testing

@Suite("Chaincode definitions")
struct DefinitionReaderTests {
    @Test("the recorded definitions are read from the state, each at its height")
    func recordedDefinitions() throws {
        let snapshots = try RecordedReplay.trade().snapshots
        for json in try GoldenFiles.trade.json("config/definitions.json").array {
            let name = Bytes(try json["chaincode"].string)
            let sequence = try json["sequence"].integer
            let height = try Self.height(ofCommit: json["committedBy"].string)
            let definition = try #require(try DefinitionReader(snapshots[height]).definition(of: name))

            #expect(definition.sequence == sequence)
            #expect(try definition.version == Bytes(json["version"].string))
            #expect(try definition.isInitRequired == json["initRequired"].bool)
            #expect(definition.endorsementPlugin == Bytes("escc"))
            #expect(definition.validationPlugin == Bytes("vscc"))
            let names = json["collections"].isNull ? [] : try json["collections"].array.map { try $0["name"].string }
            #expect(definition.collections.map(\.name) == names.map { Bytes($0) })
            let before = try DefinitionReader(snapshots[height - 1]).definition(of: name)
            #expect(before?.sequence == (sequence == 1 ? nil : sequence - 1))
        }
    }

    @Test("the names of all chaincodes are listed, and nothing else")
    func names() throws {
        let snapshots = try RecordedReplay.trade().snapshots
        let all = ["goods", "notes", "panel", "pool", "vault"].map { Bytes($0) }
        #expect(try DefinitionReader(snapshots[110]).names() == all)
        #expect(try DefinitionReader(snapshots[1]).names() == [])
    }

    @Test("_lifecycle is always defined, an unknown name is not")
    func builtIn() throws {
        let reader = DefinitionReader(InMemoryLedger().inMemorySnapshot())
        #expect(try reader.definition(of: Bytes("_lifecycle"))?.collections == [])
        #expect(try reader.definition(of: Bytes("ghost")) == nil)
        #expect(try reader.collection(CollectionID(namespace: Bytes("ghost"), collection: Bytes("c"))) == nil)
    }

    @Test("a collection is explicit or an organisation's own")
    func collections() throws {
        let reader = DefinitionReader(try RecordedReplay.trade().snapshots[110])
        func collection(_ name: String) throws -> StaticCollectionConfig? {
            try reader.collection(CollectionID(namespace: Bytes("goods"), collection: Bytes(name)))
        }
        #expect(try collection("brief")?.blocksToLive == 3)
        #expect(try collection("strict")?.isMemberOnlyWrite == true)
        #expect(try collection("nothing") == nil)

        let implicit = try #require(try collection("_implicit_org_AlderMSP"))
        #expect(implicit.blocksToLive == 0)
        #expect(implicit.maximumPeerCount == 0)
        let alder = try MSPID(validating: "AlderMSP")
        #expect(ImplicitCollection.organization(of: implicit.name) == alder)
        #expect(ImplicitCollection.organization(of: Bytes("pair")) == nil)
        #expect(
            implicit.memberOrganizationsPolicy?.signaturePolicy?.identities
                == [MSPPrincipal(MSPRole(.member, of: alder))])
    }

    @Test("what stands under a name and is no definition is an error that says so")
    func unreadable() throws {
        let name = Bytes("odd")
        func load(_ state: [Bytes: Bytes]) throws -> ChaincodeDefinition? {
            try ChaincodeDefinition.load(name) { state[$0] }
        }
        let definition = LifecycleStateMetadata(
            datatype: LifecycleKeys.definitionDatatype, fields: LifecycleKeys.Field.allCases.map(\.name))
        let metadataKey = LifecycleKeys.metadata(of: name)

        // Missing fields read as defaults.
        #expect(try load([metadataKey: definition.encoded()])?.sequence == 0)
        let other = LifecycleStateMetadata(datatype: Bytes("Other"), fields: [])
        #expect(throws: DefinitionError.self) { try load([metadataKey: other.encoded()]) }
        #expect(throws: DefinitionError.self) { try load([metadataKey: [0xFF]]) }
        for field in LifecycleKeys.Field.allCases {
            let key = LifecycleKeys.field(field, of: name)
            #expect(throws: DefinitionError.self) {
                try load([metadataKey: definition.encoded(), key: LifecycleStateData(.text(Bytes("x"))).encoded()])
            }
            #expect(throws: DefinitionError.self) { try load([metadataKey: definition.encoded(), key: [0x12]]) }
        }
    }

    @Test("the cache serves each reader the definition of its height")
    func cache() throws {
        let replay = try RecordedReplay.trade()
        let cache = DefinitionCache()
        let goods = Bytes("goods")
        // Block 105 brings sequence 2.
        let (old, new) = (replay.snapshots[105], replay.snapshots[106])
        #expect(try cache.definition(of: goods, in: old)?.sequence == 1)

        var updates = StateTransition(block: 105, over: old)
        let block = try Block(decoding: GoldenFiles.trade.bytes("blocks/000105.block"))
        let payload = try #require(RecordedReplay.headers(of: block.data.entries[0]).payload)
        let verdict = try updates.append(ReadWriteSet(decoding: RecordedReplay.results(of: payload)), at: 0)
        #expect(verdict == .valid)
        cache.willCommit(updates.updates, of: 105)

        for _ in 0..<2 {
            #expect(try cache.definition(of: goods, in: old)?.sequence == 1)
            #expect(try cache.definition(of: goods, in: new)?.sequence == 2)
        }
        #expect(try cache.definition(of: Bytes("notes"), in: new)?.sequence == 1)
    }

    /// The height at which the effects of a recorded transaction show.
    private static func height(ofCommit label: String) throws -> Int {
        for block in try GoldenFiles.trade.json("expected/blocks.json").array {
            let labels = try block["transactions"].array.map { $0["label"] }
            if labels.contains(.string(label)) { return Int(try block["number"].integer) + 1 }
        }
        throw RecordedReplay.Mismatch(description: "no transaction \(label)")
    }
}
