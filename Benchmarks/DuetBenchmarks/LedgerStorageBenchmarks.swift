internal import FabricTypes
internal import Foundation
internal import GoldenLedger
internal import LedgerCore
internal import LedgerStorage
internal import LedgerTestKit

/// Ledgers on disk: commits, reads, queries, rebuilding, opening.
///
/// `DUET_BENCHMARK_KEYS` sets how many keys the state holds (100,000), `DUET_BENCHMARK_BLOCKS` how many blocks are opened
/// (2,000). Ten million keys take some minutes to write and about two gigabytes.
enum LedgerStorageBenchmarks {
    static let cases: [Benchmark] =
        [1, 100, 1000].map(commit) + [pointRead, versionRead, scan, query, scanningQuery, rebuild, open]

    // Read once: asking for the environment takes longer than reading a key.
    private static let keyCount = setting("DUET_BENCHMARK_KEYS") ?? 100_000
    private static let blockCount = setting("DUET_BENCHMARK_BLOCKS") ?? 2000

    private static func setting(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap(Int.init)
    }

    /// The ledger with many keys, written once for all cases in blocks of 1,000 transactions with ten writes each.
    private static let wide = Result {
        let ledger = try MadeLedger.open(BenchmarkFolder.make())
        try ledger.commit(WideLedger.genesis(for: ledger))
        var first = 0
        while first < keyCount {
            let keys = first..<min(first + 10_000, keyCount)
            try ledger.commit(WideLedger.commit(for: ledger, keys: Array(keys), keysPerTransaction: 10))
            first = keys.upperBound
        }
        return ledger
    }

    private static func commit(transactionCount: Int) -> Benchmark {
        Benchmark(
            name: "Ledger/commit \(transactionCount) × 2 writes", unit: "transactions",
            eachTime: {
                let ledger = try wide.get()
                var random = SeededGenerator(seed: 1)
                // Made before, so that only the ledger is measured.
                var commits: [BlockCommit] = []
                return (
                    transactionCount,
                    makeReady: {
                        let keys = (0..<(transactionCount * 2)).map { _ in Int.random(in: 0..<keyCount, using: &random)
                        }
                        commits = [try WideLedger.commit(for: ledger, keys: keys, keysPerTransaction: 2)]
                    },
                    run: { for commit in commits { try ledger.commit(commit) } }
                )
            })
    }

    private static let pointRead = read(name: "Ledger/read 1000 keys") { snapshot, key in
        keep(try snapshot.value(of: key, in: WideLedger.namespace))
    }

    private static let versionRead = read(name: "Ledger/read 1000 versions") { snapshot, key in
        keep(try snapshot.version(of: key, in: WideLedger.namespace))
    }

    private static func read(
        name: String, _ body: @escaping @Sendable (any LedgerSnapshot, Bytes) throws -> Void
    ) -> Benchmark {
        Benchmark(
            name: name, unit: "reads",
            eachTime: {
                let snapshot = try wide.get().snapshot()
                var random = SeededGenerator(seed: 2)
                var keys: [Bytes] = []
                return (
                    1000,
                    makeReady: {
                        keys = (0..<1000).map { _ in WideLedger.key(.random(in: 0..<keyCount, using: &random)) }
                    },
                    run: { for key in keys { try body(snapshot, key) } }
                )
            })
    }

    private static let scan = Benchmark(name: "Ledger/scan 10000 keys", unit: "rows") {
        let snapshot = try wide.get().snapshot()
        return (
            10_000,
            {
                var range = KeyRange.all
                for _ in 0..<100 {
                    let rows = try snapshot.rows(in: range, of: WideLedger.namespace, countMax: 100)
                    if let last = rows.last { range = range.after(last.key) }
                }
            }
        )
    }

    private static let query = Benchmark(name: "Ledger/indexed selector, 100 results", unit: "queries") {
        let ledger = try wide.get()
        let index = QueryIndex(designDocument: "n", name: "n", fields: [FieldPath(Bytes("n"))])
        try ledger.declareIndexes([index], of: WideLedger.namespace)
        let snapshot = try ledger.storedSnapshot()
        let from = keyCount / 2
        let text = #"{"selector":{"n":{"$gte":\#(from),"$lt":\#(from + 100)}}}"#
        let query = try RichQuery(parsing: Bytes(text), engine: PCRE2Engine())
        return (
            1, { keep(try snapshot.page(of: query, in: .namespace(WideLedger.namespace), countMax: .max)) }
        )
    }

    /// Without an index every document is read; the figure is per document.
    private static let scanningQuery = Benchmark(name: "Ledger/selector without index", unit: "documents") {
        let snapshot = try wide.get().storedSnapshot()
        let query = try RichQuery(parsing: Bytes(#"{"selector":{"owner":"nobody"}}"#), engine: PCRE2Engine())
        return (
            keyCount, { keep(try snapshot.page(of: query, in: .namespace(WideLedger.namespace), countMax: .max)) }
        )
    }

    private static let rebuild = Benchmark(name: "Ledger/rebuild 500 blocks × 6", unit: "blocks") {
        let path = try BenchmarkFolder.make()
        let ledger = try MadeLedger.open(path)
        while ledger.height < 500 { try ledger.commit(MadeLedger(seed: 3).nextCommit(for: ledger)) }
        ledger.close()
        return (
            500,
            {
                try SQLiteLedger.removeDatabase(folder: path)
                try MadeLedger.open(path).close()
            }
        )
    }

    private static let open = Benchmark(name: "Ledger/open \(blockCount) blocks", unit: "openings") {
        let path = try BenchmarkFolder.make()
        var options = LedgerOptions()
        options.blockFolder = { try UnsyncedFolder(path: $0) }
        let ledger = try MadeLedger.open(path, options: options)
        try ledger.commit(WideLedger.genesis(for: ledger))
        while ledger.height < blockCount {
            try ledger.commit(WideLedger.commit(for: ledger, keys: [Int(ledger.height)], keysPerTransaction: 1))
        }
        ledger.close()
        return (1, { try MadeLedger.open(path).close() })
    }

    // MARK: - Sizes

    static let figures = [
        Figure(name: "Ledger/disk per transaction of 2 writes, 100 a block", unit: "bytes", value: bytesPerTransaction)
    ]

    /// What 10,000 transactions that write two new keys each add to all files of a ledger.
    @Sendable private static func bytesPerTransaction() throws -> Double {
        let path = try BenchmarkFolder.make()
        let ledger = try MadeLedger.open(path)
        try ledger.commit(WideLedger.genesis(for: ledger))
        for block in 0..<100 {
            let keys = Array((block * 200)..<((block + 1) * 200))
            try ledger.commit(WideLedger.commit(for: ledger, keys: keys, keysPerTransaction: 2))
        }
        ledger.close()
        return Double(try BenchmarkFolder.byteCount(path)) / 10_000
    }
}
