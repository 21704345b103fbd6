import DuetContract
import DuetContractTesting
import Testing

@Suite("Contracts that call functions")
struct FunctionCallTests {
    struct Ask: Codable, ContractResult {
        var crop: String
    }

    struct Quote: Codable, ContractArgument {
        var price: Int
    }

    struct Shop: Contract {
        init(name: String) {}

        static var methods: [ContractMethod<Shop>] {
            ContractMethod("price", "crop", body: Shop.price)
            ContractMethod("number", body: Shop.number)
            ContractMethod("fallback", body: Shop.fallback)
            ContractMethod("often", "count", body: Shop.often)
        }

        func price(_ stub: ContractStub, crop: String) throws -> Int {
            let quote: Quote = try stub.callFunction("prices/quote", Ask(crop: crop))
            try stub.putState("price", Bytes(String(quote.price)))
            return quote.price
        }

        func number(_ stub: ContractStub) throws -> Int { try stub.callFunction("prices/number", "") }

        func fallback(_ stub: ContractStub) throws -> Int {
            do {
                return try stub.callFunction("prices/number", "")
            } catch let error as ContractError where error.status == 504 {
                return -1
            }
        }

        func often(_ stub: ContractStub, count: Int) throws -> Int {
            for index in 0..<count { _ = try stub.callFunction("prices/quote", Bytes(String(index)), as: Bytes.self) }
            return count
        }
    }

    private func ledger() throws -> TestLedger { try TestLedger(LinkedContract("shop", Shop.self)) }

    @Test("a contract asks with what it has and takes what it is answered, and both are recorded")
    func answers() throws {
        let ledger = try ledger()
        ledger.answer("prices/quote") { payload in
            #expect(payload == Bytes(#"{"crop":"wheat"}"#))
            return Bytes(#"{"price": 210}"#)
        }
        let sale = try ledger.submit("shop", "price", "wheat")
        #expect(sale.text == "210")
        let call = try #require(sale.functionCalls.first)
        #expect(sale.functionCalls.count == 1 && call.function == "prices/quote")
        #expect(call.payload == Bytes(#"{"crop":"wheat"}"#) && call.answer == Bytes(#"{"price": 210}"#))
        #expect(sale.readKeys.count == 1)
        #expect(sale.readKeys.first?.lossyText.hasPrefix("\0duet.call\0") == true)
        // It is valid, and leaves no state but the contract's own.
        #expect(try ledger.state(of: "price", in: "shop") == Bytes("210"))
        #expect(sale.writes.map(\.key) == [Bytes("price")])
    }

    @Test("organisations whose functions differ would not endorse the same, even where the contract does not care")
    func differs() throws {
        let ledger = try ledger()
        var sets: [Bytes] = []
        for spaces in ["", " ", " "] {
            ledger.answer("prices/number") { _ in Bytes("42" + spaces) }
            ledger.answer("prices/quote") { _ in Bytes("{\"price\":42\(spaces)}") }
            sets.append(try ledger.simulate("shop", arguments: [Bytes("price"), Bytes("wheat")]).readWriteSet)
        }
        #expect(sets[0] != sets[1])
        #expect(sets[1] == sets[2])
    }

    @Test("why there is no answer is the contract's to decide upon")
    func errors() throws {
        let ledger = try ledger()
        let missing = try ledger.evaluate("shop", "number")
        #expect(missing.status == 404)
        #expect(missing.functionCalls.isEmpty && missing.readKeys.isEmpty)
        ledger.answer("prices/number") { _ in throw ContractError("slow", status: 504) }
        #expect(try ledger.evaluate("shop", "number").status == 504)
        #expect(try ledger.evaluate("shop", "fallback").text == "-1")
        ledger.answer("prices/number") { _ in throw ContractError("broken") }
        #expect(try ledger.evaluate("shop", "fallback").status == 502)
        ledger.answer("prices/number") { _ in Bytes("many") }
        let strange = try ledger.evaluate("shop", "number")
        #expect(strange.status == 500)
        #expect(strange.message.contains("Function \"prices/number\" answered something else"))
    }

    @Test("answers and calls are bounded")
    func bounds() throws {
        let ledger = try ledger()
        ledger.answer("prices/quote") { _ in Bytes(Array(repeating: 1, count: 256 * 1024 + 1)) }
        #expect(try ledger.evaluate("shop", "price", "wheat").status == 413)
        ledger.answer("prices/quote") { _ in Bytes() }
        #expect(try ledger.evaluate("shop", "often", "64").status == 200)
        #expect(try ledger.evaluate("shop", "often", "65").status == 429)
    }
}
