import DuetClient
import DuetContract
import MarblesContract
import NetworkTestKit
import Testing

/// The acceptance table and the strict contract on a network of two companies, by clients like anybody's.
@Suite("Marbles on a network")
struct NetworkMarblesTests {
    private static let um = MarblesTable.united
    private static let mm = MarblesTable.market

    private static func with(_ body: (RunningNetwork) async throws -> Void) async throws {
        try await RunningNetwork.with(
            program: "marbles-duet", options: ["--org", "UnitedMarbles", "--org", "MarbleMarket"], body)
    }

    // MARK: - One after another

    @Test("every row of the acceptance table holds through gateway, orderer and peers, with and without a first call")
    func table() async throws {
        try await Self.with { network in
            try await network.withContract(Marbles.compatibleName) { contract in
                for row in MarblesTable.beforeHistory { try await Self.run(row, contract) }
                let history = try await contract.evaluate("getHistory", "m1")
                guard case .array(let entries) = try JSONValue(parsing: history) else {
                    Issue.record("the history is \(history.lossyText)")
                    return
                }
                #expect(
                    entries.compactMap { $0["value"]?["color"]?.text } == [
                        "pink", "", "blue", "blue", "blue", "blue", "blue",
                    ])
                for row in MarblesTable.afterHistory { try await Self.run(row, contract) }
            }
            try await deployment(network)
        }
    }

    private static func run(_ row: MarblesRow, _ contract: ContractClient) async throws {
        let label: Comment = "row \(row.number): \(row.call)"
        let arguments = row.call.dropFirst().map { Bytes($0) }
        do {
            let answer: Bytes
            if row.isSubmitted {
                answer = try await contract.submit(row.call[0], arguments).result
            } else {
                answer = try await contract.evaluate(row.call[0], arguments)
            }
            guard case .payload(let expected) = row.expectation else {
                Issue.record("\(label) succeeded")
                return
            }
            #expect(answer == Bytes(expected), label)
        } catch let error as ClientError {
            guard case .failure(let message) = row.expectation else {
                Issue.record("\(label) failed: \(error)")
                return
            }
            #expect(error.phase == (row.isSubmitted ? .endorse : .evaluate), label)
            #expect(
                error.refusals.contains { $0.message == "chaincode response 500, \(message)" }, "\(label): \(error)")
        }
    }

    /// Rows 145 to 148: a definition whose first call must be flagged.
    private func deployment(_ network: RunningNetwork) async throws {
        for organization in ["UnitedMarbles", "MarbleMarket"] {
            try await network.run(
                "contract", "approve", "marbles", "--version", "2.0", "--init-required", "--package-id",
                "builtin:marbles", "--organization", organization)
        }
        try await network.run("contract", "commit", "marbles")
        let flagged = CallContext(isInitialization: true)
        try await network.withContract(Marbles.compatibleName) { contract in
            let early = try await #require(throws: ClientError.self) { try await contract.evaluate("read", "m1") }
            #expect(
                early.refusals.contains { $0.message.contains("has not been initialized for this version") }, "\(early)"
            )
            try await contract.submit("12345", [], context: flagged)
            #expect(try await contract.evaluate("read", "marbles_ui") == Bytes("4.0.1"))
            // What the table left there: the flagged call took the number for a name.
            #expect(try await contract.evaluate("read", "selftest") == Bytes("-5"))
            let again = try await #require(throws: ClientError.self) {
                try await contract.submit("12345", [], context: flagged)
            }
            #expect(again.refusals.contains { $0.message.contains("already initialized") }, "\(again)")
            try await contract.submit("init", "12345")
            #expect(try await contract.evaluate("read", "selftest") == Bytes("12345"))
        }
    }

    // MARK: - At the same time

    @Test("of calls that are endorsed on one state as many count as with the original")
    func concurrency() async throws {
        try await Self.with { network in
            try await network.withContract(Marbles.compatibleName) { contract in
                for owner in ["o1", "o2", "o3"] { try await contract.submit("init_owner", owner, owner, Self.um) }
                for (index, situation) in ConcurrentMarblesTests.cases.enumerated() {
                    // Each situation has marbles and owners of its own.
                    let calls = situation.calls.map { call in
                        call.map { ["m1", "m2", "m5", "m6", "m7", "o5", "k"].contains($0) ? "\($0)-\(index)" : $0 }
                    }
                    for marble in ["m1", "m2"] {
                        try await contract.submit("init_marble", "\(marble)-\(index)", "blue", "1", "o1", Self.um)
                    }
                    let codes = try await Self.submitTogether(calls, contract)
                    let label: Comment = "row \(situation.number): \(codes)"
                    let validCount = situation.codes.count { $0 == "VALID" }
                    #expect(codes.count { $0 == "VALID" } == validCount, label)
                    #expect(codes.count { $0 == "conflict" } == codes.count - validCount, label)
                }
            }
        }
    }

    /// Endorses all on one state, then submits all of them.
    private static func submitTogether(_ calls: [[String]], _ contract: ContractClient) async throws -> [String] {
        let channel = contract.channel
        let identity = channel.identity
        var transactions: [ClientTransaction] = []
        for call in calls {
            let proposal = channel.proposal(to: contract.name, call.map { Bytes($0) })
            let endorsed = try await channel.endorse(proposal.signed(identity.sign(proposal.messageToSign)))
            transactions.append(endorsed.signed(try await identity.sign(endorsed.messageToSign)))
        }
        // In their order, which decides who wins, and without waiting for one before the next is on its way.
        var codes: [String] = []
        var submitted: [TransactionID] = []
        for transaction in transactions {
            do {
                try await channel.submit(transaction)
                submitted.append(transaction.transactionID)
            } catch let error as ClientError where error.isConflict {
                codes.append("conflict")  // the gateway saw it
            }
        }
        for id in submitted {
            do {
                try await channel.commitStatus(of: id).requireValid()
                codes.append("VALID")
            } catch let error as ClientError where error.isConflict {
                codes.append("conflict")  // the ledger did
            }
        }
        return codes
    }

    // MARK: - Strict

    @Test("the strict contract lets companies act for themselves alone and tells every change")
    func strict() async throws {
        struct Enough: Error {}
        try await Self.with { network in
            let start = try await network.withContract(Marbles.strictName, 0) { contract in
                try await contract.submit("init_owner", "o1", "Amy", Self.um).blockNumber
            }
            try await network.withContract(Marbles.strictName, 1) { contract in
                let error = try await #require(throws: ClientError.self) {
                    try await contract.submit("init_owner", "o9", "Eve", Self.um)
                }
                #expect(error.refusals.contains { $0.message.contains("cannot act for the company") })
                try await contract.submit("init_owner", "o2", "Bob", Self.mm)
            }
            try await network.withContract(Marbles.strictName, 0) { contract in
                try await contract.submit("init_marble", "m1", "blue", "35", "o1", Self.um)
                try await contract.submit("set_owner", "m1", "o2", Self.um)
            }
            try await network.withContract(Marbles.strictName, 1) { contract in
                try await contract.submit("delete_marble", "m1", Self.mm)
                try await contract.submit("disable_owner", "o2", Self.mm)
                let names = EventNames()
                await #expect(throws: Enough.self) {
                    try await contract.events(from: .block(start)) { event in
                        if await names.add(event.name) == "retire" { throw Enough() }
                    }
                }
                #expect(await names.all.suffix(4) == ["create", "transfer", "delete", "retire"])
            }
        }
    }
}

private actor EventNames {
    private(set) var all: [String] = []

    func add(_ name: String) -> String {
        all.append(name)
        return name
    }
}
