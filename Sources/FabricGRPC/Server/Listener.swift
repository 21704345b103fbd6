internal import FabricTypes
internal import GRPCNIOTransportHTTP2Posix
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import Synchronization

/// Opens a server's socket and dresses each accepted connection: TLS, the guard of its handshake, gRPC.
///
/// Our own, since gRPC's listener can only demand a certificate of callers, not ask for one, and parses it for every call.
final class Listener: HTTP2ServerTransport.ListenerFactory {
    let eventLoopGroup: any EventLoopGroup
    private let host: String
    private let port: Int
    private let limits: RPCServerConfiguration.Limits
    private let tls: NIOSSLContext?
    private let demandsCertificate: Bool
    private let connections: ConnectionTable
    private let socket = Mutex<(any Channel)?>(nil)

    /// - Throws: ``RPCServerError`` if certificate and key cannot be used.
    init(
        _ configuration: RPCServerConfiguration, connections: ConnectionTable, eventLoopGroup: any EventLoopGroup
    ) throws(RPCServerError) {
        self.eventLoopGroup = eventLoopGroup
        self.connections = connections
        host = configuration.host
        port = configuration.port
        limits = configuration.limits
        demandsCertificate = !(configuration.tls?.clientAuthorities.isEmpty ?? true)
        do {
            tls = try configuration.tls.map { try NIOSSLContext(configuration: TLSConfiguration($0)) }
        } catch {
            throw RPCServerError(host: host, port: port, reason: "its certificate or key is not usable (\(error))")
        }
    }

    func makeListeningChannel(
        listenerConfigurator: HTTP2ServerTransport.ListenerConfigurator,
        connectionConfigurator: HTTP2ServerTransport.ConnectionConfigurator
    ) async throws -> NIOAsyncChannel<HTTP2ServerTransport.ConnectionConfigurator.ConnectionChannel, Never> {
        do {
            let listening = try await ServerBootstrap(group: eventLoopGroup)
                .serverChannelOption(.backlog, value: 1_024)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .serverChannelInitializer { listenerConfigurator.configure(channel: $0) }
                .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
                .bind(host: host, port: port) { [self] channel in
                    channel.eventLoop.makeCompletedFuture { try dress(channel) }.flatMap { [tls] in
                        connectionConfigurator.configure(
                            channel: channel, tls: tls == nil ? .none : .configured(requireALPN: false))
                    }
                }
            socket.withLock { $0 = listening.channel }
            return listening
        } catch {
            throw RPCServerError(host: host, port: port, reason: "\(error)")
        }
    }

    /// Takes no more connections; returns when all that were accepted have reached whoever serves them.
    ///
    /// A connection that is accepted while the socket closes would reach nobody, which the transport answers with a trap.
    func stopAccepting() async {
        guard let socket = socket.withLock({ $0 }) else { return }
        // Fails only if the socket is closed already.
        try? await socket.setOption(.autoRead, value: false).get()
        // Connections are dressed on their own loops and handed back to the socket's: one pass of each.
        for loop in eventLoopGroup.makeIterator() { try? await loop.submit {}.get() }
        try? await socket.eventLoop.submit {}.get()
    }

    /// - Throws: if there is no room; the connection is closed then.
    private func dress(_ channel: any Channel) throws {
        guard let number = connections.open(channel) else {
            channel.close(promise: nil)
            throw ChannelError.ioOnClosedChannel
        }
        let pipeline = channel.pipeline.syncOperations
        if let tls { try pipeline.addHandler(tlsHandler(tls)) }
        try pipeline.addHandler(
            ConnectionGuard(table: connections, number: number, timeMax: limits.handshakeTimeMax))
    }

    private func tlsHandler(_ context: NIOSSLContext) -> NIOSSLServerHandler {
        guard !demandsCertificate else { return NIOSSLServerHandler(context: context) }
        // Whatever is shown is only hashed: who calls is told by signatures inside the messages.
        return NIOSSLServerHandler(
            context: context, customVerificationCallback: { _, promise in promise.succeed(.certificateVerified) })
    }
}

extension TLSConfiguration {
    fileprivate init(_ tls: RPCServerConfiguration.TLS) throws {
        let chain = try NIOSSLCertificate.fromPEMBytes(tls.certificate.array)
        self = .makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: tls.key.array, format: .pem)))
        minimumTLSVersion = .tlsv12
        applicationProtocols = ["h2"]
        if tls.clientAuthorities.isEmpty {
            certificateVerification = .optionalVerification
        } else {
            certificateVerification = .noHostnameVerification
            trustRoots = .certificates(
                try tls.clientAuthorities.flatMap { try NIOSSLCertificate.fromPEMBytes($0.array) })
        }
    }
}

/// A server that could not be opened.
package struct RPCServerError: Error, Hashable, Sendable, CustomStringConvertible {
    package let host: String
    package let port: Int
    package let reason: String

    package var description: String {
        "The gRPC listener at \(host):\(port) cannot be opened: \(reason). Stop the program that holds the port, or choose "
            + "another address (port 0 lets the system choose)."
    }
}
