import Dispatch
import FabricTypes
import FunctionTypes
import GoldenLedger
import HTTPTypes
import HummingbirdCore
import LedgerCore
import Logging
import Membership
import NIOCore
import PeerService
import Synchronization
import Testing

@testable import NodeHTTP

/// The JSON API over a peer that has committed the recorded channel. Holds each answer against the API's description.
struct NetworkWorld {
    static let key = AccessKey(id: "alder", secret: "s1", organization: "AlderMSP", role: .admin)!
    static let readerKey = AccessKey(id: "reader", secret: "s2", organization: "AlderMSP", role: .reader)!
    static let strangerKey = AccessKey(id: "birch", secret: "s3", organization: "BirchMSP", role: .admin)!

    /// Committing the channel takes seconds: the tests that only read share it.
    static let shared = Task { try await NetworkWorld(blocks: 110) }

    let peer: Peer
    let surface: APISurface
    let description: APIDescription

    /// - Parameter count: how many of the recorded blocks the peer has.
    init(blocks count: Int) async throws {
        let folder = "crypto/peerOrganizations/alder.example/peers/peer0.alder.example/msp"
        let signatures = SignatureTable()
        let identity = try SigningIdentity(
            mspID: MSPID(validating: "AlderMSP"),
            certificate: Certificate(
                pemText: GoldenFiles.trade.bytes("\(folder)/signcerts/peer0.alder.example-cert.pem")),
            key: PrivateKey(pemText: GoldenFiles.trade.bytes("\(folder)/keystore/priv_sk")), signatures: signatures)
        let loop = ParallelLoop { count, body in DispatchQueue.concurrentPerform(iterations: count, execute: body) }
        peer = try Peer(
            settings: PeerSettings(
                signer: identity, signatures: signatures, loop: loop,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }),
            ledgers: InMemoryLedgers())
        try peer.join(GoldenFiles.trade.bytes("genesis.block"))
        let group = NetworkAPI(
            network: NetworkView(
                name: "recorded",
                peers: [.init(name: "peer0.alder.example", address: "peer0.alder.example:7051", peer: peer)],
                orderers: [], identities: IdentitiesInMemory(), connections: ConnectionsInMemory())
        ).group
        surface = APISurface(
            access: AccessControl(
                keys: InMemoryAccessKeys([Self.key, Self.readerKey, Self.strangerKey]),
                anonymousOrganization: "AlderMSP"), groups: [group])
        description = try APIDescription(OpenAPIDocument.build([group]))
        try await commit(upTo: count)
    }

    func commit(upTo count: Int) async throws {
        let channel = try #require(peer.channels.first)
        for bytes in try GoldenFiles.trade.blocks().prefix(count).dropFirst(Int(channel.commits.height)) {
            try await channel.commit(Block(decoding: bytes).withoutPeerSlots.encoded())
        }
    }

    struct Answer {
        let status: Int
        let json: FunctionTypes.JSONValue

        var list: [FunctionTypes.JSONValue] { json.arrayValue ?? [] }
        var code: String? { json["error"]?["code"]?.stringValue }
    }

    func call(
        _ path: String, method: HTTPRequest.Method = .get, key: AccessKey? = NetworkWorld.key, body: String = ""
    ) async throws -> Answer {
        var headers: HTTPFields = [:]
        if let key { headers[.authorization] = "Bearer \(key.id).\(key.secret.text)" }
        let response = try await surface.respond(
            to: IncomingRequest(
                id: "test", method: method, target: RequestTarget(path), host: RequestHost("localhost"),
                hostStanding: .loopback, headers: headers, hostText: "localhost",
                peer: .init(address: "127.0.0.1", isLoopback: true), isSecure: false,
                body: RequestBody(buffer: ByteBuffer(string: body))))
        let writer = CollectingBodyWriter()
        try await response.body.write(writer)
        let json = try FunctionTypes.JSONValue(parsing: Array(buffer: writer.collected.buffer))
        let operation = try #require(
            description.operation(method.rawValue, String(path.prefix { $0 != "?" })), "\(path)")
        for problem in description.problems(of: json, status: response.status.code, as: operation) {
            Issue.record("\(path) answered \(response.status.code) \(json.jsonText.prefix(500)): \(problem)")
        }
        return Answer(status: response.status.code, json: json)
    }
}

/// Settings without a network behind them.
private struct ConnectionsInMemory: NetworkConnections {
    let folder = "/connections"

    func profile(of organization: String, _ style: NetworkConnectionStyle) -> FunctionTypes.JSONValue? {
        guard organization == "AlderMSP" else { return nil }
        return [
            "name": .string(style.rawValue), "version": "1.0.0", "client": [:], "organizations": [:], "orderers": [:],
            "peers": [:], "channels": [:],
        ]
    }
}

/// Identities that end with the test.
private final class IdentitiesInMemory: NetworkIdentities {
    private let kept = Mutex<[NetworkIdentity]>([])

    func identities(of organization: String) -> [NetworkIdentity] {
        kept.withLock { $0.filter { $0.organization == organization } }
    }

    func create(_ request: NetworkIdentityRequest, in organization: String) throws -> NetworkIdentity {
        let identity = NetworkIdentity(
            name: request.name, organization: organization, role: request.role, units: request.units,
            attributes: request.attributes, expiresAt: request.validitySeconds ?? 2_000_000_000, certificate: "PEM",
            mspFolder: "/keys/\(request.name)")
        return try kept.withLock { kept in
            guard !kept.contains(where: { $0.name == request.name }) else {
                throw NetworkIdentityError(.exists, "The identity \"\(request.name)\" exists already.")
            }
            kept.append(identity)
            return identity
        }
    }
}

private final class CollectedBody {
    var buffer = ByteBuffer()
}

private struct CollectingBodyWriter: ResponseBodyWriter {
    let collected = CollectedBody()

    mutating func write(_ buffer: ByteBuffer) async throws {
        var buffer = buffer
        collected.buffer.writeBuffer(&buffer)
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
