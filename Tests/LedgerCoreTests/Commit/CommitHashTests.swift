import FabricTypes
import LedgerCore
import Testing

@Suite("Commit hash")
struct CommitHashTests {
    private static func transition(_ sets: [ReadWriteSet]) throws -> StateTransition<InMemorySnapshot> {
        var transition = StateTransition(block: 5, over: InMemoryLedger().inMemorySnapshot())
        for (index, set) in sets.enumerated() { _ = try transition.append(set, at: index) }
        return transition
    }

    @Test("updates come ordered, and name namespace and collection only where they change")
    func bytes() throws {
        func hashed(_ keyHashes: [String]) -> HashedRWSet {
            var set = HashedRWSet()
            for keyHash in keyHashes {
                var write = KVWriteHash()
                (write.keyHash, write.valueHash) = (Bytes(keyHash), Bytes("h"))
                set.writes.append(write)
            }
            return set
        }
        let collections = [
            CollectionReadWriteSet(collection: Bytes("d"), hashedSet: hashed(["y"])),
            CollectionReadWriteSet(collection: Bytes("c"), hashedSet: hashed(["z", "x"])),
        ]
        let transition = try Self.transition([
            .of("b", collections: collections), .of("a", writes: [("q", ""), ("p", "1")]),
        ])
        // Per element: namespace 1, collection 2, key 3, isDelete 4, value 5, version 6.
        let expected: [[UInt8]] = [
            [0x0A, 1, 0x61, 0x1A, 1, 0x70, 0x2A, 1, 0x31, 0x32, 4, 1, 5, 1, 1],
            [0x1A, 1, 0x71, 0x20, 1, 0x32, 4, 1, 5, 1, 1],
            [0x0A, 1, 0x62, 0x12, 1, 0x63, 0x1A, 1, 0x78, 0x2A, 1, 0x68, 0x32, 3, 1, 5, 0],
            [0x1A, 1, 0x7A, 0x2A, 1, 0x68, 0x32, 3, 1, 5, 0],
            [0x12, 1, 0x64, 0x1A, 1, 0x79, 0x2A, 1, 0x68, 0x32, 3, 1, 5, 0],
        ]
        let updates = Bytes(expected.flatMap { [0x0A, UInt8($0.count)] + $0 })
        let previous = Digest(of: Bytes("previous"))
        #expect(
            CommitHash.next(codes: [.valid, .valid], updates: transition.updates, previous: previous)
                == Digest(of: [2, 0, 0], updates, previous.bytes))
    }

    @Test("codes count even without updates, and the first block has no predecessor")
    func codes() throws {
        let updates = try Self.transition([]).updates
        #expect(
            CommitHash.next(codes: [.badPayload], updates: updates, previous: nil) == Digest(of: [1, 2]))
        let many = Array(repeating: ValidationCode.valid, count: 300)
        #expect(
            CommitHash.next(codes: many, updates: updates, previous: nil)
                == Digest(of: [0xAC, 0x02], Bytes(Array(repeating: UInt8(0), count: 300))))
    }

    @Test("the channel's configuration is left out")
    func configuration() throws {
        var transition = try Self.transition([])
        transition.append(configEnvelope: Bytes("config"), at: 0)
        #expect(
            CommitHash.next(codes: [.valid], updates: transition.updates, previous: nil) == Digest(of: [1, 0]))
    }
}
