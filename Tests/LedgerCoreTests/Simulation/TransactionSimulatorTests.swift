import FabricTypes
import LedgerCore
import Testing

@Suite("Simulation of public state")
struct TransactionSimulatorTests {
    private static let n = Bytes("n")

    private static func base() throws -> SmallLedger {
        var ledger = SmallLedger()
        try ledger.commit([.of(writes: [("a", "1"), ("b", "2")], metadata: [("b", "p")])])
        return ledger
    }

    private static func namespace(_ result: SimulationResult, _ name: String = "n") throws -> NamespaceReadWriteSet {
        try #require(result.readWriteSet.namespaces.first { $0.namespace == Bytes(name) })
    }

    @Test("reads see the committed state, never the transaction's own writes")
    func ownWrites() throws {
        var simulator = try Self.base().simulator()
        try simulator.put(Bytes("9"), at: Bytes("a"), in: Self.n)
        try simulator.put(Bytes("9"), at: Bytes("x"), in: Self.n)
        #expect(try simulator.value(of: Bytes("a"), in: Self.n) == Bytes("1"))
        #expect(try simulator.values(of: [Bytes("x"), Bytes("b")], in: Self.n) == [nil, Bytes("2")])
        let query = try simulator.openRange(.all, in: Self.n)
        #expect(try simulator.nextBatch(of: query).rows.map(\.key) == [Bytes("a"), Bytes("b")])
    }

    @Test("everything ascends bytewise, a key stands once, the last write counts")
    func order() throws {
        var simulator = try Self.base().simulator()
        for (namespace, key) in [("z", "k"), ("n", "b"), ("n", "ä"), ("n", "a"), ("n", "b"), ("n", "\u{10FFFF}")] {
            _ = try simulator.value(of: Bytes(key), in: Bytes(namespace))
        }
        try simulator.put(Bytes("1"), at: Bytes("w2"), in: Self.n)
        try simulator.put(Bytes("1"), at: Bytes("w1"), in: Self.n)
        try simulator.delete(Bytes("w2"), in: Self.n)
        let result = try simulator.finish()

        #expect(result.readWriteSet.namespaces.map(\.namespace) == [Self.n, Bytes("z")])
        let set = try Self.namespace(result).publicSet
        #expect(
            set.reads == [
                KVRead(key: Bytes("a"), version: .at(0)), KVRead(key: Bytes("b"), version: .at(0)),
                KVRead(key: Bytes("ä"), version: nil), KVRead(key: Bytes("\u{10FFFF}"), version: nil),
            ])
        #expect(
            set.writes == [
                KVWrite(key: Bytes("w1"), value: Bytes("1")), KVWrite(key: Bytes("w2"), value: Bytes()),
            ])
        #expect(set.writes[1].isDelete)
        #expect(try ReadWriteSet(decoding: result.results) == result.readWriteSet)
        #expect(result.privateSet == nil)
    }

    @Test("nothing touched is an empty set")
    func nothing() throws {
        #expect(try SmallLedger().simulator().finish().results.isEmpty)
    }

    @Test("metadata is sorted by name, no entries remove it, reading it reads the key")
    func metadata() throws {
        var simulator = try Self.base().simulator()
        let entry = { (name: String, value: String) in KVMetadataEntry(name: Bytes(name), value: Bytes(value)) }
        try simulator.putMetadata([entry("z", "1"), entry("y", "2"), entry("z", "3")], of: Bytes("k"), in: Self.n)
        try simulator.putMetadata([], of: Bytes("b"), in: Self.n)
        #expect(try simulator.metadata(of: Bytes("b"), in: Self.n) == [entry("m", "p")])
        #expect(try simulator.metadata(of: Bytes("a"), in: Self.n) == [])
        let set = try Self.namespace(simulator.finish()).publicSet
        #expect(set.reads.map(\.key) == [Bytes("a"), Bytes("b")])
        #expect(
            set.metadataWrites == [
                KVMetadataWrite(key: Bytes("b"), entries: []),
                KVMetadataWrite(key: Bytes("k"), entries: [entry("y", "2"), entry("z", "3")]),
            ])
    }

    @Test("a key that is no text is refused before it can spoil the set")
    func notUTF8() throws {
        var simulator = SmallLedger().simulator()
        let bad: Bytes = [0x61, 0xFF]
        #expect(throws: SimulationError.self) { try simulator.value(of: bad, in: Self.n) }
        #expect(throws: SimulationError.self) { try simulator.put(Bytes("1"), at: bad, in: Self.n) }
        #expect(throws: SimulationError.self) { try simulator.put(Bytes("1"), at: Bytes("k"), in: bad) }
        #expect(throws: SimulationError.self) {
            try simulator.openRange(KeyRange(start: Bytes(), end: bad), in: Self.n)
        }
        #expect(throws: SimulationError.self) {
            try simulator.putMetadata([KVMetadataEntry(name: bad, value: Bytes())], of: Bytes("k"), in: Self.n)
        }
        #expect(try simulator.finish().results.isEmpty)
    }

    @Test("a row of a rich query is a read of its key")
    func richQuery() throws {
        var simulator = try Self.base().simulator()
        try simulator.recordQueryResult(Bytes("a"), in: Self.n, version: .at(0))
        #expect(try Self.namespace(simulator.finish()).publicSet.reads == [KVRead(key: Bytes("a"), version: .at(0))])
    }

    @Test("a document store's rule is kept while simulating")
    func writeRule() throws {
        var simulator = SmallLedger().simulator(writeRule: .document)
        #expect(throws: SimulationError.self) { try simulator.put(Bytes("1"), at: Bytes("_k"), in: Self.n) }
        #expect(throws: SimulationError.self) { try simulator.put(Bytes("{\"_x\":1}"), at: Bytes("k"), in: Self.n) }
        try simulator.put(Bytes("{\"x\":1}"), at: Bytes("k"), in: Self.n)
    }

    @Test("pages and writes exclude each other, in either order")
    func pagesAndWrites() throws {
        var writer = try Self.base().simulator()
        try writer.put(Bytes("1"), at: Bytes("k"), in: Self.n)
        let first = #expect(throws: SimulationError.self) {
            try writer.page(of: .all, in: Self.n, size: 1, bookmark: Bytes())
        }
        #expect(
            first?.message
                == "txid [tx]: unsuppored transaction. Paginated queries are supported only in a read-only transaction")

        var reader = try Self.base().simulator()
        _ = try reader.page(of: .all, in: Self.n, size: 1, bookmark: Bytes())
        let second = #expect(throws: SimulationError.self) { try reader.delete(Bytes("k"), in: Self.n) }
        #expect(second?.code == .readOnly)
        #expect(throws: SimulationError.self) { try reader.putMetadata([], of: Bytes("k"), in: Self.n) }
    }

    @Test("the interest names what was touched and the policies of written keys")
    func interest() throws {
        let policy = SignaturePolicyEnvelope(rule: .signedBy(0), identities: [])
        var ledger = SmallLedger()
        var set = NamespaceReadWriteSet(namespace: Self.n)
        set.publicSet.writes = [KVWrite(key: Bytes("own"), value: Bytes("1"))]
        set.publicSet.metadataWrites = [
            KVMetadataWrite(
                key: Bytes("own"),
                entries: [KVMetadataEntry(name: KeyMetadata.validationParameterName, value: policy.encoded())])
        ]
        try ledger.commit([ReadWriteSet(namespaces: [set])])
        func interest(_ body: (inout TransactionSimulator) throws -> Void) throws -> [ChaincodeCall] {
            var simulator = ledger.simulator()
            try body(&simulator)
            return try simulator.finish().interest.chaincodeInterest { $0 == Bytes("sys") }.chaincodes
        }
        let read = try interest {
            _ = try $0.value(of: Bytes("k"), in: Self.n)
            _ = try $0.value(of: Bytes("k"), in: Bytes("sys"))
        }
        #expect(read == [ChaincodeCall(name: Self.n)])
        let own = try interest { try $0.put(Bytes("2"), at: Bytes("own"), in: Self.n) }
        #expect(own == [ChaincodeCall(name: Self.n, keyPolicies: [policy], disregardNamespacePolicy: true)])
        let both = try interest {
            try $0.put(Bytes("2"), at: Bytes("own"), in: Self.n)
            try $0.put(Bytes("2"), at: Bytes("other"), in: Self.n)
        }
        #expect(both == [ChaincodeCall(name: Self.n, keyPolicies: [policy])])
    }

    @Test("a key whose policy is none cannot be endorsed")
    func unreadablePolicy() throws {
        var ledger = SmallLedger()
        var set = NamespaceReadWriteSet(namespace: Self.n)
        set.publicSet.writes = [KVWrite(key: Bytes("k"), value: Bytes("1"))]
        set.publicSet.metadataWrites = [
            KVMetadataWrite(
                key: Bytes("k"),
                entries: [KVMetadataEntry(name: KeyMetadata.validationParameterName, value: [0xFF])])
        ]
        try ledger.commit([ReadWriteSet(namespaces: [set])])
        var simulator = ledger.simulator()
        try simulator.put(Bytes("2"), at: Bytes("k"), in: Self.n)
        let final = simulator
        let error = #expect(throws: SimulationError.self) { try final.finish() }
        #expect(error?.code == .undecodableKeyPolicy)
    }

    @Test(
        "a contract can use no key that stands for a function's call",
        arguments: ["\0duet.call\0", "\0duet.call\0\(String(repeating: "a", count: 64))\0", "\0duet.call\0x"])
    func reservedKeys(text: String) throws {
        let key = Bytes(text)
        var simulator = try Self.base().simulator()
        func isRefused(_ body: () throws -> Void) {
            #expect { try body() } throws: { ($0 as? SimulationError)?.code == .reservedKey }
        }
        isRefused { _ = try simulator.value(of: key, in: Self.n) }
        isRefused { _ = try simulator.values(of: [Bytes("a"), key], in: Self.n) }
        isRefused { _ = try simulator.metadata(of: key, in: Self.n) }
        isRefused { try simulator.put(Bytes("1"), at: key, in: Self.n) }
        isRefused { try simulator.delete(key, in: Self.n) }
        isRefused { try simulator.putMetadata([], of: key, in: Self.n) }
        try simulator.put(Bytes("1"), at: Bytes("\0duet.calls\0"), in: Self.n)

        let call = FunctionRequest(function: "prices/quote", payload: Bytes()).recorded(answer: Bytes("210"))
        try simulator.record(call, in: Self.n)
        #expect(try Self.namespace(simulator.finish()).publicSet.recordedCalls == [call])
    }
}
