import DuetContract
import DuetContractTesting
import MarblesContract
import Testing

/// Calls that are endorsed on the same state and ordered into one block.
@Suite("Marbles changed at the same time")
struct ConcurrentMarblesTests {
    private static let um = MarblesTable.united
    private static let conflict = "MVCC_READ_CONFLICT"

    struct Case: Sendable, CustomTestStringConvertible {
        let number: Int
        let calls: [[String]]
        let codes: [String]

        var testDescription: String { "row \(number)" }
    }

    static let cases: [Case] = [
        Case(
            number: 135,
            calls: [["set_owner", "m1", "o2", um], ["set_owner", "m1", "o3", um], ["set_owner", "m1", "o1", um]],
            codes: ["VALID", conflict, conflict]),
        Case(
            number: 136,
            calls: ["red", "green", "blue"].map { ["init_marble", "m5", $0, "1", "o1", um] },
            codes: ["VALID", conflict, conflict]),
        Case(
            number: 137, calls: ["x", "y"].map { ["init_owner", "o5", $0, um] }, codes: ["VALID", conflict]),
        Case(
            number: 138, calls: Array(repeating: ["delete_marble", "m1", um], count: 2), codes: ["VALID", conflict]),
        Case(
            number: 139, calls: [["delete_marble", "m1", um], ["set_owner", "m1", "o2", um]],
            codes: ["VALID", conflict]),
        Case(
            number: 139, calls: [["set_owner", "m1", "o2", um], ["delete_marble", "m1", um]],
            codes: ["VALID", conflict]),
        Case(
            number: 140, calls: ["m5", "m6", "m7"].map { ["init_marble", $0, "red", "1", "o1", um] },
            codes: ["VALID", "VALID", "VALID"]),
        Case(
            number: 141, calls: ["m1", "m2"].map { ["set_owner", $0, "o2", um] }, codes: ["VALID", "VALID"]),
        Case(
            number: 142, calls: ["1", "2", "3"].map { ["write", "k", $0] }, codes: ["VALID", "VALID", "VALID"]),
        Case(
            number: 143, calls: [["set_owner", "m1", "o2", um], ["disable_owner", "o2", um]],
            codes: ["VALID", "VALID"]),
    ]

    @Test("conflicts are those of the original", arguments: cases)
    func conflicts(of situation: Case) throws {
        let ledger = try TestLedger(LinkedContract(Marbles.compatibleName, Marbles.self))
        for owner in ["o1", "o2", "o3"] {
            _ = try ledger.submit(Marbles.compatibleName, "init_owner", owner, owner, Self.um)
        }
        for marble in ["m1", "m2"] {
            _ = try ledger.submit(Marbles.compatibleName, "init_marble", marble, "blue", "1", "o1", Self.um)
        }
        let transactions = try situation.calls.map { call in
            try ledger.simulate(Marbles.compatibleName, arguments: call.map { Bytes($0) })
        }
        #expect(transactions.allSatisfy { $0.status == 200 })
        #expect(try ledger.commit(transactions) == situation.codes)
        // The state is that of the last valid one.
        for (transaction, code) in zip(transactions, situation.codes) where code == "VALID" {
            for write in transaction.writes
            where situation.number != 142 || transaction.writes == transactions[2].writes {
                #expect(try ledger.state(of: write.key, in: write.contract) == write.value)
            }
        }
        let changed = try #require(transactions.first?.writes.first).key.lossyText
        let history = try JSONValue(
            parsing: ledger.evaluate(Marbles.compatibleName, "getHistory", changed).payload)
        guard case .array(let entries) = history else {
            Issue.record("no history")
            return
        }
        let earlierCount = changed == "m1" || changed == "m2" ? 1 : 0
        let sameKeyCount = zip(transactions, situation.codes)
            .count { $1 == "VALID" && $0.writes.first?.key.lossyText == changed }
        #expect(entries.count == earlierCount + sameKeyCount)
    }
}
