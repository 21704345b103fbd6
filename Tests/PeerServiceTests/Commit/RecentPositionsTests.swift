internal import FabricTypes
internal import LedgerCore
internal import Testing

@testable internal import PeerService

@Suite("Recent positions")
struct RecentPositionsTests {
    private static func block(_ number: BlockNumber, _ transactions: [(id: String, code: ValidationCode)])
        -> CommittedBlock
    {
        CommittedBlock(
            number: number, bytes: Bytes(), transactionIDs: transactions.map { Bytes($0.id) },
            verdicts: transactions.map { $0.code.isValid ? .valid : .refused(TransactionRefusal($0.code, "")) },
            isConfigBlock: false, changedDefinitions: [])
    }

    @Test("tell where valid transactions stand, and leave the others to the ledger")
    func validOnes() {
        let recent = RecentPositions()
        recent.add(Self.block(4, [("a", .valid), ("b", .mvccReadConflict), ("", .valid)]))
        recent.add(Self.block(5, [("a", .duplicateTransactionID), ("c", .valid)]))
        #expect(recent[Bytes("a")] == TransactionPosition(blockNumber: 4, transactionIndex: 0, code: .valid))
        #expect(recent[Bytes("c")] == TransactionPosition(blockNumber: 5, transactionIndex: 1, code: .valid))
        #expect(recent[Bytes("b")] == nil)
        #expect(recent[Bytes("")] == nil)
    }

    @Test("forget the oldest")
    func bounded() {
        let recent = RecentPositions()
        for number in 0..<30 {
            recent.add(Self.block(BlockNumber(number), (0..<1_000).map { ("\(number)/\($0)", .valid) }))
        }
        #expect(recent[Bytes("29/999")] != nil)
        #expect(recent[Bytes("21/0")] != nil)
        #expect(recent[Bytes("10/0")] == nil)
    }
}
