internal import Synchronization

/// Keeps everything in memory and looks at every entry: for tests and demonstrations. Has no `select`.
package final class InMemoryLogStore: LogStore {
    private struct State {
        var definitions = LogDefinitions()
        var shards: [ShardAddress: [StoredEntry]] = [:]
        var lastSequences: [ShardAddress: Int64] = [:]
        var receipts: [WriteReceipt: LogTime] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    package func loadDefinitions() async -> LogDefinitions {
        state.withLock { $0.definitions }
    }

    package func save(_ project: ProjectDefinition) async {
        state.withLock { state in
            state.definitions.projects.removeAll { $0.name == project.name }
            state.definitions.projects.append(project)
        }
    }

    package func save(_ logstore: LogstoreDefinition) async {
        state.withLock { state in
            state.definitions.logstores.removeAll { $0.id == logstore.id }
            state.definitions.logstores.append(logstore)
        }
    }

    package func save(_ record: LogRecord) async {
        state.withLock { state in
            state.definitions.records.removeAll { $0.key == record.key }
            state.definitions.records.append(record)
        }
    }

    package func remove(_ project: ProjectName) async {
        state.withLock { state in
            let removed = state.definitions.logstores.filter { $0.id.project == project }.map(\.number)
            state.definitions.projects.removeAll { $0.name == project }
            state.definitions.logstores.removeAll { $0.id.project == project }
            state.definitions.records.removeAll { $0.key.project == project }
            state.shards = state.shards.filter { !removed.contains($0.key.logstoreNumber) }
        }
    }

    package func remove(_ logstore: LogstoreDefinition) async {
        state.withLock { state in
            state.definitions.logstores.removeAll { $0.id == logstore.id }
            state.shards = state.shards.filter { $0.key.logstoreNumber != logstore.number }
        }
    }

    package func removeRecord(_ key: LogRecord.Key) async {
        state.withLock { state in state.definitions.records.removeAll { $0.key == key } }
    }

    package func append(_ write: LogWrite, to shard: ShardAddress) async -> ClosedRange<Int64> {
        state.withLock { state in
            let first = max((state.lastSequences[shard] ?? 0) + 1, write.received.nanoseconds / 1_000)
            for (offset, entry) in write.entries.enumerated() {
                state.shards[shard, default: []].append(
                    StoredEntry(
                        shard: shard.shard, sequence: first + Int64(offset), time: entry.time, encoded: entry.encoded))
            }
            let last = first + Int64(max(write.entries.count, 1)) - 1
            state.lastSequences[shard] = last
            if let receipt = write.receipt { state.receipts[receipt] = write.received }
            return first...last
        }
    }

    package func sync() async {}

    package func receipts(since: LogTime) async -> Set<WriteReceipt> {
        state.withLock { Set($0.receipts.filter { $0.value >= since }.keys) }
    }

    package func read(
        _ shard: ShardAddress, from sequence: Int64, countMax: Int, byteCountMax: Int
    ) async -> [StoredEntry] {
        let all = state.withLock { $0.shards[shard] ?? [] }
        var byteCount = 0
        var found: [StoredEntry] = []
        for entry in all where entry.sequence >= sequence {
            byteCount += entry.encoded.bytes.count
            if found.count == countMax || (!found.isEmpty && byteCount > byteCountMax) { break }
            found.append(entry)
        }
        return found
    }

    package func bounds(of shard: ShardAddress) async -> Range<Int64> {
        state.withLock { state in
            let end = (state.lastSequences[shard] ?? 0) + 1
            return (state.shards[shard]?.first?.sequence ?? end)..<end
        }
    }

    package func search(_ request: SearchRequest) async -> SearchAnswer {
        let (matches, processedCount) = matches(request.scope)
        let sorted = matches.sorted { left, right in
            let (first, second) = request.order == .oldestFirst ? (left, right) : (right, left)
            return (first.time, first.shard, first.sequence) < (second.time, second.shard, second.sequence)
        }
        return SearchAnswer(
            entries: Array(sorted.dropFirst(request.offset).prefix(request.limit)), isComplete: true,
            processedCount: processedCount)
    }

    package func histogram(_ request: HistogramRequest) async -> HistogramAnswer {
        var counts: [Int64: Int] = [:]
        for entry in matches(request.scope).matches {
            counts[request.buckets.bucketNumber(entry.time), default: 0] += 1
        }
        return HistogramAnswer(intervals: request.buckets.distribute(counts), isComplete: true)
    }

    package func select(_ request: SelectRequest) async throws -> SelectAnswer {
        throw LogStoreError(code: .notSupported, message: "The store in memory has no select statements.")
    }

    package func expire(_ logstore: LogstoreDefinition, before day: Int) async -> Int {
        state.withLock { state in
            let first = Int64(day) * 86_400_000_000
            var count = 0
            for shard in state.shards.keys where shard.logstoreNumber == logstore.number {
                let kept = state.shards[shard]?.filter { $0.sequence >= first } ?? []
                count += kept.count < (state.shards[shard]?.count ?? 0) ? 1 : 0
                state.shards[shard] = kept
            }
            return count
        }
    }

    package func totals(of logstore: LogstoreDefinition) async -> LogTotals {
        let shards = state.withLock { $0.shards.filter { $0.key.logstoreNumber == logstore.number } }
        let all = shards.values.joined()
        let names = Set(all.flatMap { $0.entry.fields.map(\.name) })
        return LogTotals(
            shards: shards.sorted { $0.key.shard < $1.key.shard }.map { address, entries in
                LogTotals.Shard(
                    shard: address.shard, entryCount: entries.count,
                    textByteCount: entries.reduce(0) { $0 + $1.entry.byteCount }, fileByteCount: 0, fileCount: 0)
            },
            oldest: all.map(\.time).min(), newest: all.map(\.time).max(), fieldNames: names.sorted())
    }

    package func problems() async -> [LogStoreProblem] { [] }

    private func matches(_ scope: SearchScope) -> (matches: [StoredEntry], processedCount: Int) {
        let shards = state.withLock { $0.shards }
        var processedCount = 0
        var matches: [StoredEntry] = []
        for shard in scope.shards {
            let address = ShardAddress(logstoreNumber: scope.logstoreNumber, shard: shard)
            for entry in shards[address] ?? [] where scope.from <= entry.time && entry.time < scope.to {
                processedCount += 1
                let isMatch = entry.encoded.bytes.withUnsafeBufferPointer {
                    scope.search.matches(LogEntryView(bytes: $0))
                }
                if isMatch { matches.append(entry) }
            }
        }
        return (matches, processedCount)
    }
}
