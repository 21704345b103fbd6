import FabricTypes
import LedgerCore
import LedgerTestKit
import Testing

/// What history tells of real blocks is compared with the recording in ``RecordedSimulationTests``.
@Suite("History of a key")
struct KeyHistoryTests {
    private struct Claims: HistoryReader {
        var versions: [Version]

        func writers(of key: Bytes, in namespace: Bytes, before: Version?, countMax: Int) throws -> [Version] {
            Array(versions.filter { version in before.map { version < $0 } ?? true }.prefix(countMax))
        }
    }

    @Test("an index that contradicts the blocks is an error, not an answer", arguments: [(1, 0), (9, 0), (1, 99)])
    func contradiction(place: (BlockNumber, UInt64)) throws {
        let ledger = try RecordedReplay.trade().ledger
        var history = KeyHistory(
            of: Bytes("no such key"), in: Bytes("goods"), reader: Claims(versions: [.at(place.0, place.1)]),
            blocks: ledger)
        #expect(throws: LedgerStoreError.self) { try history.next() }
        var beyond = KeyHistory(
            of: Bytes("k"), in: Bytes("goods"), reader: Claims(versions: [.at(1_000)]), blocks: ledger)
        #expect(throws: LedgerStoreError.self) { try beyond.next() }
    }

    @Test("a history ends with the first write, and stays ended")
    func end() throws {
        let ledger = try RecordedReplay.trade().ledger
        let snapshot = try ledger.snapshot()
        var history = KeyHistory(of: Bytes("hist"), in: Bytes("goods"), reader: snapshot, blocks: ledger)
        var changes: [KeyModification] = []
        while let change = try history.next() { changes.append(change) }
        #expect(changes.count == 6)
        #expect(changes.map(\.isDelete) == [false, true, false, true, false, false])
        #expect(try history.next() == nil)
    }
}
