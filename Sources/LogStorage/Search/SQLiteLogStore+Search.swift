package import LogCore

extension SQLiteLogStore {
    /// A match before its entry is read: a page deep in the results needs only the order of what is before it.
    private struct Hit: Hashable, Comparable {
        let time: Int64
        let shard: Int
        let sequence: Int64
        let file: Int

        static func < (left: Hit, right: Hit) -> Bool {
            (left.time, left.shard, left.sequence) < (right.time, right.shard, right.sequence)
        }
    }

    package func search(_ request: SearchRequest) async throws -> SearchAnswer {
        let depth = request.offset.addingReportingOverflow(request.limit)
        guard request.offset >= 0, request.limit >= 0, !depth.overflow, depth.partialValue <= limits.searchDepthMax
        else {
            throw LogStoreError(
                code: .limitReached,
                message: "A page can lie at most \(limits.searchDepthMax) entries deep. Narrow the time range instead.")
        }
        let isNewestFirst = request.order == .newestFirst
        // The most promising files first, so that the others need not be opened once the page is full.
        let files = try await files(of: request.scope).sorted {
            isNewestFirst
                ? $0.file.summary.timeMax > $1.file.summary.timeMax : $0.file.summary.timeMin < $1.file.summary.timeMin
        }
        let budget = QueryBudget(timeLimit: request.scope.timeLimit)
        return try await withTaskCancellationHandler {
            var hits: [Hit] = []
            var isComplete = true
            for (index, place) in files.enumerated() {
                if hits.count == depth.partialValue, let last = hits.last {
                    let summary = place.file.summary
                    if isNewestFirst ? summary.timeMax < last.time : summary.timeMin > last.time { break }
                }
                let bound = hits.count == depth.partialValue ? hits.last : nil
                let found = try await query(place.file, in: place.folder) { connection in
                    try Self.hits(
                        connection, request, depth: depth.partialValue, shard: place.shard, file: index,
                        bound: bound?.time,
                        budget: budget)
                }
                guard let found else { continue }
                isComplete = isComplete && found.isComplete
                hits += found.hits
                hits.sort(by: isNewestFirst ? { $1 < $0 } : { $0 < $1 })
                hits = Array(hits.prefix(depth.partialValue))
                if !isComplete { break }
            }
            let entries = try await entries(of: hits.dropFirst(request.offset), in: files)
            return SearchAnswer(entries: entries, isComplete: isComplete, processedCount: budget.processedCount)
        } onCancel: {
            budget.cancel()
        }
    }

    package func histogram(_ request: HistogramRequest) async throws -> HistogramAnswer {
        let files = try await files(of: request.scope)
        let budget = QueryBudget(timeLimit: request.scope.timeLimit)
        return try await withTaskCancellationHandler {
            var counts: [Int64: Int] = [:]
            var isComplete = true
            for place in files {
                let found = try await query(place.file, in: place.folder) { connection in
                    try Self.counts(connection, request, budget: budget)
                }
                guard let found else { continue }
                counts.merge(found.counts, uniquingKeysWith: +)
                isComplete = isComplete && found.isComplete
                if !isComplete { break }
            }
            return HistogramAnswer(intervals: request.buckets.distribute(counts), isComplete: isComplete)
        } onCancel: {
            budget.cancel()
        }
    }

    /// A file with its shard.
    struct FilePlace: Sendable {
        let file: DayFile
        let shard: Int
        let folder: ShardFolder
    }

    /// The files that may hold entries of the scope's time range.
    func files(of scope: SearchScope) async throws -> [FilePlace] {
        var places: [FilePlace] = []
        for shard in scope.shards {
            let folder = shardFolder(ShardAddress(logstoreNumber: scope.logstoreNumber, shard: shard))
            for file in try await folder.files() where file.overlaps(from: scope.from, to: scope.to) {
                places.append(FilePlace(file: file, shard: shard, folder: folder))
            }
        }
        return places
    }

    private static func hits(
        _ connection: SQLiteConnection, _ request: SearchRequest, depth: Int, shard: Int, file: Int, bound: Int64?,
        budget: QueryBudget
    ) throws -> (hits: [Hit], isComplete: Bool) {
        let isNewestFirst = request.order == .newestFirst
        let scan = try FileScan(
            connection, scope: request.scope, order: isNewestFirst ? .newestFirst : .oldestFirst, budget: budget)
        var hits: [Hit] = []
        while depth > 0, try scan.next() {
            let time = scan.time.nanoseconds
            if scan.isOrdered, let bound, isNewestFirst ? time < bound : time > bound { break }
            hits.append(Hit(time: time, shard: shard, sequence: scan.sequence, file: file))
            if scan.isOrdered && hits.count == depth { break }
        }
        return (hits, !scan.isCutShort)
    }

    private static func counts(
        _ connection: SQLiteConnection, _ request: HistogramRequest, budget: QueryBudget
    ) throws -> (counts: [Int64: Int], isComplete: Bool) {
        var counts: [Int64: Int] = [:]
        if request.scope.search.matchesEverything {
            // The index on time alone answers this. Rounded down, as the buckets are.
            let width = request.buckets.widthSeconds * 1_000_000_000
            let statement = try connection.prepare(
                """
                SELECT (time - ((time % ?3) + ?3) % ?3) / ?3, count(*) FROM entry
                WHERE time >= ?1 AND time < ?2 GROUP BY 1
                """)
            try statement.bind(1, request.scope.from.nanoseconds)
            try statement.bind(2, request.scope.to.nanoseconds)
            try statement.bind(3, width)
            while try statement.step() { counts[statement.integer(0)] = Int(statement.integer(1)) }
            return (counts, true)
        }
        let scan = try FileScan(connection, scope: request.scope, order: .any, budget: budget)
        while try scan.next() { counts[request.buckets.bucketNumber(scan.time), default: 0] += 1 }
        return (counts, !scan.isCutShort)
    }

    private func entries(of hits: ArraySlice<Hit>, in files: [FilePlace]) async throws -> [StoredEntry] {
        var entries: [Hit: StoredEntry] = [:]
        for (index, wanted) in Dictionary(grouping: hits, by: \.file) {
            let found = try await query(files[index].file, in: files[index].folder) { connection in
                let statement = try connection.prepare("SELECT body FROM entry WHERE id = ?1")
                return try wanted.compactMap { hit -> (Hit, StoredEntry)? in
                    defer { statement.reset() }
                    try statement.bind(1, hit.sequence)
                    guard try statement.step() else { return nil }
                    return (
                        hit,
                        StoredEntry(
                            shard: hit.shard, sequence: hit.sequence, time: LogTime(nanoseconds: hit.time),
                            encoded: EncodedLogEntry(bytes: Array(statement.bytes(0))))
                    )
                }
            }
            for (hit, entry) in found ?? [] { entries[hit] = entry }
        }
        return hits.compactMap { entries[$0] }
    }
}
