package import FabricTypes

/// A state whose JSON values can be queried.
///
/// Concurrency and errors as for ``StateReader``.
package protocol QuerySource: Sendable {
    /// The indexes declared for a space.
    func indexes(of space: QuerySpace) throws -> [QueryIndex]

    /// The next candidates of a plan, in its order; fewer than `countMax` only at the end.
    ///
    /// - Parameter last: the candidate behind which to go on; nil at the beginning.
    func candidates(
        of plan: QueryPlan, in space: QuerySpace, after last: Bookmark?, countMax: Int
    ) throws -> [QueryCandidate]
}

/// Whose values a query looks at.
package enum QuerySpace: Hashable, Sendable {
    case namespace(Bytes)
    case collection(CollectionID)
}

/// A row that an index, or the order of keys, offers.
package struct QueryCandidate: Sendable {
    /// Where the row stands in the plan's order.
    package let place: Bookmark
    package let state: StateValue

    package init(place: Bookmark, state: StateValue) {
        self.place = place
        self.state = state
    }
}

/// One result of a query.
package struct QueryResult: Hashable, Sendable {
    package let key: Bytes
    /// The value verbatim, or the fields asked for as JSON.
    package let value: Bytes
    package let version: Version
}

/// A page of results.
package struct QueryPage: Sendable {
    package let results: [QueryResult]
    /// Where the next page begins: give it back as the query's bookmark. Empty where nothing was found at all.
    package let bookmark: Bytes
}

extension QuerySource {
    /// Runs a query and returns its first page.
    ///
    /// - Parameters:
    ///   - countMax: how many results to return at most, besides the query's own limit.
    ///   - examinedCountMax: how many rows to look at before giving up, so that no query runs without end.
    /// - Throws: ``SelectorError`` for what is wrong with the query; else what the store throws.
    package func page(
        of query: RichQuery, in space: QuerySpace, countMax: Int, examinedCountMax: Int = 10_000_000
    ) throws -> QueryPage {
        let plan = try QueryPlan(for: query, indexes: try indexes(of: space))
        let chunkCountMax = 256
        let limit = min(countMax, query.limit ?? .max)
        var results: [QueryResult] = []
        var place = query.bookmark
        var skipped = 0
        var examinedCount = 0
        while results.count < limit {
            let chunk = try candidates(of: plan, in: space, after: place, countMax: chunkCountMax)
            for candidate in chunk where results.count < limit {
                place = candidate.place
                guard let document = QueryDocument(key: candidate.place.key, value: candidate.state.value),
                    try query.selector.matches(document.content)
                else { continue }
                // A page that goes on from a bookmark has skipped already.
                if query.bookmark == nil, skipped < query.skip {
                    skipped += 1
                    continue
                }
                results.append(
                    QueryResult(
                        key: document.key, value: document.result(fields: query.fields),
                        version: candidate.state.version))
            }
            examinedCount += chunk.count
            if chunk.count < chunkCountMax { break }
            guard examinedCount < examinedCountMax else {
                throw SelectorError(
                    .tooManyRows,
                    "The query looked at \(examinedCount) rows without ending. Declare an index for its fields, or narrow it."
                )
            }
        }
        return QueryPage(results: results, bookmark: place?.text ?? Bytes())
    }

    /// How a query would be carried out.
    package func explain(_ query: RichQuery, in space: QuerySpace) throws -> JSONValue {
        try QueryPlan(for: query, indexes: try indexes(of: space)).document(for: query)
    }
}

/// Queries over any state by reading all of its keys: what the in-memory ledger offers.
///
/// `sort` works on declared indexes, whose entries are computed for each query.
package struct ScanningQuerySource: QuerySource {
    private let reader: any StateReader
    private let declared: [QuerySpace: [QueryIndex]]

    package init(_ reader: any StateReader, indexes: [QuerySpace: [QueryIndex]] = [:]) {
        self.reader = reader
        self.declared = indexes
    }

    package func indexes(of space: QuerySpace) -> [QueryIndex] { declared[space] ?? [] }

    package func candidates(
        of plan: QueryPlan, in space: QuerySpace, after last: Bookmark?, countMax: Int
    ) throws -> [QueryCandidate] {
        var candidates = try rows(of: space).compactMap { row -> QueryCandidate? in
            guard let index = plan.index else {
                return QueryCandidate(place: Bookmark(entry: Bytes(), key: row.key), state: row.state)
            }
            guard let document = QueryDocument(key: row.key, value: row.state.value),
                let entry = index.entry(for: document.content),
                plan.lowerBound.map({ $0 <= entry }) ?? true, plan.upperBound.map({ entry < $0 }) ?? true
            else { return nil }
            return QueryCandidate(place: Bookmark(entry: entry, key: row.key), state: row.state)
        }
        candidates.sort { $0.place.isBefore($1.place) == (plan.direction == .ascending) }
        if let last {
            candidates.removeAll { plan.direction == .ascending ? !last.isBefore($0.place) : !$0.place.isBefore(last) }
        }
        return Array(candidates.prefix(countMax))
    }

    private func rows(of space: QuerySpace) throws -> [StateRow] {
        switch space {
        case .namespace(let namespace): try reader.rows(in: .all, of: namespace, countMax: .max)
        case .collection(let collection): try reader.privateRows(in: .all, of: collection, countMax: .max)
        }
    }
}

extension Bookmark {
    fileprivate func isBefore(_ other: Bookmark) -> Bool {
        entry == other.entry ? key < other.key : entry < other.entry
    }
}
