internal import DuetClient
internal import Foundation
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import NIOTLS

/// Sees whether a peer is there before anything waits for it: a client's calls would wait out their whole time-outs.
enum PeerProbe {
    private static let timeMax = TimeAmount.seconds(5)

    /// - Throws: ``CommandError``.
    static func reach(_ address: GatewayAddress) async throws {
        do {
            let connection = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connectTimeout(timeMax)
                .connect(host: address.host, port: address.port).get()
            try await connection.close()
        } catch {
            throw CommandError(
                .unreachable,
                "The peer at \(address.host):\(address.port) cannot be reached: \(reason(error)). Start a network with "
                    + "\"\(RootCommand.programName) up\", or name another peer with --peer.")
        }
    }

    /// Sees whether a peer shows a certificate that counts. Nothing is done without TLS.
    ///
    /// - Throws: ``CommandError``.
    static func shakeHands(_ address: GatewayAddress) async throws {
        guard let authorities = address.trustedAuthorities else { return }
        let name = address.serverName ?? address.host
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.applicationProtocols = ["h2"]
        let context: NIOSSLContext
        do {
            configuration.trustRoots = .certificates(
                try authorities.flatMap { try NIOSSLCertificate.fromPEMBytes($0.array) })
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw CommandError(.noInput, "The file of --tls-ca holds no certificates in PEM: \(error)")
        }
        let done = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: Void.self)
        do {
            let connection = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connectTimeout(timeMax)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        // An address is no name: the certificate is compared with the address itself.
                        let isAddress = (try? SocketAddress(ipAddress: name, port: 0)) != nil
                        try channel.pipeline.syncOperations.addHandlers([
                            try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : name),
                            HandshakeWatch(done),
                        ])
                    }
                }
                .connect(host: address.host, port: address.port).get()
            let timer = connection.eventLoop.scheduleTask(in: timeMax) { connection.close(promise: nil) }
            defer { timer.cancel() }
            try await done.futureResult.get()
            // The peer may have closed it meanwhile.
            try? await connection.close()
        } catch {
            done.fail(error)
            throw CommandError(
                .unreachable,
                "The peer at \(address.host):\(address.port) shows no TLS certificate for \"\(name)\" that the file of --tls-ca "
                    + "vouches for: \(error). Give the authority of the peer's TLS certificate with --tls-ca, and the name "
                    + "in it with --tls-name; --no-tls for a peer without TLS.")
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { reason($0.error) } ?? error.dnsAError.map { reason($0) } ?? "\(error)"
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case ChannelError.connectTimeout: "it does not answer"
        default: "\(error)"
        }
    }
}

/// Tells how a TLS handshake ends.
private final class HandshakeWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let done: EventLoopPromise<Void>

    init(_ done: EventLoopPromise<Void>) {
        self.done = done
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent { done.succeed() }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        done.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        done.fail(ChannelError.eof)
        context.fireChannelInactive()
    }
}
