internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore
internal import LedgerStorage
internal import LedgerTestKit
internal import Testing

@Suite("Rich queries on disk")
struct StoredQueryTests {
    private static let indexes = [
        QueryIndex(designDocument: "size", name: "size", fields: [FieldPath(Bytes("size"))]),
        QueryIndex(
            designDocument: "both", name: "both", fields: [FieldPath(Bytes("color")), FieldPath(Bytes("size"))]),
    ]
    private static let queries = [
        #"{"selector":{}}"#,
        #"{"selector":{"size":{"$gt":3}}}"#,
        #"{"selector":{"size":{"$gte":3,"$lt":7}}}"#,
        #"{"selector":{"size":5}}"#,
        #"{"selector":{"color":"c1"}}"#,
        #"{"selector":{"color":"c1","size":{"$lte":4}}}"#,
        #"{"selector":{"color":"c2","size":8},"use_index":"both"}"#,
        #"{"selector":{"size":{"$gt":null}},"sort":["size"]}"#,
        #"{"selector":{"size":{"$gt":2}},"sort":[{"size":"desc"}],"limit":4}"#,
        #"{"selector":{"color":{"$gt":"c0"}},"sort":["color","size"],"skip":2,"limit":5}"#,
        #"{"selector":{"color":"c1"},"sort":[{"size":"desc"}]}"#,
        #"{"selector":{"$or":[{"size":1},{"size":9}]},"fields":["size","_id"]}"#,
        #"{"selector":{"size":{"$in":[1,2,3]}},"use_index":["_design/size","size"]}"#,
        #"{"selector":{"color":{"$regex":"^c[01]$"}}}"#,
        #"{"selector":{"none":{"$exists":false}}}"#,
        #"{"selector":{"_id":{"$beginsWith":"a"}}}"#,
    ]

    @Test("give what reading everything gives, page by page, as values change", arguments: 0..<4)
    func pagesEqualScans(seed: UInt64) throws {
        try withTemporaryFolder { path in
            let ledger = try MadeLedger.open(path)
            defer { ledger.close() }
            let model = InMemoryLedger()
            for round in 0..<3 {
                // In the first round the index is filled as values come, then it is declared over what is there.
                if round == 1 { try ledger.declareIndexes(Self.indexes, of: Bytes("boats")) }
                if round == 0 { try ledger.declareIndexes(Self.indexes, of: Bytes("cars")) }
                for _ in 0..<12 {
                    let commit = try MadeLedger(seed: seed).nextCommit(for: model)
                    try model.commit(commit)
                    try ledger.commit(commit)
                }
                for namespace in ["cars", "boats"] where round > 0 || namespace == "cars" {
                    try Self.expectEqualPages(
                        ledger, model, .namespace(Bytes(namespace)), "seed \(seed) round \(round)")
                }
            }
        }
    }

    private static func expectEqualPages(
        _ ledger: SQLiteLedger, _ model: InMemoryLedger, _ space: QuerySpace, _ comment: String
    ) throws {
        let stored = try ledger.storedSnapshot()
        defer { stored.close() }
        let scanning = ScanningQuerySource(model.inMemorySnapshot(), indexes: [space: indexes])
        for text in queries {
            let query = try RichQuery(parsing: Bytes(text), engine: PCRE2Engine())
            let whole = try scanning.page(of: query, in: space, countMax: .max).results
            #expect(try stored.page(of: query, in: space, countMax: .max).results == whole, "\(comment): \(text)")
            #expect(
                try pages(of: text, from: stored, in: space, pageSize: 3, limit: query.limit) == whole,
                "\(comment): \(text)")
        }
    }

    /// All results, three at a time, each page from the bookmark of the one before.
    private static func pages(
        of text: String, from source: some QuerySource, in space: QuerySpace, pageSize: Int, limit: Int?
    ) throws -> [QueryResult] {
        var results: [QueryResult] = []
        var bookmark = Bytes()
        while true {
            let query = "{\"bookmark\":\"\(bookmark.lossyText)\",\(text.dropFirst())"
            let countMax = min(pageSize, (limit ?? .max) - results.count)
            let page = try source.page(
                of: RichQuery(parsing: Bytes(query), engine: PCRE2Engine()), in: space, countMax: countMax)
            results += page.results
            bookmark = page.bookmark
            if page.results.count < countMax || results.count == limit { return results }
        }
    }

    @Test("use the index that narrows most, and say so")
    func explanation() throws {
        try withTemporaryFolder { path in
            let ledger = try MadeLedger.open(path)
            defer { ledger.close() }
            try ledger.declareIndexes(Self.indexes, of: Bytes("cars"))
            let snapshot = try ledger.storedSnapshot()
            defer { snapshot.close() }
            func indexName(_ text: String) throws -> JSONValue? {
                let query = try RichQuery(parsing: Bytes(text), engine: PCRE2Engine())
                return try snapshot.explain(query, in: .namespace(Bytes("cars"))).object?["index"]?.object?["name"]
            }
            #expect(try indexName(#"{"selector":{"color":"c","size":1}}"#) == JSONValue("both"))
            #expect(try indexName(#"{"selector":{"size":{"$gt":1}}}"#) == JSONValue("size"))
            #expect(try indexName(#"{"selector":{"color":"c"}}"#) == JSONValue("_all_docs"))
            #expect(try indexName(#"{"selector":{"$or":[{"size":1},{"size":2}]}}"#) == JSONValue("_all_docs"))
        }
    }

    @Test("with a sort that no index gives are refused with what to declare")
    func sortWithoutIndex() throws {
        let source = ScanningQuerySource(InMemoryLedger().inMemorySnapshot())
        let query = try RichQuery(parsing: Bytes(#"{"selector":{},"sort":["size"]}"#), engine: PCRE2Engine())
        let error = #expect(throws: SelectorError.self) {
            try source.page(of: query, in: .namespace(Bytes("cars")), countMax: 1)
        }
        #expect(error?.code == .noIndexForSort)
        #expect(error?.message.contains("size") == true)
    }
}
