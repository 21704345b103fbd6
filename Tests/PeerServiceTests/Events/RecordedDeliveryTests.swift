internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore
internal import Membership
internal import Testing

@testable internal import PeerService

@Suite("Recorded event streams")
struct RecordedDeliveryTests {
    @Test("every recorded request gets the recorded responses and the recorded end")
    func recordedRequests() async throws {
        var peers: [String: Peer] = [:]
        let entries = try GoldenFiles.trade.json("deliver/deliver.json").array
        let lateTime = try Self.timestamp(of: try #require(try entries.first { try $0["id"].string == "dl-one" }))
        var seen = 0
        // In the order of heights, as they were recorded.
        for entry in entries where try entry["method"].string.hasPrefix("/protos.Deliver/") {
            let id = try entry["id"].string
            let name = try entry["server"].string
            let height = Int(try entry["ledgerHeight"].integer)
            let peer = try peers[name] ?? RecordedPeer.peer(name)
            peers[name] = peer
            try await RecordedPeer.advance(peer, to: height)
            #expect(peer.channels.map(\.commits.height) == [BlockNumber(height)])
            let time = height < 110 ? try Self.timestamp(of: entry) : lateTime
            let service = DeliverService(peer: peer) { time }
            let answers = try await Self.ask(service, entry)
            let expected = try entry["responses"].array.map { try $0.base64 }
            #expect(try answers.map(Comparable.init) == expected.map(Comparable.init), "\(id)")
            seen += 1
        }
        #expect(seen == 27)
    }

    /// Sends the recorded request as the client did: a stream that waits is given up.
    private static func ask(_ service: DeliverService, _ entry: GoldenJSON) async throws -> [Bytes] {
        let content: DeliverService.Content =
            switch try entry["method"].string {
            case "/protos.Deliver/Deliver": .blocks
            case "/protos.Deliver/DeliverFiltered": .filteredBlocks
            default: .blocksWithPrivateData
            }
        let waits = try entry["end"].string.hasPrefix("still waiting")
        let request = try entry["request"].base64
        return try await withThrowingTaskGroup(of: [Bytes].self) { group in
            group.addTask {
                var answers: [Bytes] = []
                var requests = [request]
                do {
                    try await service.serve(content, binding: .none) {
                        requests.popLast()
                    } send: { answer in
                        answers.append(answer)
                    }
                    #expect(!waits)
                } catch is CancellationError {
                    #expect(waits)
                }
                return answers
            }
            if waits { group.cancelAll() }
            return try await group.next() ?? []
        }
    }

    private static func timestamp(of entry: GoldenJSON) throws -> Timestamp {
        let payload = try Payload(decoding: Envelope(decoding: entry["request"].base64).payload)
        let header = try ChannelHeader(decoding: payload.header?.channelHeader ?? Bytes())
        return try #require(header.timestamp)
    }
}

/// A recorded response, with its private data in the order of transactions: Go writes maps in any order.
private struct Comparable: Equatable, CustomStringConvertible {
    var bytes = Bytes()
    var privateData: [Bytes] = []

    init(_ response: Bytes) throws {
        guard response.first == 0x22 else {
            bytes = response
            return
        }
        let outer = try BlockAndPrivateData.Outer(decoding: response)
        bytes = outer.content.block
        privateData = outer.content.entries.sorted()
    }

    var description: String { "\(bytes.count) bytes, \(privateData.count) private" }
}

/// Just enough of `protos.BlockAndPrivateData` to compare two.
private struct BlockAndPrivateData: WireMessage {
    static let messageName = "protos.BlockAndPrivateData"
    var block = Bytes()
    var entries: [Bytes] = []

    mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&block)
        case 2: field.append(to: &entries)
        default: break
        }
    }

    func encode(to writer: inout WireWriter) {}

    struct Outer: WireMessage {
        static let messageName = "protos.DeliverResponse"
        var content = BlockAndPrivateData()

        mutating func merge(_ field: WireField) throws(WireError) {
            if field.number == 4 { try field.merge(into: &content) }
        }

        func encode(to writer: inout WireWriter) {}
    }
}
