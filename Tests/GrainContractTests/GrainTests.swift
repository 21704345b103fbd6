import DuetContract
import DuetContractTesting
import GrainContract
import Testing

@Suite("Grain")
struct GrainTests {
    private func ledger() throws -> TestLedger {
        let ledger = try TestLedger(LinkedContract(Grain.name, Grain.self))
        ledger.answer("grain/quote") { payload in
            guard payload == Bytes(#"{"crop":"wheat"}"#) else { throw ContractError("there is no price") }
            return Bytes(#"{"eurosPerTonne":210}"#)
        }
        return ledger
    }

    @Test("a lot is sold at the price that the function quotes")
    func sells() throws {
        let ledger = try ledger()
        #expect(try ledger.submit("grain", "store", "l1", "wheat", "100", "Ada").status == 200)
        #expect(try ledger.submit("grain", "store", "l2", "wheat", "50", "Ada").status == 200)
        let sale = try ledger.submit("grain", "sell", "l1", "Bo")
        #expect(sale.text == #"{"crop":"wheat","tonnes":100,"owner":"Bo","price":21000}"#)
        #expect(sale.functionCalls.map(\.function) == ["grain/quote"])
        #expect(try ledger.evaluate("grain", "tonnesOf", "Ada").text == "50")
        #expect(try ledger.evaluate("grain", "tonnesOf", "Bo").text == "100")
    }

    @Test("without a price nothing is sold")
    func noPrice() throws {
        let ledger = try ledger()
        _ = try ledger.submit("grain", "store", "l1", "oats", "1", "Ada")
        #expect(try ledger.submit("grain", "sell", "l1", "Bo").status == 502)
        _ = try ledger.submit("grain", "store", "l2", "wheat", "1", "Ada")
        ledger.answer("grain/quote") { _ in Bytes(#"{"eurosPerTonne":-1}"#) }
        #expect(try ledger.submit("grain", "sell", "l2", "Bo").status == 500)
        #expect(try ledger.evaluate("grain", "tonnesOf", "Ada").text == "2")
    }

    @Test("lots are stored once, with sense")
    func stores() throws {
        let ledger = try ledger()
        #expect(try ledger.submit("grain", "store", "l1", "wheat", "0", "Ada").status == 500)
        #expect(try ledger.submit("grain", "store", "l1", "wheat", "9223372036854775807", "Ada").status == 500)
        #expect(try ledger.submit("grain", "store", "l1", "wheat", "1", "Ada").status == 200)
        #expect(try ledger.submit("grain", "store", "l1", "wheat", "1", "Ada").status == 500)
        #expect(try ledger.evaluate("grain", "lot", "l9").status == 404)
    }
}
