import DuetContract
import DuetContractTesting
import MarblesContract
import Testing

@Suite("Strict marbles")
struct StrictMarblesTests {
    private static let name = Marbles.strictName
    private static let um = MarblesTable.united

    private func makeLedger() throws -> TestLedger {
        let ledger = try TestLedger(
            LinkedContract(Self.name, Marbles.self), organizations: ["UnitedMarbles", "MarbleMarketMSP"])
        _ = try ledger.submit(Self.name, "init_owner", "o1", "Amy", Self.um)
        _ = try ledger.submit(Self.name, "init_owner", "o2", "Alice", Self.um)
        _ = try ledger.submit(Self.name, "init_marble", "m1", "b\"lue", "35", "o1", Self.um)
        return ledger
    }

    @Test("JSON is always escaped")
    func escaping() throws {
        let stored = try #require(try makeLedger().state(of: "m1", in: Self.name))
        #expect(stored == Bytes(MarblesTable.short("m1", "b\\\"lue", 35, "o1", "amy", Self.um)))
    }

    @Test("every change is announced")
    func events() throws {
        let ledger = try makeLedger()
        func event(_ call: String...) throws -> TestTransaction.Event? {
            let transaction = try ledger.simulate(Self.name, arguments: call.map { Bytes($0) })
            if transaction.isEndorsed { _ = try ledger.commit([transaction]) }
            return transaction.event
        }
        #expect(try event("init_owner", "o3", "Ava", Self.um)?.name == "register")
        let created = try #require(try event("init_marble", "m2", "red", "1", "o1", Self.um))
        #expect(created.name == "create")
        #expect(created.payload == Bytes(MarblesTable.short("m2", "red", 1, "o1", "amy", Self.um)))
        let transferred = try #require(try event("set_owner", "m2", "o2", Self.um))
        #expect(transferred.name == "transfer")
        let payload = try JSONValue(parsing: transferred.payload)
        #expect(payload["id"]?.text == "m2")
        #expect(payload["from"]?["id"]?.text == "o1")
        #expect(payload["to"]?["id"]?.text == "o2")
        #expect(try event("delete_marble", "m2", Self.um)?.name == "delete")
        #expect(try event("disable_owner", "o2", Self.um)?.name == "retire")
        #expect(try event("set_owner", "m2", "nobody", Self.um) == nil)
    }

    @Test("points add up, whoever of the company grants them, and the original knows of none")
    func points() throws {
        let ledger = try makeLedger()
        #expect(try ledger.submit(Self.name, "grant_points", "o1", "5").status == 200)
        let granted = try ledger.submit(Self.name, "grant_points", "o1", "7")
        #expect(granted.text == #"{"docType":"marble_points","owner":{"id":"o1"},"points":12}"#)
        #expect(granted.event?.name == "points")
        for points in ["0", "-1", "1001", "many", "9223372036854775808"] {
            #expect(try ledger.submit(Self.name, "grant_points", "o1", points).status == 400)
        }
        #expect(try ledger.submit(Self.name, "grant_points", "m1", "5").status == 404)

        let original = try TestLedger(
            LinkedContract(Marbles.compatibleName, Marbles.self), organizations: ["UnitedMarbles"])
        #expect(
            try original.submit(Marbles.compatibleName, "grant_points", "o1", "5").message
                == "Received unknown invoke function name - 'grant_points'")
    }

    @Test(
        "nobody acts for another company",
        arguments: [
            ["init_owner", "o9", "x", MarblesTable.united],
            ["init_marble", "m9", "red", "1", "o1", MarblesTable.united],
            ["set_owner", "m1", "o2", MarblesTable.united], ["delete_marble", "m1", MarblesTable.united],
            ["disable_owner", "o1", MarblesTable.united], ["grant_points", "o1", "5"],
        ])
    func foreignCompany(call: [String]) throws {
        let ledger = try makeLedger()
        let stranger = try ledger.caller(of: "MarbleMarketMSP")
        let refused = try ledger.simulate(Self.name, arguments: call.map { Bytes($0) }, by: stranger)
        #expect(refused.status == 403)
        #expect(refused.message == "A member of MarbleMarketMSP cannot act for the company 'United Marbles'.")
        #expect(refused.writes.isEmpty)
        #expect(try ledger.simulate(Self.name, arguments: call.map { Bytes($0) }).status == 200)
    }

    @Test("a company's name may leave out what the MSP ID has behind it")
    func organizationNames() throws {
        let ledger = try makeLedger()
        let market = try ledger.caller(of: "MarbleMarketMSP")
        let answer = try ledger.submit(Self.name, "init_owner", "o3", "Bob", MarblesTable.market, by: market)
        #expect(answer.status == 200)
    }

    @Test("what would bypass the rules is refused")
    func refusals() throws {
        let ledger = try makeLedger()
        #expect(try ledger.evaluate(Self.name, "write", "m1", "x").status == 403)
        #expect(try ledger.submit(Self.name, "init", "1").status == 200)
        #expect(try ledger.submit(Self.name, "init", "2").status == 409)
    }

    @Test("no record takes the place of another kind of record, nor of what the contract keeps for itself")
    func places() throws {
        let ledger = try makeLedger()
        #expect(try ledger.submit(Self.name, "init", "1").status == 200)
        let company = Self.um
        #expect(try ledger.evaluate(Self.name, "init_owner", "m1", "eve", company).status == 409)
        #expect(try ledger.evaluate(Self.name, "init_marble", "o1", "red", "1", "o1", company).status == 500)
        for reserved in ["marbles_ui", "selftest", "\0points\0o1\0"] {
            #expect(try ledger.evaluate(Self.name, "init_marble", reserved, "red", "1", "o1", company).status == 400)
            #expect(try ledger.evaluate(Self.name, "init_owner", reserved, "eve", company).status == 400)
        }
    }

    @Test("a range is JSON, whatever keys and values it holds")
    func ranges() throws {
        let ledger = try makeLedger()
        #expect(try ledger.submit(Self.name, "init", "1").status == 200)
        #expect(try ledger.submit(Self.name, "init_owner", "q\"q", "Ava", Self.um).status == 200)
        let answer = try ledger.evaluate(Self.name, "getMarblesByRange", "", "")
        guard case .array(let rows) = try JSONValue(parsing: answer.payload) else {
            Issue.record("The answer is no list.")
            return
        }
        #expect(rows.count == 6)
    }
}
