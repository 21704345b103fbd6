import FabricTypes
import Logging
import Membership
import Synchronization
import Testing

@testable import FabricGRPC

/// A server of its own port with methods to try, and a client of it.
struct TestServer {
    let server: RPCServer
    let client: RPCClient
    let target: RPCClient.Target

    /// Runs the body while server and client run.
    static func run(
        _ methods: [RPCMethod], hasTLS: Bool = true, demandsCertificate: Bool = false,
        limits: RPCServerConfiguration.Limits = .init(),
        _ body: @escaping @Sendable (TestServer) async throws -> Void
    ) async throws {
        let authority = try DevelopmentAuthority(domain: "org1.example.com", at: 1_795_219_235)
        let files = try authority.nodeFiles(
            hostname: "peer0", role: .peer, alternativeNames: ["localhost", "127.0.0.1"], at: 1_795_219_235
        ).contents
        let certificate = try #require(files["tls/server.crt"])
        let key = try #require(files["tls/server.key"])
        let ownAuthority = try #require(files["tls/ca.crt"])
        let tls = RPCServerConfiguration.TLS(
            certificate: certificate, key: key, clientAuthorities: demandsCertificate ? [ownAuthority] : [])
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let server = try RPCServer(
            configuration: RPCServerConfiguration(port: 0, tls: hasTLS ? tls : nil, limits: limits),
            methods: methods, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            onListening: { port.yield($0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let port = try #require(await ports.first { _ in true })
            let target = RPCClient.Target(
                host: "localhost", port: port, authorities: hasTLS ? [ownAuthority] : nil,
                identity: demandsCertificate ? .init(certificate: certificate, key: key) : nil)
            let client = try RPCClient(target)
            group.addTask { try await client.run() }
            try await body(TestServer(server: server, client: client, target: target))
            client.stop()
            group.cancelAll()
        }
    }
}

/// Something that happens once, and that a test waits for.
final class Occurrence: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    func happen() {
        continuation.yield()
        continuation.finish()
    }

    func wait() async {
        for await _ in stream {}
    }
}
