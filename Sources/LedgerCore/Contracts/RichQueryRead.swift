internal import FabricTypes

/// Walks over the results of a rich query, fetching page after page.
///
/// Source: Fabric's `statecouchdb.queryScanner`.
struct RichQueryRead: Sendable {
    /// How many results come with one fetch, as with Fabric's `internalQueryLimit`.
    static let pageCountMax = 1_000

    /// Where the results are recorded as reads; nil for a private collection, whose reads are recorded nowhere.
    let namespace: Bytes?
    private let source: any QuerySource
    private let space: QuerySpace
    private var query: RichQuery
    /// The query's own limit, as far as it is not used up.
    private var remainingCount: Int

    private var fetched: [QueryResult] = []
    private var fetchedIndex = 0
    private var isAtEnd = false

    init(_ query: RichQuery, in space: QuerySpace, source: any QuerySource) {
        self.query = query
        self.space = space
        self.source = source
        remainingCount = query.limit ?? .max
        if case .namespace(let namespace) = space { self.namespace = namespace } else { namespace = nil }
    }

    mutating func next() throws -> QueryResult? {
        if fetchedIndex == fetched.count, !isAtEnd {
            let countMax = min(Self.pageCountMax, remainingCount)
            let page = try source.page(of: query, in: space, countMax: countMax)
            fetched = page.results
            fetchedIndex = 0
            remainingCount -= fetched.count
            isAtEnd = fetched.count < countMax || remainingCount == 0
            if !isAtEnd { query = try query.continued(at: page.bookmark) }
        }
        guard fetchedIndex < fetched.count else { return nil }
        fetchedIndex += 1
        return fetched[fetchedIndex - 1]
    }
}
