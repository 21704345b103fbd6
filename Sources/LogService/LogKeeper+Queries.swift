package import LogCore

extension LogKeeper {
    /// A query with its time range.
    package struct Query: Sendable {
        package var text: String
        package var from: LogTime
        package var to: LogTime
        /// If present, only entries of this topic.
        package var topic: String?

        package init(text: String, from: LogTime, to: LogTime, topic: String? = nil) {
            self.text = text
            self.from = from
            self.to = to
            self.topic = topic
        }
    }

    /// What a query answers.
    package enum QueryAnswer: Sendable {
        case entries(SearchAnswer)
        case rows(SelectAnswer)
    }

    /// Answers a search with entries, a `select` with rows.
    ///
    /// - Parameters: `order`, `offset` and `limit` are for searches; a `select` has its own.
    /// - Throws: ``QueryError``, ``LogServiceError``, ``LogStoreError``.
    package func answer(
        _ query: Query, in id: LogstoreID, order: SearchRequest.Order, offset: Int, limit: Int
    ) async throws -> QueryAnswer {
        let logstore = try found(id)
        let parsed = try QueryParser.parse(query.text)
        guard let select = parsed.select else {
            let scope = scope(query, parsed, logstore, timeLimit: configuration.searchTimeLimit)
            let answer = try await store.search(
                SearchRequest(scope: scope, order: order, offset: offset, limit: limit))
            counters.change { counters in
                counters.searchCount += 1
                counters.incompleteSearchCount += answer.isComplete ? 0 : 1
            }
            return .entries(answer)
        }
        counters.change { $0.searchCount += 1 }
        return .rows(
            try await store.select(
                SelectRequest(
                    scope: scope(query, parsed, logstore, timeLimit: configuration.selectTimeLimit), select: select,
                    index: logstore.index, rowCountDefault: configuration.rowCountDefault,
                    rowCountMax: configuration.rowCountMax)))
    }

    /// Counts the matches of the search part by time.
    ///
    /// - Throws: ``LogServiceError`` with code `invalid` unless `from` lies before `to`.
    package func histogram(_ query: Query, in id: LogstoreID) async throws -> HistogramAnswer {
        let logstore = try found(id)
        let parsed = try QueryParser.parse(query.text)
        guard let buckets = HistogramBuckets(from: query.from, to: query.to) else {
            throw LogServiceError(code: .invalid, message: "The time range is empty: \"from\" must lie before \"to\".")
        }
        return try await store.histogram(
            HistogramRequest(
                scope: scope(query, parsed, logstore, timeLimit: configuration.searchTimeLimit), buckets: buckets))
    }

    private func scope(_ query: Query, _ parsed: LogQuery, _ logstore: Logstore, timeLimit: Duration) -> SearchScope {
        var search = parsed.search
        if let topic = query.topic {
            search = .and([.equals(field: ReservedField.topic, topic), search])
        }
        return SearchScope(
            logstoreNumber: logstore.definition.number, shards: logstore.definition.shards.shards.map(\.id),
            search: CompiledSearch(search, index: logstore.index), from: query.from, to: query.to, timeLimit: timeLimit)
    }

    // MARK: Shards and sizes

    /// Entries of one shard from a cursor on; see ``LogStore/read(_:from:countMax:byteCountMax:)``.
    package func read(
        _ id: LogstoreID, shard: Int, from sequence: Int64, countMax: Int, byteCountMax: Int
    ) async throws -> [StoredEntry] {
        try await store.read(
            try address(id, shard: shard), from: sequence, countMax: countMax, byteCountMax: byteCountMax)
    }

    /// The first sequence kept in a shard, and the one behind the last.
    package func bounds(of id: LogstoreID, shard: Int) async throws -> Range<Int64> {
        try await store.bounds(of: try address(id, shard: shard))
    }

    /// Whether an entry of a read page satisfies a search, for reading with a filter.
    package func search(_ text: String, in id: LogstoreID) throws -> CompiledSearch {
        CompiledSearch(try QueryParser.parse(text).search, index: try found(id).index)
    }

    package func totals(of id: LogstoreID) async throws -> LogTotals {
        try await store.totals(of: try found(id).definition)
    }

    private func address(_ id: LogstoreID, shard: Int) throws -> ShardAddress {
        let logstore = try found(id).definition
        guard logstore.shards.shard(shard) != nil else {
            throw LogServiceError(code: .shardNotFound, message: "The logstore \"\(id)\" has no shard \(shard).")
        }
        return ShardAddress(logstoreNumber: logstore.number, shard: shard)
    }
}
