import FabricTypes
import Testing

@testable import TriggerCore

@Suite("Causes of transactions")
struct TransactionCauseTests {
    @Test("a cause survives the ledger")
    func roundTrip() {
        let cause = TransactionCause(depth: 3, triggerID: "t-1", eventID: "trade/7/0/0")

        #expect(TransactionCause(cause.decoration) == cause)
    }

    @Test(
        "what is not written like a cause is none",
        arguments: ["", "x", "0 t e", "-1 t e", "1 t", "1  e", "1 t e f", "99999999999999999999 t e"])
    func refused(text: String) {
        #expect(TransactionCause(Bytes(text)) == nil)
    }
}
