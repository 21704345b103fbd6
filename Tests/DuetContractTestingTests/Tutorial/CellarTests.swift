import DuetContract
import DuetContractTesting
import Testing

@Suite("A cellar")
struct CellarTests {
    let ledger: TestLedger

    init() throws {
        ledger = try TestLedger(LinkedContract("cellar", Cellar.self), organizations: ["NorthMSP", "SouthMSP"])
    }

    @Test("a stored bottle can be sold, and the buyer can sell it again")
    func selling() throws {
        let stored = try ledger.submit("cellar", "store", #"{"id":"b1","vintage":1998,"owner":""}"#)
        #expect(stored.status == 200)

        let sold = try ledger.submit("cellar", "sell", "b1", "SouthMSP")
        #expect(sold.text == #"{"id":"b1","vintage":1998,"owner":"SouthMSP"}"#)
        #expect(sold.event?.name == "sold")

        #expect(try ledger.submit("cellar", "sell", "b1", "NorthMSP").status == 403)
        let south = try ledger.caller(of: "SouthMSP")
        #expect(try ledger.submit("cellar", "sell", "b1", "NorthMSP", by: south).status == 200)
        #expect(try ledger.evaluate("cellar", "vintage", "1998").text == #"["b1"]"#)
    }

    @Test("of two sales at the same time one is valid")
    func conflict() throws {
        _ = try ledger.submit("cellar", "store", #"{"id":"b1","vintage":1998,"owner":""}"#)
        let sales = try ["SouthMSP", "NorthMSP"].map { buyer in
            try ledger.simulate("cellar", arguments: ["sell", "b1", buyer].map { Bytes($0) })
        }
        #expect(try ledger.commit(sales) == ["VALID", "MVCC_READ_CONFLICT"])
    }
}
