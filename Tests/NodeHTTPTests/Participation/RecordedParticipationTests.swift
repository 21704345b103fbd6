import FabricTypes
import GoldenLedger
import HTTPTypes
import HummingbirdCore
import Logging
import Membership
import NIOCore
import OrdererService
import OrderingCore
import Testing

@testable import NodeHTTP

@Suite("Recorded channel participation")
struct RecordedParticipationTests {
    let calls: [GoldenJSON]

    init() throws {
        calls = try GoldenFiles.trade.json("participation/participation.json").array
    }

    @Test("an empty orderer joins the recorded channel and answers every call byte for byte alike")
    func joining() async throws {
        let surface = ParticipationSurface(orderer: try Self.orderer(InMemoryBlockLogs()))
        let lastIndex = try #require(try calls.firstIndex { try $0["id"].string == "rest-list" })
        for call in calls[...lastIndex] { try await replay(call, on: surface) }
    }

    @Test("the orderer of the recorded channel shows it and gives its blocks byte for byte alike")
    func reading() async throws {
        let logs = InMemoryBlockLogs()
        let blocks = try GoldenFiles.trade.blocks().map { try Block(decoding: $0).withoutPeerSlots.encoded() }
        let log = logs.create(try ChannelID(validating: "trade"), genesis: blocks[0])
        try log.append(blocks.enumerated().dropFirst().map { (BlockNumber($0.offset), $0.element) })
        let surface = ParticipationSurface(orderer: try Self.orderer(logs))
        let firstIndex = try #require(try calls.firstIndex { try $0["id"].string == "rest-list" })
        #expect(calls.count - firstIndex > 8)
        for call in calls[firstIndex...] { try await replay(call, on: surface) }
    }

    @Test("a channel that was removed is gone, and can be joined again")
    func removal() async throws {
        let surface = ParticipationSurface(orderer: try Self.orderer(InMemoryBlockLogs()))
        let join = try #require(try calls.first { try $0["id"].string == "rest-join" })
        try await replay(join, on: surface)

        let removed = try await Self.answer(surface, .delete, "/participation/v1/channels/trade")
        #expect(removed.status == .noContent)
        #expect(removed.body.isEmpty)
        let shown = try await Self.answer(surface, .get, "/participation/v1/channels/trade")
        #expect(shown.body == Bytes("{\"error\":\"channel does not exist\"}\n"))
        try await replay(join, on: surface)
    }

    @Test("bodies that are no whole form are refused", arguments: Seeds.sample(50))
    func damagedForms(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let join = try #require(try calls.first { try $0["id"].string == "rest-wrong-part" })
        let type = try join["contentType"].string
        let body = Bytes(random.mutated(try join["requestBody"].base64.array))
        let surface = ParticipationSurface(orderer: try Self.orderer(InMemoryBlockLogs()))

        let answer = try await Self.answer(
            surface, .post, "/participation/v1/channels", headers: [.contentType: type], body: body)

        #expect(answer.status == .badRequest, "seed \(seed)")
    }

    // MARK: Replaying

    private func replay(_ call: GoldenJSON, on surface: ParticipationSurface) async throws {
        let id = try call["id"].string
        let method = try #require(HTTPRequest.Method(rawValue: try call["method"].string))
        var headers: HTTPFields = [:]
        let type = try call["contentType"].string
        if !type.isEmpty { headers[.contentType] = type }
        if id == "rest-accept" { headers[.accept] = "text/plain" }
        let body = call["requestBody"].isNull ? Bytes() : try call["requestBody"].base64

        let answer = try await Self.answer(surface, method, try call["path"].string, headers: headers, body: body)

        let status = Int(try call["status"].integer)
        #expect(answer.status.code == status, "\(id)")
        let recorded = try call["bodyBytes"].isNull ? Bytes(call["body"].string) : call["bodyBytes"].base64
        #expect(answer.body == recorded, "\(id): \(answer.body.lossyText.prefix(200))")
        for (name, value) in try call["headers"].object {
            let field = try #require(HTTPField.Name(name))
            let value = try value.string
            #expect(answer.headers[field] == value, "\(id)")
        }
    }

    private static func answer(
        _ surface: ParticipationSurface, _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:],
        body: Bytes = Bytes()
    ) async throws -> (status: HTTPResponse.Status, headers: HTTPFields, body: Bytes) {
        let request = IncomingRequest(
            id: "test", method: method, target: RequestTarget(path), host: RequestHost("localhost"),
            hostStanding: .loopback, headers: headers, hostText: "localhost",
            peer: .init(address: "127.0.0.1", isLoopback: true), isSecure: false,
            body: RequestBody(buffer: ByteBuffer(bytes: body.array)))
        #expect(surface.takes(request))
        let response = try await surface.respond(to: request)
        let writer = CollectingWriter()
        try await response.body.write(writer)
        return (response.status, response.headers, Bytes(Array(buffer: writer.collected.buffer)))
    }

    private static func orderer(_ logs: InMemoryBlockLogs) throws -> Orderer {
        let folder = "crypto/ordererOrganizations/harbor.example/orderers/orderer0.harbor.example/msp"
        let identity = try SigningIdentity(
            mspID: MSPID(validating: "HarborMSP"),
            certificate: Certificate(
                pemText: GoldenFiles.trade.bytes("\(folder)/signcerts/orderer0.harbor.example-cert.pem")),
            key: PrivateKey(pemText: GoldenFiles.trade.bytes("\(folder)/keystore/priv_sk")))
        return try Orderer(
            logs: logs, identity: identity, signatures: SignatureTable(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }
}

private final class Collected {
    var buffer = ByteBuffer()
}

private struct CollectingWriter: ResponseBodyWriter {
    let collected = Collected()

    mutating func write(_ buffer: ByteBuffer) async throws {
        var buffer = buffer
        collected.buffer.writeBuffer(&buffer)
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
