internal import FabricTypes

/// A range being read by a simulated transaction, with what of it the read-write set will tell.
///
/// Source: Fabric's `txmgr.resultsItr`.
struct RangeRead: Sendable {
    enum Space: Sendable {
        case publicState(namespace: Bytes)
        /// Reads of private ranges are recorded nowhere.
        case privateState(CollectionID)
    }

    let space: Space
    /// The start as asked; the end as far as the transaction has seen.
    private var info: RangeQueryInfo
    private let requestedEnd: Bytes
    private var summary: RangeReadSummary

    /// What is still to be fetched; nil at the end.
    private var rest: KeyRange?
    /// Fetched rows that are still to be handed out, behind `fetchedIndex`.
    private var fetched: [StateRow] = []
    private var fetchedIndex = 0
    /// One batch and the row looked ahead come with one fetch.
    private let fetchCountMax: Int

    init(_ range: KeyRange, of space: Space, fetchCountMax: Int = QueryBatches<StateRow>.rowCountMax + 1) {
        self.space = space
        info = RangeQueryInfo()
        info.startKey = range.start
        requestedEnd = range.end
        guard let summary = RangeReadSummary(degree: RangeReadSummary.degreeOfSimulation) else {
            preconditionFailure("the degree of simulation makes a tree")
        }
        self.summary = summary
        rest = range.isEmpty ? nil : range
        self.fetchCountMax = fetchCountMax
    }

    mutating func next(from reader: any StateReader) throws -> StateRow? {
        guard let row = try peek(from: reader) else {
            info.isExhausted = true
            info.endKey = requestedEnd
            return nil
        }
        fetchedIndex += 1
        summary.append(KVRead(key: row.key, version: row.state.version))
        info.endKey = row.key
        return row
    }

    /// The next row without taking it, which leaves no trace in the read-write set.
    mutating func peek(from reader: any StateReader) throws -> StateRow? {
        if fetchedIndex == fetched.count, let range = rest {
            switch space {
            case .publicState(let namespace):
                fetched = try reader.rows(in: range, of: namespace, countMax: fetchCountMax)
            case .privateState(let collection):
                fetched = try reader.privateRows(in: range, of: collection, countMax: fetchCountMax)
            }
            fetchedIndex = 0
            rest = fetched.count < fetchCountMax ? nil : fetched.last.map { range.after($0.key) }
        }
        return fetchedIndex < fetched.count ? fetched[fetchedIndex] : nil
    }

    /// What the read-write set tells of the range.
    var recorded: RangeQueryInfo {
        var info = info
        info.result = summary.finish()
        return info
    }
}
