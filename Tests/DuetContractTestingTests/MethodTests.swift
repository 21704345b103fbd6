import DuetContract
import DuetContractTesting
import Testing

@Suite("Methods of contracts")
struct MethodTests {
    struct Car: Codable, Equatable, ContractArgument, ContractResult {
        var id: String
        var price: Int
    }

    struct Market: Contract {
        init(name: String) {}

        static var methods: [ContractMethod<Market>] {
            ContractMethod("offer", "car", body: Market.offer)
            ContractMethod("raise", "id", "by", body: Market.raise)
            ContractMethod("car", "id", body: Market.car)
            ContractMethod("echo", raw: Market.echo)
        }

        func offer(_ stub: ContractStub, car: Car) throws {
            try stub.putState(car.id, car.contractResult())
        }

        func raise(_ stub: ContractStub, id: String, amount: Int) throws -> Car {
            guard var car = try car(stub, id: id) else { throw ContractError("no car \(id)", status: 404) }
            car.price += amount
            try stub.putState(id, car.contractResult())
            return car
        }

        func car(_ stub: ContractStub, id: String) throws -> Car? {
            try stub.getState(id).map { try JSONValue.decode(Car.self, from: $0) }
        }

        func echo(_ stub: ContractStub) -> ContractResponse {
            ContractResponse(status: 201, message: "said", payload: stub.parameters.first ?? Bytes())
        }
    }

    private func makeLedger() throws -> TestLedger {
        try TestLedger(LinkedContract("market", Market.self))
    }

    @Test("typed arguments and results are what the method sees")
    func typed() throws {
        let ledger = try makeLedger()
        let offered = try ledger.submit("market", "offer", "{\"price\":5,\"id\":\"vw\"}")
        #expect(offered.status == 200)
        #expect(offered.payload.isEmpty)
        #expect(try ledger.state(of: "vw", in: "market") == Bytes("{\"id\":\"vw\",\"price\":5}"))
        #expect(try ledger.submit("market", "raise", "vw", "2").text == "{\"id\":\"vw\",\"price\":7}")
        #expect(try ledger.evaluate("market", "car", "none").payload.isEmpty)
        let echo = try ledger.evaluate("market", "echo", "x")
        #expect(echo.status == 201)
        #expect(echo.message == "said")
    }

    @Test(
        "a call that does not fit says what would",
        arguments: [
            (["raise", "vw"], "The method \"raise\" takes 2 arguments (id, by), not 1."),
            (
                ["raise", "vw", "much"],
                "The argument \"by\" of \"raise\" cannot be used: \"much\" is no whole number of 64 bits"
            ),
            (["sell"], "The contract has no method \"sell\"; it has car, echo, offer, raise."),
        ])
    func misfits(call: [String], message: String) throws {
        let answer = try makeLedger().simulate("market", arguments: call.map { Bytes($0) })
        #expect(answer.status == 500)
        #expect(answer.message == message)
    }

    @Test("what a contract throws is its answer")
    func thrown() throws {
        let answer = try makeLedger().evaluate("market", "raise", "none", "1")
        #expect(answer.status == 404)
        #expect(answer.message == "no car none")
        #expect(!answer.isEndorsed)
    }

    @Test("the methods are described")
    func metadata() throws {
        let document = try JSONValue(parsing: LinkedContract("market", Market.self).metadata)
        guard case .array(let transactions)? = document["contracts"]?["market"]?["transactions"] else {
            Issue.record("no transactions")
            return
        }
        #expect(transactions.compactMap { $0["name"]?.text } == ["offer", "raise", "car", "echo"])
        guard case .array(let parameters)? = transactions[1]["parameters"] else {
            Issue.record("no parameters")
            return
        }
        #expect(parameters.compactMap { $0["name"]?.text } == ["id", "by"])
        #expect(parameters[1]["schema"]?["type"]?.text == "integer")
        #expect(transactions[3]["parameters"] == nil)
    }
}
