/// One answer to a chaincode that walks over query results.
package struct QueryBatch<Row> {
    package var rows: [Row]
    /// Whether to ask again. If not, the query is closed already.
    package var hasMore: Bool

    package init(rows: [Row], hasMore: Bool) {
        self.rows = rows
        self.hasMore = hasMore
    }
}

extension QueryBatch: Sendable where Row: Sendable {}
extension QueryBatch: Equatable where Row: Equatable {}

/// Cuts query results into the batches that Fabric's peers hand to chaincodes: 100 rows, with one row looked ahead.
///
/// The row looked ahead has been read from the state: it belongs to the read set though the chaincode may never see it. So
/// every contract must be served by these batches, also one that runs in the same process.
/// Source: Fabric's `chaincode.QueryResponseGenerator`.
package struct QueryBatches<Row> {
    package static var rowCountMax: Int { 100 }

    /// How many rows a query answers altogether; rows beyond are cut off silently.
    private let totalCountMax: Int
    private var totalCount = 0
    private var pending: [Row] = []

    package init(totalCountMax: Int) {
        self.totalCountMax = totalCountMax
    }

    /// - Parameter nextRow: the next result of the query, nil at its end. Not asked again after that or beyond the limit.
    package mutating func next(_ nextRow: () throws -> Row?) rethrows -> QueryBatch<Row> {
        while totalCount < totalCountMax, let row = try nextRow() {
            totalCount += 1
            if pending.count == Self.rowCountMax {
                defer { pending = [row] }
                return QueryBatch(rows: pending, hasMore: true)
            }
            pending.append(row)
        }
        defer { pending = [] }
        return QueryBatch(rows: pending, hasMore: false)
    }
}

extension QueryBatches: Sendable where Row: Sendable {}
