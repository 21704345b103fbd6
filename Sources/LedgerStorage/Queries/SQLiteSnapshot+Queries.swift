internal import FabricTypes
package import LedgerCore

extension SQLiteSnapshot: QuerySource {
    package func indexes(of space: QuerySpace) throws -> [QueryIndex] {
        try read { reader in
            guard let number = try reader.number(of: space.stored) else { return [] }
            return try StoredQueryIndex.all(of: number, on: reader.connection).map(\.definition)
        }
    }

    package func candidates(
        of plan: QueryPlan, in space: QuerySpace, after last: Bookmark?, countMax: Int
    ) throws -> [QueryCandidate] {
        try read { reader in
            guard let number = try reader.number(of: space.stored) else { return [] }
            guard let index = plan.index else {
                let range = last.map { KeyRange.all.after($0.key) } ?? .all
                return try reader.rows(in: range, of: space.stored, countMax: countMax).map {
                    QueryCandidate(place: Bookmark(entry: Bytes(), key: $0.key), state: $0.state)
                }
            }
            let stored = try StoredQueryIndex.all(of: number, on: reader.connection)
            // The plan was made from these very indexes, in the same snapshot.
            guard let id = stored.first(where: { $0.definition == index })?.id else { return [] }
            return try reader.candidates(of: plan, index: id, space: number, after: last, countMax: countMax)
        }
    }
}

extension SQLiteLedger: QueryIndexing {
    package func declareIndexes(_ indexes: [QueryIndex], of space: QuerySpace) throws {
        switch space {
        case .namespace(let namespace): try declareIndexes(indexes, of: namespace)
        case .collection(let collection): try declareIndexes(indexes, of: collection)
        }
    }
}

extension QuerySpace {
    fileprivate var stored: Space {
        switch self {
        case .namespace(let namespace): .open(namespace)
        case .collection(let collection): .secret(collection)
        }
    }
}

extension ReadConnection {
    fileprivate func candidates(
        of plan: QueryPlan, index: Int64, space: Int64, after last: Bookmark?, countMax: Int
    ) throws(StorageError) -> [QueryCandidate] {
        // The tighter of the plan's bound and the last candidate is the one that counts on its side.
        let isAscending = plan.direction == .ascending
        let (operation, order) = isAscending ? (">", "") : ("<", "DESC")
        var condition = "e.query_index=?1 AND e.entry>=?2"
        if plan.upperBound != nil { condition += " AND e.entry<?3" }
        if last != nil { condition += " AND (e.entry, e.key) \(operation) (?4, ?5)" }
        let statement = try connection.statement(
            """
            SELECT e.entry, e.key, s.block, s.tx, s.value FROM query_entry AS e
            JOIN state AS s ON s.space=?6 AND s.key=e.key
            WHERE \(condition) ORDER BY e.entry \(order), e.key \(order) LIMIT ?7
            """
        ).bind(
            .integer(index), .bytes(plan.lowerBound ?? Bytes()), plan.upperBound.map { .bytes($0) } ?? .null,
            last.map { .bytes($0.entry) } ?? .null, last.map { .bytes($0.key) } ?? .null, .integer(space),
            .integer(Int64(countMax)))
        defer { statement.reset() }
        var candidates: [QueryCandidate] = []
        while try statement.step() {
            candidates.append(
                QueryCandidate(
                    place: Bookmark(entry: statement.bytes(0), key: statement.bytes(1)),
                    state: StateValue(value: statement.bytes(4), version: statement.version(2))))
        }
        return candidates
    }
}
