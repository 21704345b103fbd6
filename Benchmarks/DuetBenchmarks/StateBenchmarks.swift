internal import FabricTypes
internal import LedgerCore

/// Simulating transactions, judging what they read, and applying what they wrote, over 100,000 keys in memory.
enum StateBenchmarks {
    static let cases = [
        Benchmark(name: "InMemoryLedger/commit 500 keys under a snapshot", unit: "keys") {
            let world = try World()
            var number = 0
            return (
                500,
                {
                    let snapshot = world.ledger.inMemorySnapshot()
                    number += 1
                    let sets = (0..<500).map { World.set(writing: [($0 * 7_919 + number) % World.keyCount]) }
                    try world.commit(sets)
                    keep(snapshot)
                }
            )
        },
        Benchmark(name: "InMemoryLedger/snapshot and one read", unit: "reads") {
            let world = try World()
            let key = World.key(54_321)
            return (1, { keep(try world.ledger.inMemorySnapshot().value(of: key, in: World.namespace)) })
        },
        Benchmark(name: "TransactionSimulator/2 reads, 2 writes", unit: "transactions") {
            let snapshot = try World().ledger.inMemorySnapshot()
            return (
                100,
                {
                    for number in 0..<100 {
                        var simulator = TransactionSimulator(
                            transactionID: Bytes("tx"), over: snapshot, organizations: [])
                        for key in [World.key(number), World.key(number + 500)] {
                            keep(try simulator.value(of: key, in: World.namespace))
                            try simulator.put(World.value, at: key, in: World.namespace)
                        }
                        keep(try simulator.finish())
                    }
                }
            )
        },
        Benchmark(name: "StateTransition/2 reads, 2 writes", unit: "transactions") {
            let snapshot = try World().ledger.inMemorySnapshot()
            let sets = (0..<500).map { number in
                World.set(reading: [number * 2, number * 2 + 1], writing: [number * 2, number * 2 + 1])
            }
            return (
                500,
                {
                    var transition = StateTransition(block: 2, over: snapshot)
                    for (index, set) in sets.enumerated() {
                        let verdict = try transition.append(set, at: index)
                        precondition(verdict == .valid, "nothing has changed since the reads")
                    }
                    let codes = Array(repeating: ValidationCode.valid, count: 500)
                    keep(CommitHash.next(codes: codes, updates: transition.updates, previous: nil))
                }
            )
        },
        Benchmark(name: "StateTransition/a range of 1,000 rows", unit: "rows") {
            let snapshot = try World().ledger.inMemorySnapshot()
            var simulator = TransactionSimulator(transactionID: Bytes("tx"), over: snapshot, organizations: [])
            let range = KeyRange(start: World.key(50_000), end: World.key(51_000))
            let query = try simulator.openRange(range, in: World.namespace)
            while try simulator.nextBatch(of: query).hasMore {}
            let set = try simulator.finish().readWriteSet
            return (
                1_000,
                {
                    var transition = StateTransition(block: 2, over: snapshot)
                    let verdict = try transition.append(set, at: 0)
                    precondition(verdict == .valid, "nothing has changed since the reads")
                }
            )
        },
    ]

    private struct World {
        static let keyCount = 100_000
        static let namespace = Bytes("bench")
        static let value = Bytes(Array(repeating: UInt8(ascii: "v"), count: 100))

        let ledger = InMemoryLedger()

        init() throws {
            try commit([World.set(writing: Array(0..<World.keyCount))])
        }

        /// Seven digits, so that numbers and keys have one order.
        static func key(_ number: Int) -> Bytes { Bytes("key-\(1_000_000 + number)") }

        static func set(reading: [Int] = [], writing: [Int]) -> ReadWriteSet {
            var set = NamespaceReadWriteSet(namespace: namespace)
            set.publicSet.reads = reading.map {
                KVRead(key: key($0), version: Version(blockNumber: 0, transactionIndex: 0))
            }
            set.publicSet.writes = writing.map { KVWrite(key: key($0), value: value) }
            return ReadWriteSet(namespaces: [set])
        }

        func commit(_ sets: [ReadWriteSet]) throws {
            let number = ledger.height
            var transition = StateTransition(block: number, over: ledger.inMemorySnapshot())
            for (index, set) in sets.enumerated() { try transition.appendUnjudged(set, at: index) }
            let history = transition.history
            try ledger.commit(
                BlockCommit(
                    number: number, headerHash: Digest(of: Bytes("\(number)")), block: Bytes(), codes: [],
                    transactionIDs: [], updates: try transition.finish { _ in 0 }, history: history, commitHash: nil))
        }
    }
}
