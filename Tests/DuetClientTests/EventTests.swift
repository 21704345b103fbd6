import FabricTypes
import GoldenLedger
import Synchronization
import Testing

@testable import DuetClient

@Suite("Event streams of a client")
struct EventTests {
    private struct Stop: Error {}

    private static func client(_ transport: ScriptedTransport, pauses: Pauses = Pauses()) throws -> ChannelClient {
        let signer = try GoldenSigner.user("User1@alder.example")
        let identity = try ClientIdentity(
            mspID: signer.mspID, certificate: SerializedIdentity(decoding: signer.identity).idBytes
        ) { try signer.sign($0) }
        return try NetworkClient(transport: transport, identity: identity, environment: .scripted(pauses: pauses))
            .channel("trade")
    }

    private static func response(_ block: BlockNumber, _ transactions: String...) -> Bytes {
        ChaincodeEventsResponse(
            events: transactions.map {
                ChaincodeEvent(chaincodeID: Bytes("goods"), transactionID: Bytes($0), eventName: Bytes("sold"))
            }, blockNumber: block
        ).encoded()
    }

    private static func starts(_ transport: ScriptedTransport) throws -> [String] {
        try transport.calls.map { call in
            let signed = try SignedChaincodeEventsRequest(decoding: call.request)
            let request = try ChaincodeEventsRequest(decoding: signed.request)
            guard case .specified(let block) = request.startPosition?.kind else { return "next" }
            return "\(block.number)/\(request.afterTransactionID.lossyText)"
        }
    }

    @Test("a stream that breaks goes on behind the last event that was handled")
    func reconnects() async throws {
        let count = Atomic(0)
        let transport = ScriptedTransport { _, _ in
            switch count.add(1, ordering: .relaxed).newValue {
            case 1: return [Self.response(5, "a", "b")]
            case 2, 3: throw CallFailure(.unavailable, "gone")
            default: return [Self.response(6, "c", "d")]
            }
        }
        let pauses = Pauses()
        let handled = Mutex<[String]>([])

        await #expect(throws: Stop.self) {
            try await Self.client(transport, pauses: pauses).contract("goods").events(from: .block(3)) { event in
                if event.transactionID == "d" { throw Stop() }
                handled.withLock { $0.append(event.transactionID) }
            }
        }

        #expect(handled.withLock { $0 } == ["a", "b", "c"])
        #expect(try Self.starts(transport) == ["3/", "6/", "6/", "6/"])
        #expect(pauses.all == [.milliseconds(50), .milliseconds(100), .milliseconds(200)])
    }

    @Test("within a block it goes on behind the transaction")
    func withinBlock() async throws {
        let count = Atomic(0)
        let transport = ScriptedTransport { _, _ in
            if count.add(1, ordering: .relaxed).newValue == 1 { return [Self.response(5, "a", "b")] }
            throw CancellationError()
        }
        let isBroken = Mutex(true)

        await #expect(throws: CancellationError.self) {
            try await Self.client(transport).contract("goods").events(from: .block(5)) { event in
                // As if the connection broke while this one was on its way.
                if event.transactionID == "b", isBroken.withLock({ $0 }) { throw CallFailure(.unavailable, "gone") }
            }
        }

        #expect(try Self.starts(transport) == ["5/", "5/a"])
    }

    @Test("a checkpoint says where to begin")
    func checkpoints() async throws {
        let transport = ScriptedTransport { _, _ in throw CallFailure(.permissionDenied, "no") }
        let contract = try Self.client(transport).contract("goods")
        for start in [
            EventStart.next, .block(4), .after(EventCheckpoint(blockNumber: 4, transactionID: "t")),
            .after(.after(block: 4)),
        ] {
            let error = await #expect(throws: ClientError.self) { try await contract.events(from: start) { _ in } }
            #expect(error?.phase == .events)
            #expect(error?.code == .permissionDenied)
        }
        #expect(try Self.starts(transport) == ["next", "4/", "4/t", "5/"])
    }

    @Test("blocks come with their transactions' codes, and go on behind the last one")
    func blocks() async throws {
        let recorded = try GoldenFiles.trade.blocks()
        let count = Atomic(0)
        let transport = ScriptedTransport { _, request in
            let envelope = try Envelope(decoding: request)
            let seek = try SeekInfo(decoding: Payload(decoding: envelope.payload).data)
            guard case .specified(let start) = seek.start?.kind else { return [] }
            if count.add(1, ordering: .relaxed).newValue > 2 {
                return [DeliverResponse(.status(.forbidden)).encoded()]
            }
            return [DeliverResponse(.block(recorded[Int(start.number)])).encoded()]
        }
        let received = Mutex<[ClientBlock]>([])

        let error = await #expect(throws: ClientError.self) {
            try await Self.client(transport).blocks(from: .block(20)) { block in
                received.withLock { $0.append(block) }
            }
        }

        #expect(error?.code == .permissionDenied)
        let blocks = received.withLock { $0 }
        #expect(blocks.map(\.number) == [20, 21])
        #expect(blocks.map(\.encoded) == Array(recorded[20...21]))
        let expected = try GoldenFiles.trade.json("expected/blocks.json")
        for block in blocks {
            let transactions = try expected[Int(block.number)]["transactions"].array
            #expect(try block.transactions.map(\.transactionID) == transactions.map { try $0["txid"].string })
            #expect(try block.transactions.map(\.code.name) == transactions.map { try $0["codeName"].string })
        }
    }
}
