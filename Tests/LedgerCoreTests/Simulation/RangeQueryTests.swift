import FabricTypes
import LedgerCore
import Testing

@Suite("Range queries of a simulation")
struct RangeQueryTests {
    private static let n = Bytes("n")

    /// Keys `000`, `001`, …
    private static func ledger(rowCount: Int) throws -> SmallLedger {
        var ledger = SmallLedger()
        try ledger.commit([.of(writes: (0..<rowCount).map { (name($0), "v") })])
        return ledger
    }

    private static func name(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }

    private static func ranges(_ simulator: consuming TransactionSimulator) throws -> [RangeQueryInfo] {
        try simulator.finish().readWriteSet.namespaces.flatMap(\.publicSet.rangeQueries)
    }

    /// Rows recorded, from the raw reads or, beyond 50, from a summary made of the keys.
    private static func isRecorded(_ info: RangeQueryInfo, rowCount: Int) throws -> Bool {
        var summary = try #require(RangeReadSummary(degree: RangeReadSummary.degreeOfSimulation))
        for number in 0..<rowCount { summary.append(KVRead(key: Bytes(name(number)), version: .at(0))) }
        return info.result == summary.finish()
    }

    struct Walk: Sendable, CustomTestStringConvertible {
        let rowCount: Int
        let batchSizes: [Int]

        var testDescription: String { "\(rowCount) rows" }
    }

    @Test(
        "rows come in batches of a hundred; a drained range ends where it was asked to",
        arguments: [
            Walk(rowCount: 0, batchSizes: [0]), Walk(rowCount: 1, batchSizes: [1]),
            Walk(rowCount: 99, batchSizes: [99]), Walk(rowCount: 100, batchSizes: [100]),
            Walk(rowCount: 101, batchSizes: [100, 1]), Walk(rowCount: 200, batchSizes: [100, 100]),
            Walk(rowCount: 201, batchSizes: [100, 100, 1]), Walk(rowCount: 305, batchSizes: [100, 100, 100, 5]),
        ])
    func batches(walk: Walk) throws {
        var simulator = try Self.ledger(rowCount: walk.rowCount).simulator()
        let query = try simulator.openRange(KeyRange(start: Bytes("0"), end: Bytes("9")), in: Self.n)
        var keys: [Bytes] = []
        for (index, size) in walk.batchSizes.enumerated() {
            let batch = try simulator.nextBatch(of: query)
            #expect(batch.rows.count == size)
            #expect(batch.hasMore == (index < walk.batchSizes.count - 1))
            keys += batch.rows.map(\.key)
        }
        #expect(keys == (0..<walk.rowCount).map { Bytes(Self.name($0)) })
        #expect(throws: SimulationError.self) { try simulator.nextBatch(of: query) }

        let info = try #require(try Self.ranges(simulator).first)
        #expect(info.startKey == Bytes("0"))
        #expect(info.endKey == Bytes("9"))
        #expect(info.isExhausted)
        #expect(try Self.isRecorded(info, rowCount: walk.rowCount))
    }

    @Test("a query closed early has read one row more than its batch")
    func closedEarly() throws {
        var simulator = try Self.ledger(rowCount: 250).simulator()
        let query = try simulator.openRange(.all, in: Self.n)
        _ = try simulator.nextBatch(of: query)
        simulator.close(query)
        simulator.close(query)
        #expect(throws: SimulationError.self) { try simulator.nextBatch(of: query) }

        let info = try #require(try Self.ranges(simulator).first)
        #expect(!info.isExhausted)
        #expect(info.endKey == Bytes(Self.name(100)))
        #expect(try Self.isRecorded(info, rowCount: 101))
    }

    @Test("ranges stand in the order of opening, equal ones once")
    func order() throws {
        var simulator = try Self.ledger(rowCount: 9).simulator()
        func read(_ start: Int, _ end: Int) throws {
            let range = KeyRange(start: Bytes(Self.name(start)), end: Bytes(Self.name(end)))
            _ = try simulator.nextBatch(of: simulator.openRange(range, in: Self.n))
        }
        try read(5, 8)
        try read(1, 3)
        try read(5, 8)
        try read(1, 4)
        let starts = try Self.ranges(simulator).map { [$0.startKey, $0.endKey] }
        #expect(starts == [[5, 8], [1, 3], [1, 4]].map { $0.map { Bytes(Self.name($0)) } })
    }

    @Test("beyond the limit of rows a query ends silently, and its range is not drained")
    func limit() throws {
        var simulator = try Self.ledger(rowCount: 20).simulator(queryRowCountMax: 7)
        let query = try simulator.openRange(.all, in: Self.n)
        let batch = try simulator.nextBatch(of: query)
        #expect(batch.rows.count == 7)
        #expect(!batch.hasMore)
        let info = try #require(try Self.ranges(simulator).first)
        #expect(!info.isExhausted)
        #expect(info.endKey == Bytes(Self.name(6)))
    }

    struct PageCase: Sendable, CustomTestStringConvertible {
        let size: Int
        let bookmark: String
        let rows: Range<Int>
        let next: String
        let isDrained: Bool

        var testDescription: String { "\(size) rows from \"\(bookmark)\"" }
    }

    @Test(
        "a page ends behind its rows, its bookmark is the next key",
        arguments: [
            PageCase(size: 4, bookmark: "", rows: 0..<4, next: "0004", isDrained: false),
            PageCase(size: 4, bookmark: "0004", rows: 4..<8, next: "0008", isDrained: false),
            PageCase(size: 4, bookmark: "0008", rows: 8..<10, next: "", isDrained: true),
            // As many rows as asked for: whether there are more was not looked at.
            PageCase(size: 10, bookmark: "", rows: 0..<10, next: "", isDrained: false),
            PageCase(size: 11, bookmark: "", rows: 0..<10, next: "", isDrained: true),
            PageCase(size: 0, bookmark: "0008", rows: 8..<10, next: "", isDrained: true),
            PageCase(size: -1, bookmark: "", rows: 0..<10, next: "", isDrained: true),
            PageCase(size: .max, bookmark: "", rows: 0..<10, next: "", isDrained: true),
        ])
    func pages(page item: PageCase) throws {
        var simulator = try Self.ledger(rowCount: 10).simulator()
        let range = KeyRange(start: Bytes("0"), end: Bytes("z"))
        let page = try simulator.page(of: range, in: Self.n, size: item.size, bookmark: Bytes(item.bookmark))
        #expect(page.rows.map(\.key) == item.rows.map { Bytes(Self.name($0)) })
        #expect(page.bookmark == Bytes(item.next))
        let info = try #require(try Self.ranges(simulator).first)
        #expect(info.startKey == Bytes(item.bookmark.isEmpty ? "0" : item.bookmark))
        #expect(info.isExhausted == item.isDrained)
        #expect(info.endKey == (item.isDrained ? Bytes("z") : Bytes(Self.name(item.rows.upperBound - 1))))
    }

    @Test("any list of results is cut the same way")
    func otherResults() throws {
        var numbers = Array(0..<205).makeIterator()
        var batches = QueryBatches<Int>(totalCountMax: 1_000)
        #expect(batches.next { numbers.next() } == QueryBatch(rows: Array(0..<100), hasMore: true))
        #expect(batches.next { numbers.next() } == QueryBatch(rows: Array(100..<200), hasMore: true))
        #expect(batches.next { numbers.next() } == QueryBatch(rows: Array(200..<205), hasMore: false))

        struct Failure: Error {}
        #expect(throws: Failure.self) { try batches.next { throw Failure() } }
    }
}
