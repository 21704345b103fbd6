import FabricTypes
import GoldenLedger
import LedgerCore
import LedgerTestKit
import Testing

/// The whole way of transactions, simulated on stale states and judged in blocks, against a model that only knows
/// dictionaries.
@Suite("Random transactions against a model")
struct RandomTransactionsTests {
    private struct Entry: Equatable {
        var value: Bytes
        var version: Version
        var metadata: [KVMetadataEntry]
    }

    private typealias Keys = [Bytes: Entry]

    /// What a transaction did, in the model's own words.
    private struct Trace {
        var reads: [Bytes: Entry?] = [:]
        /// Start, asked end, rows to take at most (nil: all), rows seen.
        var ranges: [(start: Bytes, end: Bytes, limit: Int?, rows: [Bytes: Entry])] = []
        var values: [Bytes: Bytes] = [:]
        var metadata: [Bytes: [KVMetadataEntry]] = [:]
    }

    private static let namespace = Bytes("n")

    private static func rows(of keys: Keys, from start: Bytes, to end: Bytes, limit: Int?) -> [Bytes: Entry] {
        let all = keys.filter { $0.key >= start && (end.isEmpty || $0.key < end) }.sorted { $0.key < $1.key }
        return Dictionary(uniqueKeysWithValues: limit.map { Array(all.prefix($0)) } ?? all)
    }

    private static func simulate(
        on keys: Keys, _ simulator: inout TransactionSimulator, _ random: inout SeededGenerator
    ) throws -> Trace {
        func key() -> Bytes { Bytes("k\(Int.random(in: 0..<40, using: &random))") }
        var trace = Trace()
        if Int.random(in: 0..<4, using: &random) == 0 {
            let bounds = [key(), key()].sorted()
            let end = Bool.random(using: &random) ? bounds[1] : Bytes()
            let isPage = Bool.random(using: &random)
            let limit = isPage ? Int.random(in: 1...5, using: &random) : nil
            let range = KeyRange(start: bounds[0], end: end)
            if let limit {
                _ = try simulator.page(of: range, in: namespace, size: limit, bookmark: Bytes())
            } else {
                let query = try simulator.openRange(range, in: namespace)
                while try simulator.nextBatch(of: query).hasMore {}
            }
            trace.ranges.append((bounds[0], end, limit, rows(of: keys, from: bounds[0], to: end, limit: limit)))
            if isPage { return trace }
        }
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            let key = key()
            #expect(try simulator.value(of: key, in: namespace) == keys[key]?.value, "seed \(random.seed)")
            trace.reads.updateValue(keys[key], forKey: key)
        }
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let key = key()
            let value = Int.random(in: 0..<4, using: &random) == 0 ? Bytes() : Bytes("\(random.next() % 1_000)")
            try simulator.put(value, at: key, in: namespace)
            trace.values[key] = value
            guard Int.random(in: 0..<6, using: &random) == 0 else { continue }
            let other = self.key(&random)
            let entries =
                Bool.random(using: &random) ? [] : [KVMetadataEntry(name: Bytes("m"), value: Bytes("\(random.next())"))]
            try simulator.putMetadata(entries, of: other, in: namespace)
            trace.metadata[other] = entries
        }
        return trace
    }

    private static func key(_ random: inout SeededGenerator) -> Bytes {
        Bytes("k\(Int.random(in: 0..<40, using: &random))")
    }

    /// The model's verdict: a transaction is valid if it would have seen the same on the state before the block, and no
    /// earlier valid transaction of the block wrote what it read.
    private static func code(of trace: Trace, on keys: Keys, written: Set<Bytes>, now: Keys) -> ValidationCode {
        for (key, seen) in trace.reads where written.contains(key) || keys[key]?.version != seen?.version {
            return .mvccReadConflict
        }
        for range in trace.ranges {
            let isDrained = range.limit.map { range.rows.count < $0 } ?? true
            let last = range.rows.keys.max() ?? Bytes()
            let again = now.filter { key, _ in
                key >= range.start && (isDrained ? range.end.isEmpty || key < range.end : key <= last)
            }
            guard again.mapValues(\.version) == range.rows.mapValues(\.version) else { return .phantomReadConflict }
        }
        return .valid
    }

    private static func apply(_ trace: Trace, at version: Version, to keys: inout Keys) -> Set<Bytes> {
        var changed = Set(trace.values.keys)
        for (key, value) in trace.values where !value.isEmpty {
            keys[key] = Entry(value: value, version: version, metadata: keys[key]?.metadata ?? [])
        }
        for (key, value) in trace.values where value.isEmpty { keys[key] = nil }
        for (key, entries) in trace.metadata where keys[key] != nil {
            keys[key]?.metadata = entries
            keys[key]?.version = version
            changed.insert(key)
        }
        return changed
    }

    @Test("codes and state are the model's, block after block", arguments: Seeds.sample(10))
    func equalsModel(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var ledger = SmallLedger()
        var states: [(snapshot: InMemorySnapshot, keys: Keys)] = [(ledger.snapshot, [:])]
        var seenCodes: [ValidationCode: Int] = [:]
        for block in BlockNumber(0)..<60 {
            let before = states[states.count - 1].keys
            var sets: [ReadWriteSet] = []
            var traces: [Trace] = []
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                // Some were endorsed a few blocks ago.
                let state = states[max(0, states.count - 1 - Int.random(in: 0...2, using: &random))]
                var simulator = TransactionSimulator(
                    transactionID: Bytes("tx"), over: state.snapshot, organizations: [])
                traces.append(try Self.simulate(on: state.keys, &simulator, &random))
                sets.append(try simulator.finish().readWriteSet)
            }
            let codes = try ledger.commit(sets).map(\.code)

            var now = before
            var written: Set<Bytes> = []
            for (index, trace) in traces.enumerated() {
                let expected = Self.code(of: trace, on: before, written: written, now: now)
                #expect(codes[index] == expected, "seed \(random.seed), transaction \(block):\(index)")
                seenCodes[expected, default: 0] += 1
                guard expected.isValid else { continue }
                written.formUnion(Self.apply(trace, at: .at(block, UInt64(index)), to: &now))
            }
            let rows = try ledger.snapshot.rows(in: .all, of: Self.namespace, countMax: .max)
            var found: Keys = [:]
            for row in rows {
                found[row.key] = Entry(
                    value: row.state.value, version: row.state.version,
                    metadata: try KeyMetadata(decoding: row.state.metadata)?.entries ?? [])
            }
            #expect(found == now, "seed \(random.seed), block \(block)")
            if found != now { return }
            states.append((ledger.snapshot, now))
        }
        #expect(seenCodes.count == 3, "seed \(random.seed): \(seenCodes)")
    }

    @Test("damaged read-write sets are judged like any other, never a trap", arguments: Seeds.sample(2))
    func hostileSets(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let replay = try RecordedReplay.trade()
        for number in [20, 25, 37, 57, 58] {
            let block = try Block(decoding: replay.ledger.block(BlockNumber(number)) ?? Bytes())
            let reader = replay.snapshots[number]
            for entry in block.data.entries {
                guard let payload = RecordedReplay.headers(of: entry).payload else { continue }
                let results = try RecordedReplay.results(of: payload)
                var transition = StateTransition(block: BlockNumber(number), over: reader)
                for index in 0..<20 {
                    guard let set = try? ReadWriteSet(decoding: Bytes(random.mutated(results.array))) else { continue }
                    _ = try transition.append(set, at: index)
                    _ = try transition.append([])
                }
                _ = CommitHash.next(codes: [.valid], updates: transition.updates, previous: nil)
                _ = try transition.finish { _ in .max }
            }
        }
    }
}
