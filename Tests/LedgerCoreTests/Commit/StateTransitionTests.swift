import FabricTypes
import LedgerCore
import Testing

@Suite("Read conflicts")
struct ReadConflictTests {
    /// Keys `a`, `b`, `c` at 0:0; `d` written at 0:0 and deleted at 1:0.
    private static func base() throws -> SmallLedger {
        var ledger = SmallLedger()
        try ledger.commit([.of(writes: [("a", "1"), ("b", "1"), ("c", "1"), ("d", "1")])])
        try ledger.commit([.of(writes: [("d", "")])])
        return ledger
    }

    struct ReadCase: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let key: String
        let version: Version?
        let isValid: Bool
    }

    @Test(
        "a read is compared with the committed version",
        arguments: [
            ReadCase(testDescription: "same version", key: "a", version: .at(0), isValid: true),
            ReadCase(testDescription: "other transaction", key: "a", version: .at(0, 1), isValid: false),
            ReadCase(testDescription: "other block", key: "a", version: .at(1), isValid: false),
            ReadCase(testDescription: "read as missing", key: "a", version: nil, isValid: false),
            ReadCase(testDescription: "missing both times", key: "x", version: nil, isValid: true),
            ReadCase(testDescription: "missing now", key: "x", version: .at(0), isValid: false),
            ReadCase(testDescription: "deleted now", key: "d", version: .at(0), isValid: false),
            ReadCase(testDescription: "deleted, read as missing", key: "d", version: nil, isValid: true),
        ])
    func committed(read: ReadCase) throws {
        var ledger = try Self.base()
        let verdict = try ledger.commit([.of(reads: [(read.key, read.version)])])[0]
        #expect(verdict.code == (read.isValid ? .valid : .mvccReadConflict))
        guard case .conflict(let conflict) = verdict else { return }
        #expect(conflict.read == .key(namespace: Bytes("n"), key: Bytes(read.key)))
        #expect(conflict.expected == read.version)
        #expect(conflict.actual == (read.key == "a" ? .at(0) : nil))
        #expect(conflict.winner == conflict.actual)
    }

    @Test("whatever an earlier valid transaction of the block does to a key is a conflict", arguments: ["2", ""])
    func withinBlock(value: String) throws {
        var ledger = try Self.base()
        let verdicts = try ledger.commit([
            .of(reads: [("a", .at(0))], writes: [("a", value)]),
            .of(reads: [("a", .at(0))], writes: [("a", "3")]),
            // Read as missing, deleted as missing by an earlier one: a conflict all the same.
            .of(writes: [("x", "")]),
            .of(reads: [("x", nil)]),
            // The invalid transaction's writes do not count.
            .of("other", reads: [("a", nil)]),
        ])
        #expect(verdicts.map(\.code) == [.valid, .mvccReadConflict, .valid, .mvccReadConflict, .valid])
        guard case .conflict(let conflict) = verdicts[1] else { return }
        #expect(conflict.winner == .at(2, 0))
        #expect(conflict.actual == (value.isEmpty ? nil : .at(2, 0)))
        #expect(conflict.description.contains("changed by transaction 0 of block 2"))
    }

    @Test("a metadata write of a missing key changes nothing and conflicts with nobody")
    func metadataOfMissingKey() throws {
        var ledger = try Self.base()
        let verdicts = try ledger.commit([.of(metadata: [("x", "p")]), .of(reads: [("x", nil)])])
        #expect(verdicts.map(\.code) == [.valid, .valid])
    }

    @Test("hashed reads are compared like plain ones")
    func hashedReads() throws {
        var ledger = SmallLedger()
        func set(reads: [(String, Version?)] = [], writes: [String] = []) -> ReadWriteSet {
            var hashed = HashedRWSet()
            hashed.reads = reads.map { KVReadHash(keyHash: Digest(of: Bytes($0)).bytes, version: $1) }
            hashed.writes = writes.map { KVWriteHash(key: Bytes($0), value: Bytes("v")) }
            return .of(collections: [CollectionReadWriteSet(collection: Bytes("c"), hashedSet: hashed)])
        }
        try ledger.commit([set(writes: ["a"])])
        let verdicts = try ledger.commit([
            set(reads: [("a", .at(0))]), set(reads: [("a", nil)]), set(reads: [("b", nil)]),
            set(reads: [("a", .at(0))], writes: ["a"]), set(reads: [("a", .at(0))]),
        ])
        #expect(verdicts.map(\.code) == [.valid, .mvccReadConflict, .valid, .valid, .mvccReadConflict])
        guard case .conflict(let conflict) = verdicts[4] else { return }
        let id = CollectionID(namespace: Bytes("n"), collection: Bytes("c"))
        #expect(conflict.read == .privateKey(collection: id, keyHash: Digest(of: Bytes("a")).bytes))
        #expect(conflict.winner == .at(1, 3))
    }

    private static func range(
        _ start: String, _ end: String, isExhausted: Bool = true, rows: [(String, Version?)]? = []
    ) -> RangeQueryInfo {
        var info = RangeQueryInfo()
        (info.startKey, info.endKey, info.isExhausted) = (Bytes(start), Bytes(end), isExhausted)
        info.result = rows.map { .rawReads(QueryReads($0.map { KVRead(key: Bytes($0), version: $1) })) }
        return info
    }

    struct RangeCase: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let range: RangeQueryInfo
        /// Nil where the range is as it was.
        let firstDifference: String?
    }

    @Test(
        "a range is read again over the committed state",
        arguments: [
            RangeCase(
                testDescription: "as it was", range: range("a", "c", rows: [("a", .at(0)), ("b", .at(0))]),
                firstDifference: nil),
            RangeCase(
                testDescription: "open ends",
                range: range("", "", rows: [("a", .at(0)), ("b", .at(0)), ("c", .at(0))]), firstDifference: nil),
            RangeCase(
                testDescription: "not drained: the end belongs to it",
                range: range("a", "c", isExhausted: false, rows: [("a", .at(0)), ("b", .at(0)), ("c", .at(0))]),
                firstDifference: nil),
            RangeCase(
                testDescription: "drained, yet lists the end",
                range: range("a", "c", rows: [("a", .at(0)), ("b", .at(0)), ("c", .at(0))]), firstDifference: "c"),
            RangeCase(
                testDescription: "a row is new", range: range("a", "c", rows: [("b", .at(0))]), firstDifference: "a"),
            RangeCase(
                testDescription: "a row is gone",
                range: range("a", "c", rows: [("a", .at(0)), ("aa", .at(0)), ("b", .at(0))]), firstDifference: "aa"),
            RangeCase(
                testDescription: "a row was rewritten",
                range: range("a", "c", rows: [("a", .at(0)), ("b", .at(1))]), firstDifference: "b"),
            RangeCase(
                testDescription: "a row without version",
                range: range("a", "b", rows: [("a", nil)]), firstDifference: "a"),
            RangeCase(
                testDescription: "rows behind", range: range("a", "c", rows: [("a", .at(0))]), firstDifference: "b"),
            RangeCase(testDescription: "nothing recorded", range: range("a", "c", rows: nil), firstDifference: "a"),
            RangeCase(testDescription: "nothing there", range: range("x", "z", rows: nil), firstDifference: nil),
            RangeCase(testDescription: "empty list, nothing there", range: range("x", "z"), firstDifference: nil),
            RangeCase(testDescription: "start behind the end", range: range("z", "a"), firstDifference: nil),
            RangeCase(
                testDescription: "start behind the end, not drained: the end alone",
                range: range("z", "a", isExhausted: false, rows: [("a", .at(0))]), firstDifference: nil),
        ])
    func committedRange(item: RangeCase) throws {
        var ledger = try Self.base()
        let verdict = try ledger.commit([.of(ranges: [item.range])])[0]
        guard let first = item.firstDifference else {
            #expect(verdict == .valid)
            return
        }
        guard case .conflict(let conflict) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(conflict.code == .phantomReadConflict)
        #expect(conflict.read == .range(namespace: Bytes("n"), range: item.range, key: Bytes(first)))
    }

    @Test("a range sees what earlier transactions of the block wrote")
    func rangeWithinBlock() throws {
        var ledger = try Self.base()
        let seen = Self.range("a", "z", rows: [("a", .at(0)), ("b", .at(0)), ("c", .at(0))])
        let verdicts = try ledger.commit([
            // Outside the range, and a delete of a missing key inside it.
            .of(writes: [("A", "1"), ("z", "1"), ("y", "")]),
            .of(ranges: [seen]),
            .of(writes: [("bb", "1")]),
            .of(ranges: [seen]),
            .of(writes: [("bb", "")]),
            .of(ranges: [seen]),
            .of(writes: [("b", "")]),
            .of(ranges: [seen]),
        ])
        #expect(
            verdicts.map(\.code) == [
                .valid, .valid, .valid, .phantomReadConflict, .valid, .valid, .valid, .phantomReadConflict,
            ])
        guard case .conflict(let new) = verdicts[3], case .conflict(let gone) = verdicts[7] else { return }
        #expect(new.winner == .at(2, 2))
        #expect(gone.winner == .at(2, 6))
        #expect(gone.read == .range(namespace: Bytes("n"), range: seen, key: Bytes("b")))
    }

    @Test("a summary of a degree that makes no tree is no summary of anything", arguments: [0, 1, 2, UInt32.max])
    func summaryDegrees(degree: UInt32) throws {
        var ledger = try Self.base()
        var info = Self.range("a", "z")
        info.result = .merkleSummary(
            QueryReadsMerkleSummary(maxDegree: degree, maxLevel: 1, maxLevelHashes: [Bytes("?")]))
        #expect(try ledger.commit([.of(ranges: [info])])[0].code == .phantomReadConflict)
    }

    @Test("reads come before ranges, public before hashed, namespaces as they stand")
    func order() throws {
        var ledger = try Self.base()
        let phantom = Self.range("a", "c")
        var hashed = HashedRWSet()
        hashed.reads = [KVReadHash(keyHash: Bytes("h"), version: .at(0))]
        let collection = CollectionReadWriteSet(collection: Bytes("c"), hashedSet: hashed)
        func first(_ set: ReadWriteSet) throws -> ReadConflict.Read? {
            guard case .conflict(let conflict) = try ledger.commit([set])[0] else { return nil }
            return conflict.read
        }
        let stale = ReadWriteSet.of(reads: [("a", nil)], ranges: [phantom], collections: [collection])
        #expect(try first(stale) == .key(namespace: Bytes("n"), key: Bytes("a")))
        let ranged = try first(.of(ranges: [phantom], collections: [collection]))
        #expect(ranged == .range(namespace: Bytes("n"), range: phantom, key: Bytes("a")))
        let two = ReadWriteSet(namespaces: ReadWriteSet.of("z", reads: [("a", .at(9))]).namespaces + stale.namespaces)
        #expect(try first(two) == .key(namespace: Bytes("z"), key: Bytes("a")))
    }
}

@Suite("Effects of a block on the state")
struct StateUpdateTests {
    private static func state(_ ledger: SmallLedger, _ key: String) throws -> StateValue? {
        try ledger.snapshot.value(of: Bytes(key), in: Bytes("n"))
    }

    private static func metadata(_ text: String) -> Bytes {
        KVMetadataWrite(key: Bytes(), entries: [KVMetadataEntry(name: Bytes("m"), value: Bytes(text))]).encoded()
    }

    @Test("a value keeps its metadata, metadata its value; either raises the version")
    func valueAndMetadata() throws {
        var ledger = SmallLedger()
        try ledger.commit([.of(writes: [("k", "1")], metadata: [("k", "p")])])
        #expect(
            try Self.state(ledger, "k")
                == StateValue(value: Bytes("1"), version: .at(0), metadata: Self.metadata("p")))
        try ledger.commit([.of(writes: [("k", "2")])])
        #expect(
            try Self.state(ledger, "k")
                == StateValue(value: Bytes("2"), version: .at(1), metadata: Self.metadata("p")))
        try ledger.commit([.of(metadata: [("k", "q")])])
        #expect(
            try Self.state(ledger, "k")
                == StateValue(value: Bytes("2"), version: .at(2), metadata: Self.metadata("q")))
        try ledger.commit([.of(metadata: [("k", "")])])
        #expect(try Self.state(ledger, "k") == StateValue(value: Bytes("2"), version: .at(3)))
    }

    @Test("the same within one block: each transaction builds on the one before")
    func withinBlock() throws {
        var ledger = SmallLedger()
        try ledger.commit([
            .of(writes: [("k", "1")]), .of(metadata: [("k", "p")]), .of(writes: [("k", "2")]),
            .of(writes: [("gone", "1")], metadata: [("gone", "p")]), .of(writes: [("gone", "")]),
            .of(writes: [("gone", "2")]), .of(writes: [("lost", "1")]), .of(writes: [("lost", "")]),
            .of(metadata: [("lost", "p")]),
        ])
        #expect(
            try Self.state(ledger, "k")
                == StateValue(value: Bytes("2"), version: .at(0, 2), metadata: Self.metadata("p")))
        // Deleting loses the metadata; a key written anew starts without.
        #expect(try Self.state(ledger, "gone") == StateValue(value: Bytes("2"), version: .at(0, 5)))
        // Metadata of a key deleted earlier in the block brings nothing back.
        #expect(try Self.state(ledger, "lost") == nil)
    }

    @Test("metadata of a missing key has no effect, not even on the commit hash")
    func missing() throws {
        var transition = StateTransition(block: 0, over: SmallLedger().snapshot)
        let verdict = try transition.append(.of(metadata: [("k", "p")]), at: 0)
        #expect(verdict == .valid)
        #expect(transition.updates.publicState[Bytes("n")] == nil)
    }

    struct RepeatCase: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let writes: [(String, String)]
        var metadata: [(String, String)] = []
        let onMissing: String?
        let onExisting: String?
    }

    /// What stock peers make of a key that a set names twice; see `KeyOperation`.
    @Test(
        "a key named more than once in one set",
        arguments: [
            RepeatCase(testDescription: "put", writes: [("k", "a")], onMissing: "a", onExisting: "a"),
            RepeatCase(testDescription: "put put", writes: [("k", "a"), ("k", "b")], onMissing: nil, onExisting: "0"),
            RepeatCase(
                testDescription: "put put put", writes: [("k", "a"), ("k", "b"), ("k", "c")], onMissing: "c",
                onExisting: "c"),
            RepeatCase(testDescription: "del put", writes: [("k", ""), ("k", "a")], onMissing: nil, onExisting: nil),
            RepeatCase(testDescription: "put del", writes: [("k", "a"), ("k", "")], onMissing: nil, onExisting: nil),
            RepeatCase(testDescription: "del del", writes: [("k", ""), ("k", "")], onMissing: nil, onExisting: "0"),
            RepeatCase(
                testDescription: "put metadata metadata", writes: [("k", "a")], metadata: [("k", "p"), ("k", "q")],
                onMissing: "a", onExisting: "a"),
            RepeatCase(
                testDescription: "del metadata", writes: [("k", "")], metadata: [("k", "p")], onMissing: nil,
                onExisting: nil),
        ])
    func repeated(item: RepeatCase) throws {
        var ledger = SmallLedger()
        let set = ReadWriteSet.of(writes: item.writes, metadata: item.metadata)
        try ledger.commit([set])
        #expect(try Self.state(ledger, "k")?.value == item.onMissing.map { Bytes($0) })

        ledger = SmallLedger()
        try ledger.commit([.of(writes: [("k", "0")])])
        try ledger.commit([set])
        #expect(try Self.state(ledger, "k")?.value == item.onExisting.map { Bytes($0) })
        #expect(try Self.state(ledger, "k").map { $0.version == .at(1) } ?? true)
    }

    @Test("unsorted sets have the same effect as sorted ones")
    func unsorted() throws {
        var ledger = SmallLedger()
        try ledger.commit([.of(writes: [("b", "1"), ("a", "2"), ("", "3")])])
        let rows = try ledger.snapshot.rows(in: .all, of: Bytes("n"), countMax: 10)
        #expect(rows.map(\.key) == [Bytes(), Bytes("a"), Bytes("b")])
    }

    @Test("history has every public write of valid transactions, deletes too, and nothing of metadata")
    func history() throws {
        var ledger = SmallLedger()
        try ledger.commit([.of(writes: [("k", "1")]), .of(writes: [("k", "")]), .of(metadata: [("k", "p")])])
        try ledger.commit([.of(reads: [("k", .at(7))], writes: [("k", "2")]), .of(writes: [("k", "3")])])
        let writers = { try ledger.snapshot.writers(of: Bytes("k"), in: Bytes("n"), before: $0, countMax: $1) }
        #expect(try writers(nil, 10) == [.at(1, 1), .at(0, 1), .at(0, 0)])
        #expect(try writers(nil, 2) == [.at(1, 1), .at(0, 1)])
        #expect(try writers(.at(0, 1), 2) == [.at(0, 0)])
        #expect(try writers(.at(0, 0), 2) == [])
    }

    @Test("a document store's rule makes a transaction invalid, and only where it is set")
    func writeRule() throws {
        let sets: [ReadWriteSet] = [
            .of(writes: [("k", "{\"a\":1}")]), .of(writes: [("_k", "1")]), .of(writes: [("", "1")]),
            .of(writes: [("k", "{\"_a\":1}")]), .of(writes: [("k", "{\"\\u005fa\":1}")]),
            .of(writes: [("k", "{\"~version\":1}")]), .of(writes: [("k", "[{\"_a\":1}]")]),
            .of(writes: [("k", "{\"a\":{\"_a\":1}}")]), .of(writes: [("k", "{\"_a\":1")]), .of(writes: [("k", "")]),
        ]
        let refused = [1, 2, 3, 4, 5]
        var ledger = SmallLedger()
        let codes = try ledger.commit(sets, writeRule: .document).map(\.code)
        #expect(codes.indices.filter { codes[$0] == .invalidWriteSet } == refused)
        var other = SmallLedger()
        #expect(try other.commit(sets).allSatisfy { $0 == .valid })
    }
}
