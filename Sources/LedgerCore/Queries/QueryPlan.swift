package import FabricTypes

/// How a query is carried out: which index narrows the candidates to which range, in which order.
///
/// An index only narrows. Each candidate is judged by the selector, so that the answer does not depend on the indexes
/// there are, except for `sort`, which needs one, as in CouchDB.
package struct QueryPlan: Sendable {
    /// nil where all keys of the namespace are candidates, in the order of the keys.
    package let index: QueryIndex?
    /// The first entry of the index to read; nil for all from the beginning.
    package let lowerBound: Bytes?
    /// The entry before which to stop; nil for all to the end.
    package let upperBound: Bytes?
    package let direction: RichQuery.Direction

    /// - Throws: ``SelectorError`` with ``SelectorError/Code/noIndexForSort``.
    package init(for query: RichQuery, indexes: [QueryIndex]) throws(SelectorError) {
        let requirements = Requirements(of: query.selector)
        let candidates = indexes.compactMap { Candidate($0, query: query, requirements: requirements) }
        guard let best = candidates.max(by: { $0.isWorse(than: $1, preferred: query.preferredIndex) }) else {
            guard query.sort.isEmpty else {
                let names = query.sort.map(\.text).joined(separator: ", ")
                throw SelectorError(
                    .noIndexForSort,
                    "No index exists for the sort by \(names): declare one whose fields begin with these, with the contract."
                )
            }
            self.init(index: nil, lowerBound: nil, upperBound: nil, direction: .ascending)
            return
        }
        self.init(
            index: best.index, lowerBound: best.lowerBound, upperBound: best.upperBound,
            direction: query.sort.isEmpty ? .ascending : query.direction)
    }

    private init(index: QueryIndex?, lowerBound: Bytes?, upperBound: Bytes?, direction: RichQuery.Direction) {
        self.index = index
        self.lowerBound = lowerBound
        self.upperBound = upperBound
        self.direction = direction
    }

    /// The plan as a document, for `explain`.
    package func document(for query: RichQuery) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("selector", query.selector.document),
            ("skip", JSONValue(query.skip)),
            ("direction", JSONValue(direction.rawValue)),
        ]
        members.append(("limit", query.limit.map { JSONValue($0) } ?? .null))
        members.append(
            ("fields", query.fields.map { .array($0.map { JSONValue($0.text) }) } ?? JSONValue("all_fields")))
        if let index {
            members.append(
                (
                    "index",
                    JSONValue(object: [
                        ("ddoc", JSONValue("_design/\(index.designDocument)")), ("name", JSONValue(index.name)),
                        ("type", JSONValue("json")),
                        ("def", JSONValue(object: [("fields", .array(index.fields.map { JSONValue($0.text) }))])),
                    ])
                ))
            members.append(
                (
                    "range",
                    JSONValue(object: [
                        ("from", lowerBound.map { JSONValue($0.hex) } ?? .null),
                        ("before", upperBound.map { JSONValue($0.hex) } ?? .null),
                    ])
                ))
        } else {
            members.append(
                ("index", JSONValue(object: [("name", JSONValue("_all_docs")), ("type", JSONValue("special"))])))
        }
        return JSONValue(object: members)
    }
}

/// What a selector demands of single fields in every document that it accepts.
private struct Requirements {
    private var conditions: [FieldPath: [Selector]] = [:]

    init(of selector: Selector) {
        collect(selector)
    }

    private mutating func collect(_ selector: Selector) {
        switch selector {
        case .all(let parts):
            for part in parts { collect(part) }
        case .field(let path, let condition):
            // Only `$exists: false` accepts a document without the field.
            if case .exists(false) = condition { return }
            conditions[path, default: []].append(condition)
        default:
            break
        }
    }

    func demands(_ field: FieldPath) -> Bool { conditions[field] != nil }

    func equality(_ field: FieldPath) -> JSONValue? {
        for case .compare(.equal, let operand) in conditions[field] ?? [] { return operand }
        return nil
    }

    func range(_ field: FieldPath) -> (from: Bytes?, before: Bytes?) {
        var from: Bytes?
        var before: Bytes?
        for case .compare(let comparison, let operand) in conditions[field] ?? [] {
            let entry = JSONIndexKey.encode([operand])
            switch comparison {
            case .greater, .greaterOrEqual: from = max(from ?? entry, entry)
            case .less: before = min(before ?? entry, entry)
            case .lessOrEqual:
                if let next = JSONIndexKey.successor(ofPrefix: entry) { before = min(before ?? next, next) }
            case .equal, .notEqual: break
            }
        }
        return (from, before)
    }
}

private struct Candidate {
    let index: QueryIndex
    var lowerBound: Bytes?
    var upperBound: Bytes?
    private var equalityCount = 0
    private var isRanged = false

    /// nil if the index may lack a document that the selector accepts, or does not give the order asked for.
    init?(_ index: QueryIndex, query: RichQuery, requirements: Requirements) {
        self.index = index
        // An index lacks the documents without its fields; a document without a field of the sort has no place in it.
        for field in index.fields where !requirements.demands(field) && !query.sort.contains(field) { return nil }
        var prefix: [JSONValue] = []
        for field in index.fields {
            guard let value = requirements.equality(field) else { break }
            prefix.append(value)
        }
        guard Self.sorts(query.sort, index.fields, fixedCount: prefix.count) else { return nil }
        equalityCount = prefix.count
        let encoded = JSONIndexKey.encode(prefix)
        if !prefix.isEmpty {
            lowerBound = encoded
            upperBound = JSONIndexKey.successor(ofPrefix: encoded)
        }
        if prefix.count < index.fields.count {
            let range = requirements.range(index.fields[prefix.count])
            isRanged = range.from != nil || range.before != nil
            if let from = range.from { lowerBound = Bytes(encoded.array + from.array) }
            if let before = range.before { upperBound = Bytes(encoded.array + before.array) }
        }
    }

    /// Whether the index is in the order of the sort, given that its first fields have one value each.
    private static func sorts(_ sort: [FieldPath], _ fields: [FieldPath], fixedCount: Int) -> Bool {
        (0...fixedCount).contains { skipped in fields.dropFirst(skipped).starts(with: sort) }
    }

    func isWorse(than other: Candidate, preferred: (designDocument: String, name: String?)?) -> Bool {
        func isPreferred(_ index: QueryIndex) -> Bool {
            guard let preferred else { return false }
            return index.designDocument == preferred.designDocument
                && (preferred.name == nil || index.name == preferred.name)
        }
        let left = (isPreferred(index) ? 1 : 0, equalityCount, isRanged ? 1 : 0, -index.fields.count)
        let right = (
            isPreferred(other.index) ? 1 : 0, other.equalityCount, other.isRanged ? 1 : 0, -other.index.fields.count
        )
        // Equal plans are told apart by name, so that every machine takes the same one.
        return left == right
            ? (index.designDocument, index.name) > (other.index.designDocument, other.index.name) : left < right
    }
}
