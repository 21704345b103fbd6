import GoldenLedger
import LogCore
import LogTestKit
import Testing

@testable import LogStorage

@Suite("The store on disk against the one in memory")
struct StoreComparisonTests {
    @Test("searches, histograms and reads answer alike", arguments: Seeds.sample(12))
    func answersAlike(seed: UInt64) async throws {
        let folder = try TemporaryFolder()
        let memory = InMemoryLogStore()
        var logs = RandomLogs(seed: seed)
        var arrival = Int64.random(in: 1_600_000_000...1_700_000_000, using: &logs.random)
        var disk = try SQLiteLogStore(folder: folder.path)
        for _ in 0..<Int.random(in: 1...6, using: &logs.random) {
            // Some batches fall on the next day, some after a restart.
            arrival += [0, 1, 3_600, 86_400].randomElement(using: &logs.random)!
            if Int.random(in: 0..<3, using: &logs.random) == 0 {
                await disk.close()
                disk = try SQLiteLogStore(folder: folder.path)
            }
            let write = LogWrite(
                entries: (0..<Int.random(in: 1...40, using: &logs.random)).map { _ in .init(logs.entry()) },
                received: LogTime(seconds: arrival), isDurable: Bool.random(using: &logs.random))
            let shard = ShardAddress(logstoreNumber: 1, shard: Int.random(in: 0...2, using: &logs.random))
            let (left, right) = (try await disk.append(write, to: shard), await memory.append(write, to: shard))
            #expect(left == right, "seed \(seed)")
        }

        for _ in 0..<30 {
            let from = LogTime(seconds: Int64.random(in: -10...1_000, using: &logs.random))
            let scope = SearchScope(
                logstoreNumber: 1, shards: [0, 1, 2], search: CompiledSearch(logs.expression(), index: logs.index()),
                from: from, to: LogTime(seconds: from.seconds + Int64.random(in: 1...1_100, using: &logs.random)),
                timeLimit: .seconds(60))
            let search = SearchRequest(
                scope: scope, order: Bool.random(using: &logs.random) ? .oldestFirst : .newestFirst,
                offset: Int.random(in: 0...5, using: &logs.random), limit: Int.random(in: 0...30, using: &logs.random))
            let (found, expected) = (try await disk.search(search), await memory.search(search))
            #expect(found.entries == expected.entries && found.isComplete, "seed \(seed): \(scope.search.narrowing)")

            let histogram = HistogramRequest(
                scope: scope, buckets: try #require(HistogramBuckets(from: scope.from, to: scope.to)))
            #expect(try await disk.histogram(histogram) == memory.histogram(histogram), "seed \(seed)")
        }
        for shard in 0...2 {
            let address = ShardAddress(logstoreNumber: 1, shard: shard)
            #expect(
                try await disk.read(address, from: 0, countMax: .max, byteCountMax: .max)
                    == memory.read(address, from: 0, countMax: .max, byteCountMax: .max), "seed \(seed)")
            #expect(
                try await disk.bounds(of: address).upperBound == memory.bounds(of: address).upperBound, "seed \(seed)")
        }
        #expect(await disk.problems().isEmpty, "seed \(seed)")
    }
}
