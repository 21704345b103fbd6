import DuetContract
import DuetContractTesting
import FabricTypes
import Testing

@Suite("What a stub does")
struct StubTests {
    /// Runs whatever a test wants.
    private struct Script: Contract {
        init(name: String) {}

        func initialize(_ stub: ContractStub) throws -> ContractResponse {
            try invoke(stub)
        }

        func invoke(_ stub: ContractStub) throws -> ContractResponse {
            switch stub.function {
            case "schedule":
                for index in 0..<(Int(stub.parameters[0].lossyText) ?? 0) {
                    try stub.schedule(
                        organization: "Org1MSP", service: "s", function: "f", payload: Bytes("\(index)"))
                }
            case "scheduleBytes":
                try stub.schedule(
                    organization: "Org1MSP", service: "s", function: "f",
                    payload: Bytes([UInt8](repeating: 1, count: Int(stub.parameters[0].lossyText) ?? 0)))
            case "caller":
                let caller = try stub.caller()
                return .success(Bytes("\(caller.mspID) \(caller.commonName) \(caller.attributes["role"] ?? "-")"))
            case "private":
                try stub.putPrivateData("secret", "k", stub.transient["value"] ?? Bytes())
            case "secret":
                return .success(try stub.getPrivateData("secret", "k") ?? Bytes())
            case "fill":
                stub.startWriteBatch()
                for index in 0..<250 { try stub.putState("k\(1_000 + index)", Bytes("v")) }
            case "first":
                let rows = try stub.getStateByRange("k", "l")
                defer { rows.close() }
                for _ in 0..<(Int(stub.parameters[0].lossyText) ?? 0) { _ = try rows.next() }
            case "call":
                let answer = stub.invokeContract("other", [Bytes("echo"), Bytes("x")])
                return .success(Bytes("\(answer.status) \(answer.payload.lossyText)"))
            case "echo":
                try stub.putState("echoed", stub.parameters[0])
                try stub.setEvent("never seen")
                return .success(stub.parameters[0])
            case "query":
                let rows = try stub.getQueryResult("{\"selector\":{\"size\":{\"$gt\":1}}}")
                var keys: [String] = []
                while let row = try rows.next() { keys.append(row.key.lossyText) }
                return .success(Bytes(keys.joined(separator: ",")))
            case "put":
                try stub.putState(stub.parameters[0], stub.parameters[1])
            default:
                throw ContractError("no \(stub.function)")
            }
            return .success()
        }
    }

    private func makeLedger(collections: [TestCollection] = []) throws -> TestLedger {
        try TestLedger(
            LinkedContract("script", Script.self), LinkedContract("other", Script.self), collections: collections)
    }

    @Test("scheduled functions stand together under the reserved key")
    func schedule() throws {
        let ledger = try makeLedger()
        let transaction = try ledger.submit("script", "schedule", "3")
        let write = try #require(transaction.writes.first)
        #expect(write.key == FunctionSchedule.key)
        #expect(transaction.writes.count == 1)
        #expect(transaction.readKeys.isEmpty)
        let entries = try FunctionSchedule(decoding: try #require(write.value)).entries
        #expect(entries.map(\.payload) == ["0", "1", "2"].map { Bytes($0) })
        #expect(entries.allSatisfy { $0.organization == Bytes("Org1MSP") && $0.service == Bytes("s") })
    }

    @Test("more functions than a transaction may schedule are refused")
    func scheduleLimit() throws {
        let ledger = try makeLedger()
        #expect(try ledger.evaluate("script", "schedule", "64").status == 200)
        #expect(
            try ledger.evaluate("script", "schedule", "65").message
                == "A transaction can schedule at most 64 functions.")
    }

    @Test("what a transaction schedules has 256 KiB at most, counted as it is written")
    func scheduleBytes() throws {
        let ledger = try makeLedger()
        let shorter = try ledger.submit("script", "scheduleBytes", "200000")
        // Lengths of both sizes take three bytes on the wire.
        let overhead = try #require(shorter.writes.first?.value).count - 200_000
        let longest = FunctionSchedule.byteCountMax - overhead
        let whole = try ledger.submit("script", "scheduleBytes", "\(longest)")
        #expect(whole.status == 200)
        #expect(whole.writes.first?.value?.count == 262_144)
        let answer = try ledger.evaluate("script", "scheduleBytes", "\(longest + 1)")
        #expect(answer.status == 500)
        #expect(answer.message == "What a transaction schedules can have at most 262144 bytes, not 262145.")
    }

    @Test("a contract learns who called it")
    func caller() throws {
        let ledger = try makeLedger()
        let clerk = try ledger.caller("clerk", of: "Org2MSP", attributes: ["role": "teller"])
        #expect(
            try ledger.evaluate("script", "caller", by: clerk).text == "Org2MSP clerk@Org2MSP.example.com teller")
    }

    @Test("private data stays out of the public set and comes back to members")
    func privateData() throws {
        let ledger = try makeLedger(collections: [
            TestCollection("secret", members: ["Org1MSP"], isMemberOnlyRead: true, isMemberOnlyWrite: true)
        ])
        let transaction = try ledger.simulate(
            "script", arguments: [Bytes("private")], transient: ["value": Bytes("hush hush")])
        #expect(transaction.status == 200)
        #expect(transaction.writes.isEmpty)
        #expect(!transaction.readWriteSet.lossyText.contains("hush"))
        #expect(try ledger.commit([transaction]) == ["VALID"])
        #expect(try ledger.evaluate("script", "secret").text == "hush hush")
        let stranger = try ledger.caller(of: "Org2MSP")
        #expect(
            try ledger.evaluate("script", "secret", by: stranger).message.hasSuffix(
                "tx creator does not have read access permission on privatedata in chaincodeName:script "
                    + "collectionName: secret"))
    }

    @Test(
        "a range is read as far as a peer would read it",
        arguments: [(0, 101), (99, 101), (100, 201), (101, 201), (199, 201), (200, 250), (250, 250)])
    func prefetch(consumedCount: Int, recordedCount: Int) throws {
        let ledger = try makeLedger()
        #expect(try ledger.submit("script", "fill").writes.count == 250)
        let transaction = try ledger.evaluate("script", "first", "\(consumedCount)")
        let set = try ReadWriteSet(decoding: transaction.readWriteSet)
        let range = try #require(set.namespaces.first?.publicSet.rangeQueries.first)
        #expect(range.endKey == (recordedCount == 250 ? Bytes("l") : Bytes("k\(1_000 + recordedCount - 1)")))
        #expect(range.isExhausted == (recordedCount == 250))
    }

    @Test("a called contract writes to its own state, and its event is dropped")
    func calls() throws {
        let transaction = try makeLedger().evaluate("script", "call")
        #expect(transaction.text == "200 x")
        #expect(transaction.writes.map(\.contract) == ["other"])
        #expect(transaction.event == nil)
    }

    @Test("rich queries find what is committed")
    func richQueries() throws {
        let ledger = try makeLedger()
        for (key, value) in [("a", "{\"size\":1}"), ("b", "{\"size\":2}"), ("c", "text")] {
            _ = try ledger.submit("script", "put", key, value)
        }
        let transaction = try ledger.evaluate("script", "query")
        #expect(transaction.text == "b")
        #expect(transaction.readKeys == [Bytes("b")])
    }

    @Test("an Init may not touch private data, and one that fails has not answered")
    func initialization() throws {
        let ledger = try makeLedger(collections: [TestCollection("secret", members: ["Org1MSP"])])
        let transaction = try ledger.simulate("script", arguments: [Bytes("private")], isInitialization: true)
        #expect(transaction.status == 500)
        #expect(transaction.message.hasSuffix("private data APIs are not allowed in chaincode Init()"))
    }

    @Test("an empty key is refused before it reaches the peer")
    func emptyKey() throws {
        #expect(try makeLedger().evaluate("script", "put", "", "x").message == "key must not be an empty string")
    }
}
