import FabricTypes
import FunctionTypes
import Testing
import TriggerTestKit

@testable import TriggerCore

@Suite("Events from blocks")
struct EventMakerTests {
    private func maker(_ source: LedgerTrigger.Source, _ settings: String = "{}") throws -> EventMaker {
        var members = try #require(try JSONValue(parsing: settings).objectValue)
        members["Channel"] = "trade"
        return EventMaker(
            network: "test", trigger: try LedgerTrigger(source: source, parsing: .object(members)),
            organization: try OrganizationName(validating: "Org1MSP"))
    }

    private func block(_ transactions: [MadeTransaction]) throws -> LedgerBlock {
        let genesis = madeBlock(after: nil, [])
        return try LedgerBlock(decoding: madeBlock(after: genesis, transactions).encoded(), isCommitted: true)
    }

    @Test("a contract event is a CloudEvent with everything that the transaction tells")
    func contractEvent() throws {
        var made = MadeTransaction(number: 7, event: "transfer", payload: #"{"marble":"m1","size":3}"#)
        made.writes = [(Bytes("m1"), Bytes(#"{"owner":"Tom"}"#)), (Bytes("m2"), Bytes())]
        let events = try maker(.contractEvent).events(in: block([MadeTransaction(number: 6), made]))

        let event = try #require(events.first)
        #expect(events.count == 1)
        #expect(event.point == LedgerPoint(block: 1, transaction: 1, event: 0))
        let json = try JSONValue(parsing: event.content.structured)
        #expect(json["specversion"] == "1.0")
        #expect(json["id"] == "trade/1/1/0")
        #expect(json["source"] == "/duet/test/trade/goods")
        #expect(json["type"] == "duet.ledger.contractevent")
        #expect(json["subject"] == "transfer")
        #expect(json["time"] == "2023-11-14T22:13:20.123Z")
        #expect(json["sequence"] == "00000000000000000001.000001.0000")
        let id = made.id
        #expect(json["traceparent"] == .string("00-\(id.prefix(32))-\(id.dropFirst(32).prefix(16))-01"))
        let data = try #require(json["data"])
        #expect(data["payload"] == ["marble": "m1", "size": 3])
        #expect(data["transactionId"] == .string(id))
        #expect(data["isValid"] == true)
        #expect(data["function"] == "set_owner")
        #expect(data["arguments"] == ["marble1", "blue"])
        #expect(data["endorsers"] == [["mspId": "AlderMSP"], ["mspId": "BirchMSP"]])
        #expect(
            data["writes"] == [
                ["namespace": "goods", "key": "m1", "isDelete": false, "value": #"{"owner":"Tom"}"#],
                ["namespace": "goods", "key": "m2", "isDelete": true],
            ])
    }

    @Test(
        "a filter lets through what it names",
        arguments: [
            (#"{"Contract":"goods"}"#, true), (#"{"Contract":["x","go*"]}"#, true), (#"{"Contract":"other"}"#, false),
            (#"{"Event":"trans*"}"#, true), (#"{"Event":"mint"}"#, false), (#"{"Function":"set_owner"}"#, true),
            (#"{"Function":"get*"}"#, false), (#"{"Arguments":[null,["blue"]]}"#, true),
            (#"{"Arguments":[null,["red"]]}"#, false), (#"{"Arguments":[null,null,["x"]]}"#, false),
            (#"{"Keys":"m*"}"#, true), (#"{"Keys":"n*"}"#, false), (#"{"Organizations":["AlderMSP"]}"#, true),
            (#"{"Organizations":["BirchMSP"]}"#, false), (#"{"Filter":{"size":[3]}}"#, true),
            (#"{"Filter":{"size":[4]}}"#, false), (#"{"Validation":["MVCC_READ_CONFLICT"]}"#, false),
            (#"{"Validation":["ANY"]}"#, true),
        ])
    func filter(settings: String, isThrough: Bool) throws {
        var made = MadeTransaction(number: 1, event: "transfer", payload: #"{"size":3}"#)
        made.writes = [(Bytes("m1"), Bytes("x"))]

        #expect(try maker(.contractEvent, settings).events(in: block([made])).isEmpty != isThrough)
    }

    @Test("an invalid transaction is an event only where its code is asked for")
    func validity() throws {
        var made = MadeTransaction(number: 1)
        made.code = .mvccReadConflict
        let block = try block([made])

        #expect(try maker(.transaction).events(in: block).isEmpty)
        let events = try maker(.transaction, #"{"Validation":["MVCC_READ_CONFLICT"]}"#).events(in: block)
        let data = try JSONValue(parsing: try #require(events.first).content.structured)["data"]
        #expect(data?["validationCode"] == "MVCC_READ_CONFLICT")
        #expect(data?["isValid"] == false)
    }

    @Test("events of one block never share an id within their source")
    func ids() throws {
        var made = MadeTransaction(number: 1, event: "e", payload: "x")
        made.writes = [(FunctionSchedule.key, schedule(["Org1MSP", "Org2MSP", "Org1MSP"]))]
        let block = try block([made])
        let points = try [LedgerTrigger.Source.block, .transaction, .scheduled].flatMap { source in
            try maker(source).events(in: block).map(\.point)
        }

        #expect(Set(points).count == points.count)
        #expect(points.count == 4)
        #expect(points.sorted().last == LedgerPoint(block: 1, transaction: 1))
    }

    private func schedule(_ organizations: [String]) -> Bytes {
        var schedule = FunctionSchedule()
        schedule.entries = organizations.map {
            FunctionSchedule.Entry(
                organization: Bytes($0), service: Bytes("shop"), function: Bytes("mail"), payload: Bytes(#"{"n":1}"#))
        }
        return schedule.encoded()
    }

    @Test("what a contract scheduled is an event of the named organisation, if the transaction is valid")
    func scheduled() throws {
        var made = MadeTransaction(number: 1)
        made.writes = [(FunctionSchedule.key, schedule(["Org2MSP", "Org1MSP"]))]
        var invalid = made
        invalid.number = 2
        invalid.code = .mvccReadConflict
        let events = try maker(.scheduled).events(in: block([made, invalid]))

        #expect(events.map(\.point) == [LedgerPoint(block: 1, transaction: 0, event: 2)])
        #expect(events.first?.target?.description == "Org1MSP/shop.LATEST/mail")
        let json = try JSONValue(parsing: try #require(events.first).content.structured)
        #expect(json["type"] == "duet.ledger.scheduled")
        #expect(json["data"]?["payload"] == ["n": 1])
    }

    @Test("a large event carries a reference in place of its data")
    func large() throws {
        let made = MadeTransaction(number: 1, event: "e", payload: String(repeating: "x", count: 70_000))
        let block = try block([made])
        let event = try #require(try maker(.contractEvent).events(in: block).first)
        let json = try JSONValue(parsing: event.content.structured)

        #expect(event.content.structured.count < 64 * 1024)
        #expect(json["data"] == nil)
        #expect(json["dataref"] == "/api/channels/trade/events/contractevent/1/0/0")
        let data = try maker(.contractEvent).unfiltered.data(at: event.point, in: block)
        #expect(data?["payload"]?.stringValue?.utf8.count == 70_000)
    }

    @Test("the key of an event comes from where the trigger says")
    func keys() throws {
        var made = MadeTransaction(number: 1, event: "e", payload: #"{"marble":{"name":"m1"},"n":4}"#)
        made.writes = [(Bytes("k1"), Bytes("v"))]
        let cases = [
            "payload:/marble/name": "m1", "payload:/n": "4", "payload:/none": "", "argument:1": "blue",
            "argument:9": "", "key": "k1", "creator": "AlderMSP",
        ]
        for (order, key) in cases {
            let events = try maker(.contractEvent, #"{"OrderBy":"\#(order)"}"#).events(in: block([made]))
            #expect(events.first?.key == key, "\(order)")
        }
    }

    @Test("a trace that the client sent along wins over the derived one")
    func trace() throws {
        var made = MadeTransaction(number: 1)
        let sent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        made.decorations = [TraceContext.decorationName: Bytes(sent)]
        let events = try maker(.transaction).events(in: block([made]))

        #expect(events.first?.origin.traceparent == sent)
    }

    @Test("damaged entries never crash, and make no contract events", arguments: 0..<40)
    func damaged(cut: Int) throws {
        let made = MadeTransaction(number: 1, event: "e", payload: "x")
        var block = madeBlock(after: nil, [made])
        let entry = block.data.entries[0]
        block.data = BlockData(entries: [entry.prefix(entry.count * cut / 40)])
        let read = try LedgerBlock(decoding: block.encoded(), isCommitted: true)

        #expect(try maker(.transaction, #"{"Validation":"ANY"}"#).events(in: read).count == 1)
        #expect(try maker(.contractEvent).events(in: read).isEmpty)
        #expect(try maker(.block).events(in: read).count == 1)
    }
}

extension JSONValue {
    subscript(member: String) -> JSONValue? { objectValue?[member] }
}
