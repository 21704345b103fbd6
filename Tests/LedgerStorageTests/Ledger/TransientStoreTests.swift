internal import FabricTypes
internal import LedgerCore
internal import LedgerStorage
internal import LedgerTestKit
internal import Testing

@Suite("Transient stores")
struct TransientStoreTests {
    private static func exercise(_ store: any TransientStore) throws {
        #expect(try store.lowestHeight() == nil)
        try store.keep(Bytes("a1"), ofTransaction: Bytes("a"), height: 5)
        try store.keep(Bytes("b1"), ofTransaction: Bytes("b"), height: 3)
        try store.keep(Bytes("a2"), ofTransaction: Bytes("a"), height: 4)
        try store.keep(Bytes("c1"), ofTransaction: Bytes("c"), height: 9)
        #expect(
            try store.contents(ofTransaction: Bytes("a")) == [
                TransientEntry(content: Bytes("a1"), height: 5), TransientEntry(content: Bytes("a2"), height: 4),
            ])
        #expect(try store.contents(ofTransaction: Bytes("z")) == [])
        #expect(try store.lowestHeight() == 3)
        try store.forget(below: 5)
        #expect(try store.contents(ofTransaction: Bytes("a")) == [TransientEntry(content: Bytes("a1"), height: 5)])
        #expect(try store.contents(ofTransaction: Bytes("b")) == [])
        try store.forget(transactions: [Bytes("a"), Bytes("nobody")])
        #expect(try store.contents(ofTransaction: Bytes("a")) == [])
        #expect(try store.lowestHeight() == 9)
    }

    @Test("in memory keep what was simulated until it is forgotten")
    func inMemory() throws {
        try Self.exercise(InMemoryTransientStore())
    }

    @Test("on disk do the same, also across a restart")
    func onDisk() throws {
        try withTemporaryFolder { path in
            let first = try MadeLedger.open(path)
            try Self.exercise(first.transientStore)
            first.close()
            let second = try MadeLedger.open(path)
            defer { second.close() }
            #expect(
                try second.transientStore.contents(ofTransaction: Bytes("c"))
                    == [TransientEntry(content: Bytes("c1"), height: 9)])
        }
    }
}
