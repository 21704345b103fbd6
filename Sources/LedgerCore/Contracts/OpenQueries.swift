package import FabricTypes

/// A query that a contract has open.
package struct ContractQueryID: Hashable, Sendable {
    let number: Int
}

/// The first rows of a query, and how to ask for more.
package struct ContractQuery<Row: Sendable>: Sendable {
    package let id: ContractQueryID
    package let first: QueryBatch<Row>
}

/// One page of a query, with what to give back for the next one.
package struct ContractPage: Sendable {
    package let rows: [QueryResultKV]
    package let bookmark: Bytes
}

/// The queries that one contract of a transaction has open.
struct OpenQueries: Sendable {
    enum Query: Sendable {
        case range(QueryID)
        case rich(RichQueryRead, QueryBatches<QueryResult>)
        case history(KeyHistory, QueryBatches<KeyModification>)
    }

    private var lastNumber = 0
    private var queries: [ContractQueryID: Query] = [:]

    mutating func open(_ query: Query) -> ContractQueryID {
        lastNumber += 1
        let id = ContractQueryID(number: lastNumber)
        queries[id] = query
        return id
    }

    subscript(id: ContractQueryID) -> Query? {
        get { queries[id] }
        set { queries[id] = newValue }
    }
}
