public import FabricTypes

/// A key with its value.
public struct StateEntry: Hashable, Sendable {
    public let key: Bytes
    public let value: Bytes
    /// The contract whose state it is.
    public let namespace: Bytes

    init(_ row: QueryResultKV) {
        key = row.key
        value = row.value
        namespace = row.namespace
    }
}

/// A page of entries.
public struct StatePage: Hashable, Sendable {
    public let rows: [StateEntry]
    /// What to ask the next page with; empty at the end of a range.
    public let bookmark: Bytes

    init(rows: [StateEntry], bookmark: Bytes) {
        self.rows = rows
        self.bookmark = bookmark
    }

    init(_ page: StubPage) {
        self.init(rows: page.rows.map { StateEntry($0) }, bookmark: page.bookmark)
    }
}

/// Walks over the entries of a range or rich query. Close it when you stop early.
public final class StateIterator {
    private var rows: BatchedRows<QueryResultKV>

    init(_ query: StubQuery<QueryResultKV>) {
        rows = BatchedRows(query)
    }

    public var hasNext: Bool { rows.hasNext }

    /// The next entry; nil at the end.
    public func next() throws(ContractError) -> StateEntry? {
        try rows.next().map { StateEntry($0) }
    }

    public func close() {
        rows.close()
    }
}

/// One change of a key.
public struct HistoryEntry: Hashable, Sendable {
    public let transactionID: String
    /// Empty for a deletion.
    public let value: Bytes
    public let timestamp: TransactionTime?
    public let isDelete: Bool

    init(_ modification: KeyModification) {
        transactionID = modification.transactionID.lossyText
        value = modification.value
        timestamp = modification.timestamp.map { TransactionTime(seconds: $0.seconds, nanoseconds: $0.nanoseconds) }
        isDelete = modification.isDelete
    }
}

/// Walks over the changes of a key, newest first. Close it when you stop early.
public final class HistoryIterator {
    private var rows: BatchedRows<KeyModification>

    init(_ query: StubQuery<KeyModification>) {
        rows = BatchedRows(query)
    }

    public var hasNext: Bool { rows.hasNext }

    /// The next older change; nil at the end.
    public func next() throws(ContractError) -> HistoryEntry? {
        try rows.next().map { HistoryEntry($0) }
    }

    public func close() {
        rows.close()
    }
}

/// Rows that come in batches.
///
/// The next batch is asked for together with the last row of one, as Fabric's shim does, because what a peer has read stands
/// in the read-write set. Source: Fabric's `shim.CommonIterator`.
private struct BatchedRows<Row: Sendable> {
    private let query: StubQuery<Row>
    private var rows: [Row]
    private var index = 0
    private var hasMore: Bool

    init(_ query: StubQuery<Row>) {
        self.query = query
        rows = query.rows
        hasMore = query.hasMore
    }

    var hasNext: Bool { index < rows.count || hasMore }

    mutating func next() throws(ContractError) -> Row? {
        guard index < rows.count else { return nil }
        let row = rows[index]
        index += 1
        if index == rows.count, hasMore {
            (rows, hasMore) = try query.next()
            index = 0
        }
        return row
    }

    func close() {
        query.close()
    }
}
