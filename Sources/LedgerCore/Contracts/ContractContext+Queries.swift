package import FabricTypes
internal import Synchronization

extension ContractContext {
    /// Opens a range of keys. Public ranges are protected against phantoms as far as they are read.
    package func range(
        _ range: KeyRange, in collection: Bytes = Bytes()
    ) throws(ContractCallError) -> ContractQuery<QueryResultKV> {
        try answer(.getStateByRange) {
            let id: QueryID
            if collection.isEmpty {
                id = try simulation.withSimulator { try $0.openRange(range, in: namespace) }
            } else {
                let collection = try permit(.reading, collection)
                id = try simulation.withSimulator { try $0.openPrivateRange(range, of: collection) }
            }
            return try first(of: .range(id), rows)
        }
    }

    /// One page of a range of public keys. The transaction may not write any more.
    ///
    /// - Parameters:
    ///   - size: rows at most; 0 for as many as a query may answer.
    ///   - bookmark: of the page before; empty for the first one.
    package func page(of range: KeyRange, size: Int, bookmark: Bytes) throws(ContractCallError) -> ContractPage {
        try answer(.getStateByRange) {
            let page = try simulation.withSimulator {
                try $0.page(of: range, in: namespace, size: size, bookmark: bookmark)
            }
            return ContractPage(rows: page.rows.map(result), bookmark: page.bookmark)
        }
    }

    /// Opens a rich query in CouchDB's form. Its results are recorded as reads of their keys, without phantom protection.
    package func query(
        _ query: Bytes, in collection: Bytes = Bytes()
    ) throws(ContractCallError) -> ContractQuery<QueryResultKV> {
        try answer(.getQueryResult) {
            let space: QuerySpace
            if collection.isEmpty {
                space = .namespace(namespace)
            } else {
                space = .collection(try permit(.reading, collection))
                try simulation.withSimulator { try $0.willQueryPrivateState() }
            }
            let read = RichQueryRead(
                try parse(query, refusal: "ExecuteQuery not supported for leveldb"), in: space, source: querySource)
            return try first(of: .rich(read, QueryBatches(totalCountMax: simulation.queryRowCountMax)), rows)
        }
    }

    /// One page of a rich query over public state. The transaction may not write any more.
    package func queryPage(_ query: Bytes, size: Int, bookmark: Bytes) throws(ContractCallError) -> ContractPage {
        try answer(.getQueryResult) {
            try simulation.withSimulator { try $0.willPaginate() }
            var parsed = try parse(query, refusal: "ExecuteQueryWithMetadata not supported for leveldb")
            if !bookmark.isEmpty { parsed = try parsed.continued(at: bookmark) }
            let countMax = size > 0 ? min(size, simulation.queryRowCountMax) : simulation.queryRowCountMax
            let page = try querySource.page(of: parsed, in: .namespace(namespace), countMax: countMax)
            for row in page.results { try record(row) }
            return ContractPage(rows: page.results.map(result), bookmark: page.bookmark)
        }
    }

    /// Opens the changes of a public key, newest first. Nothing of it is recorded.
    package func history(of key: Bytes) throws(ContractCallError) -> ContractQuery<KeyModification> {
        try answer(.getHistoryForKey) {
            let history = KeyHistory(
                of: key, in: namespace, reader: simulation.snapshot, blocks: simulation.blocks)
            return try first(
                of: .history(history, QueryBatches(totalCountMax: simulation.queryRowCountMax)), modifications)
        }
    }

    /// The next rows of a range or rich query. The last batch closes it.
    package func nextRows(of id: ContractQueryID) throws(ContractCallError) -> QueryBatch<QueryResultKV> {
        try answer(.queryStateNext) { try rows(of: id) }
    }

    /// The next changes of a key. The last batch closes the query.
    package func nextModifications(of id: ContractQueryID) throws(ContractCallError) -> QueryBatch<KeyModification> {
        try answer(.queryStateNext) { try modifications(of: id) }
    }

    /// Ends a query early; what was read of it stays recorded. Closing what is closed does nothing.
    package func close(_ id: ContractQueryID) {
        let query = queries.withLock { queries in
            defer { queries[id] = nil }
            return queries[id]
        }
        if case .range(let range) = query {
            // Closing reads nothing and so cannot fail.
            try? simulation.withSimulator { $0.close(range) }
        }
    }
}

// MARK: - Batches

extension ContractContext {
    private func first<Row>(
        of query: OpenQueries.Query, _ next: (ContractQueryID) throws -> QueryBatch<Row>
    ) throws -> ContractQuery<Row> {
        let id = queries.withLock { $0.open(query) }
        return ContractQuery(id: id, first: try next(id))
    }

    private func rows(of id: ContractQueryID) throws -> QueryBatch<QueryResultKV> {
        switch queries.withLock({ $0[id] }) {
        case .range(let range):
            let batch = try closingOnError(id) { try simulation.withSimulator { try $0.nextBatch(of: range) } }
            keep(.range(range), id, if: batch.hasMore)
            return QueryBatch(rows: batch.rows.map(result), hasMore: batch.hasMore)
        case .rich(var read, var batches):
            let batch = try closingOnError(id) {
                try batches.next {
                    guard let row = try read.next() else { return nil }
                    if read.namespace != nil { try record(row) }
                    return row
                }
            }
            keep(.rich(read, batches), id, if: batch.hasMore)
            return QueryBatch(rows: batch.rows.map(result), hasMore: batch.hasMore)
        case .history, nil:
            throw ContractRefusal("query iterator not found")
        }
    }

    private func modifications(of id: ContractQueryID) throws -> QueryBatch<KeyModification> {
        guard case .history(var history, var batches) = queries.withLock({ $0[id] }) else {
            throw ContractRefusal("query iterator not found")
        }
        let batch = try closingOnError(id) { try batches.next { try history.next() } }
        keep(.history(history, batches), id, if: batch.hasMore)
        return batch
    }

    private func keep(_ query: OpenQueries.Query, _ id: ContractQueryID, if hasMore: Bool) {
        queries.withLock { $0[id] = hasMore ? query : nil }
    }

    private func closingOnError<Value>(_ id: ContractQueryID, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            queries.withLock { $0[id] = nil }
            throw error
        }
    }

    private func result(_ row: StateRow) -> QueryResultKV {
        QueryResultKV(namespace: namespace, key: row.key, value: row.state.value)
    }

    private func result(_ row: QueryResult) -> QueryResultKV {
        QueryResultKV(namespace: namespace, key: row.key, value: row.value)
    }

    private func record(_ row: QueryResult) throws {
        try simulation.withSimulator { try $0.recordQueryResult(row.key, in: namespace, version: row.version) }
    }

    /// A snapshot that knows indexes, or one that is read from end to end.
    private var querySource: any QuerySource {
        (simulation.snapshot as? any QuerySource) ?? ScanningQuerySource(simulation.snapshot)
    }

    private func parse(_ query: Bytes, refusal: String) throws -> RichQuery {
        guard let engine = simulation.queryEngine else { throw ContractRefusal(refusal) }
        return try RichQuery(parsing: query, engine: engine)
    }
}
