package import LogCore
internal import ServiceLifecycle

extension LogKeeper {
    /// Where a live tail begins.
    package enum TailStart: Hashable, Sendable {
        /// With what is written from now on.
        case now
        /// With what arrived since.
        case since(LogTime)
        /// Behind the last entry seen.
        case cursor(TailCursor)
    }

    /// What a live tail delivers: entries that were written, or a sign of life without any.
    package struct TailBatch: Sendable {
        /// Each with the cursor to resume behind it.
        package let entries: [(entry: StoredEntry, cursor: TailCursor)]
        /// The cursor to resume behind all of them and everything that did not match.
        package let cursor: TailCursor
    }

    private static let pageCountMax = 1_000
    private static let pageByteCountMax = 4 * 1_024 * 1_024

    /// Delivers the entries of a logstore that match as they are written, in each shard in order, none twice and none left
    /// out. Returns when the node shuts down; ends with the task's cancellation.
    ///
    /// Reads from disk at the pace of `deliver`, so a slow reader holds nothing up and costs no memory.
    /// - Throws: ``LogServiceError``, ``QueryError``, ``LogStoreError``, what `deliver` throws, `CancellationError`.
    package func tail(
        _ id: LogstoreID, query: String, from start: TailStart, deliver: (TailBatch) async throws -> Void
    ) async throws {
        let logstore = try found(id)
        let parsed = try QueryParser.parse(query)
        if let select = parsed.select {
            throw QueryError(
                utf8Offset: select.utf8Offset, message: "A live tail has no select: give the search alone.")
        }
        let search = CompiledSearch(parsed.search, index: logstore.index)
        try await signals.withSignals(of: logstore.definition.number) { written, wake in
            var cursor = try await startCursor(logstore.definition, start)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { [configuration] in
                    while true {
                        try await Task.sleep(for: configuration.heartbeatInterval)
                        wake.yield()
                    }
                }
                defer { group.cancelAll() }
                // The first look comes before the first signal.
                wake.yield()
                for await _ in written.cancelOnGracefulShutdown() {
                    try await deliverNew(id, search: search, cursor: &cursor, deliver: deliver)
                }
                try Task.checkCancellation()
            }
        }
    }

    private func startCursor(_ logstore: LogstoreDefinition, _ start: TailStart) async throws -> TailCursor {
        if case .cursor(let cursor) = start { return cursor }
        var cursor = TailCursor()
        for shard in logstore.shards.shards {
            switch start {
            case .since(let time): cursor.advance(shard: shard.id, to: max(time.nanoseconds / 1_000, 0))
            default:
                let address = ShardAddress(logstoreNumber: logstore.number, shard: shard.id)
                cursor.advance(shard: shard.id, to: try await store.bounds(of: address).upperBound)
            }
        }
        return cursor
    }

    /// Reads every shard to its end. At least one batch is delivered, an empty one if nothing matched.
    private func deliverNew(
        _ id: LogstoreID, search: CompiledSearch, cursor: inout TailCursor, deliver: (TailBatch) async throws -> Void
    ) async throws {
        // Looked up each time: the logstore may be gone, or have new shards.
        let logstore = try found(id).definition
        var hasDelivered = false
        for shard in logstore.shards.shards {
            while true {
                let page = try await store.read(
                    ShardAddress(logstoreNumber: logstore.number, shard: shard.id),
                    from: cursor.positions[shard.id] ?? 0, countMax: Self.pageCountMax,
                    byteCountMax: Self.pageByteCountMax)
                var matches: [(StoredEntry, TailCursor)] = []
                for entry in page {
                    cursor.advance(shard: shard.id, to: entry.sequence + 1)
                    let isMatch = entry.encoded.bytes.withUnsafeBufferPointer {
                        search.matches(LogEntryView(bytes: $0))
                    }
                    if isMatch { matches.append((entry, cursor)) }
                }
                if !matches.isEmpty {
                    try await deliver(TailBatch(entries: matches, cursor: cursor))
                    hasDelivered = true
                }
                if page.isEmpty { break }
                try Task.checkCancellation()
            }
        }
        if !hasDelivered { try await deliver(TailBatch(entries: [], cursor: cursor)) }
    }
}
