internal import FabricTypes
internal import Foundation
internal import GoldenLedger
internal import LedgerCore
internal import LedgerStorage
internal import LedgerTestKit

/// Ledgers on disk: commits, reads, queries, rebuilding, opening.
enum LedgerStorageBenchmarks {
    static let cases: [Benchmark] =
        [1, 100, 1000].map(commit) + [pointRead, scan, query, rebuild, open]

    /// A folder that goes with the process's temporary files.
    private static func folder() throws -> String {
        let url = FileManager.default.temporaryDirectory.appending(path: "duet-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url.path
    }

    /// A ledger with so many keys, written in blocks of 1,000 transactions with ten writes each.
    private static func filled(_ path: String, keyCount: Int) throws -> SQLiteLedger {
        let ledger = try MadeLedger.open(path)
        if ledger.height == 0 { try ledger.commit(WideLedger.genesis(for: ledger)) }
        var first = 0
        while first < keyCount {
            let keys = first..<min(first + 10_000, keyCount)
            try ledger.commit(WideLedger.commit(for: ledger, keys: Array(keys), keysPerTransaction: 10))
            first = keys.upperBound
        }
        return ledger
    }

    /// `DUET_BENCHMARK_KEYS` sets how many keys the ledger holds; 10 million take some minutes to write.
    private static var keyCount: Int {
        ProcessInfo.processInfo.environment["DUET_BENCHMARK_KEYS"].flatMap(Int.init) ?? 100_000
    }

    private static func commit(transactionCount: Int) -> Benchmark {
        Benchmark(name: "Ledger/commit \(transactionCount) × 2 writes", unit: "transactions") {
            let ledger = try filled(folder(), keyCount: keyCount)
            var random = SeededGenerator(seed: 1)
            return (
                transactionCount,
                {
                    let keys = (0..<(transactionCount * 2)).map { _ in Int.random(in: 0..<keyCount, using: &random) }
                    try ledger.commit(WideLedger.commit(for: ledger, keys: keys, keysPerTransaction: 2))
                }
            )
        }
    }

    private static let pointRead = Benchmark(name: "Ledger/read 1000 keys", unit: "reads") {
        let snapshot = try filled(folder(), keyCount: keyCount).snapshot()
        var random = SeededGenerator(seed: 2)
        return (
            1000,
            {
                for _ in 0..<1000 {
                    keep(
                        try snapshot.value(
                            of: WideLedger.key(.random(in: 0..<keyCount, using: &random)), in: WideLedger.namespace))
                }
            }
        )
    }

    private static let scan = Benchmark(name: "Ledger/scan 10000 keys", unit: "rows") {
        let snapshot = try filled(folder(), keyCount: keyCount).snapshot()
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
        let ledger = try filled(folder(), keyCount: keyCount)
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

    private static let rebuild = Benchmark(name: "Ledger/rebuild 500 blocks × 6", unit: "blocks") {
        let path = try folder()
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

    private static let open = Benchmark(name: "Ledger/open 2000 blocks", unit: "openings") {
        let path = try folder()
        let ledger = try MadeLedger.open(path)
        while ledger.height < 2000 {
            try ledger.commit(MadeLedger(seed: 3).nextCommit(for: ledger, transactionCount: 1))
        }
        ledger.close()
        return (1, { try MadeLedger.open(path).close() })
    }
}
