import DuetContract
import DuetContractTesting
import MarblesContract
import Testing

@Suite("Marbles as the original")
struct CompatibleMarblesTests {
    private static let name = Marbles.compatibleName

    private func makeLedger() throws -> TestLedger {
        try TestLedger(LinkedContract(Self.name, Marbles.self))
    }

    @Test("every row of the acceptance table answers and writes as the original")
    func table() throws {
        let ledger = try makeLedger()
        for row in MarblesTable.beforeHistory { try run(row, on: ledger) }
        try checkHistories(ledger)
        for row in MarblesTable.afterHistory { try run(row, on: ledger) }
    }

    private func run(_ row: MarblesRow, on ledger: TestLedger) throws {
        let transaction = try ledger.simulate(Self.name, arguments: row.call.map { Bytes($0) })
        let label: Comment = "row \(row.number): \(row.call)"
        #expect(transaction.event == nil, label)
        switch row.expectation {
        case .payload(let payload):
            #expect(transaction.status == 200, label)
            #expect(transaction.payload == Bytes(payload), "\(label): \(transaction.text)")
            if row.isSubmitted { #expect(try ledger.commit([transaction]) == ["VALID"], label) }
        case .failure(let message):
            #expect(transaction.status == 500, label)
            #expect(transaction.message == message, label)
            #expect(transaction.payload.isEmpty, label)
            #expect(transaction.writes.isEmpty, label)
        }
    }

    /// Rows 94, 99 and 100; transaction ids are the ledger's.
    private func checkHistories(_ ledger: TestLedger) throws {
        let um = MarblesTable.united
        try expect(
            [
                MarblesTable.short("m1", "pink", 16, "o1", "amy", um), MarblesTable.nothing,
                MarblesTable.short("m1", "blue", 35, "o1", "amy", um),
                MarblesTable.short("m1", "blue", 35, "o1", "amy", um),
                MarblesTable.short("m1", "blue", 35, "o3", "bob", MarblesTable.market),
                MarblesTable.short("m1", "blue", 35, "o2", "alice", um),
                MarblesTable.short("m1", "blue", 35, "o1", "amy", um),
            ], inHistoryOf: "m1", ledger)
        let owner = MarblesTable.short("o2", "", 0, "", "", "", docType: "marble_owner")
        try expect([owner, owner, owner], inHistoryOf: "o2", ledger)
        let green = MarblesTable.short("mb", "green", 1, "o1", "amy", um)
        try expect([green, green], inHistoryOf: "mb", ledger)
    }

    private func expect(_ values: [String], inHistoryOf key: String, _ ledger: TestLedger) throws {
        let answer = try ledger.evaluate(Self.name, "getHistory", key)
        guard case .array(let entries) = try JSONValue(parsing: answer.payload) else {
            Issue.record("the history of \(key) is \(answer.text)")
            return
        }
        #expect(entries.compactMap { $0["value"]?.encoded(escaping: .go) } == values.map { Bytes($0) })
        // Nothing but id and value, in this order, with the letters escaped as the original has them.
        let expected = try zip(entries, values).map { entry, value in
            "{\"txId\":\"\(try #require(entry["txId"]?.text))\",\"value\":\(value)}"
        }
        #expect(answer.text == "[\(expected.joined(separator: ","))]")
    }

    @Test(
        "stored bytes have the original's hashes",
        arguments: [
            ("m1", "eef8ff06ba13f38c46b43ef3839f2e7b1b30a428d956b4743dccf3869e46ef1d", 164, false),
            ("m1", "18078827555e12398060cb1bf5e680e91291f1ea03bce3f8d90634382443b939", 121, true),
            ("o1", "dc8dde551d55c293f690308ff3b1f9988f34254f0e40a26272b0e72c1953c89d", 95, false),
        ])
    func checkValues(key: String, hash: String, byteCount: Int, isTransferred: Bool) throws {
        let ledger = try makeLedger()
        let um = MarblesTable.united
        _ = try ledger.submit(Self.name, "init_owner", "o1", "Amy", um)
        _ = try ledger.submit(Self.name, "init_owner", "o2", "ALICE", um)
        _ = try ledger.submit(Self.name, "init_marble", "m1", "Blue", "35", "o1", um)
        if isTransferred { _ = try ledger.submit(Self.name, "set_owner", "m1", "o2", um) }
        let stored = try #require(try ledger.state(of: key, in: Self.name))
        #expect(stored.count == byteCount)
        #expect(Digest(of: stored).hex == hash)
    }

    @Test(
        "a call reads and writes what the original does",
        arguments: [
            (["init_owner", "o9", "x", MarblesTable.united], ["o9"], ["o9"]),
            (["init_marble", "m9", "red", "1", "o1", MarblesTable.united], ["m9", "o1"], ["m9"]),
            (["set_owner", "m1", "o1", MarblesTable.united], ["m1", "o1"], ["m1"]),
            (["delete_marble", "m1", MarblesTable.united], ["m1"], ["m1"]),
            (["disable_owner", "o1", MarblesTable.united], ["o1"], ["o1"]),
            (["write", "k", "v"], [], ["k"]),
            (["init", "1"], [], ["marbles_ui", "selftest"]),
        ])
    func readWriteSets(call: [String], reads: [String], writes: [String]) throws {
        let ledger = try makeLedger()
        _ = try ledger.submit(Self.name, "init_owner", "o1", "Amy", MarblesTable.united)
        _ = try ledger.submit(Self.name, "init_marble", "m1", "blue", "1", "o1", MarblesTable.united)
        let transaction = try ledger.simulate(Self.name, arguments: call.map { Bytes($0) })
        #expect(transaction.status == 200)
        #expect(transaction.readKeys == reads.map { Bytes($0) })
        #expect(transaction.writes.map(\.key) == writes.map { Bytes($0) })
    }

    @Test("the flagged call treats its only argument as the function", arguments: [["12345"], ["init", "12345"]])
    func initialization(arguments: [String]) throws {
        let ledger = try makeLedger()
        let transaction = try ledger.simulate(
            Self.name, arguments: arguments.map { Bytes($0) }, isInitialization: true)
        #expect(transaction.status == 200)
        #expect(try ledger.commit([transaction]) == ["VALID"])
        #expect(try ledger.state(of: "marbles_ui", in: Self.name) == Bytes("4.0.1"))
        #expect(try ledger.state(of: "selftest", in: Self.name) == (arguments.count == 2 ? Bytes("12345") : nil))
        _ = try ledger.submit(Self.name, "init", "12345")
        #expect(try ledger.state(of: "selftest", in: Self.name) == Bytes("12345"))
    }

    @Test("without arguments the function is unknown")
    func noArguments() throws {
        let transaction = try makeLedger().simulate(Self.name, arguments: [])
        #expect(transaction.message == MarblesTable.e15(""))
    }
}
