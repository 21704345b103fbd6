internal import DuetClient
internal import Foundation
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import NIOTLS

/// Sees whether a peer is there before anything waits for it: a client's calls would wait out their whole time-outs.
enum PeerProbe {
    private static let timeMax = TimeAmount.seconds(5)

    /// - Parameter advice: what to do where it is not there, in whole sentences.
    /// - Throws: ``CommandError``.
    static func reach(
        _ address: GatewayAddress,
        advice: String = "Start a network with \"\(RootCommand.programName) up\", or name another peer with --peer."
    ) async throws {
        do {
            let connection = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connectTimeout(timeMax)
                .connect(host: address.host, port: address.port).get()
            try await connection.close()
        } catch {
            throw CommandError(
                .unreachable,
                "The peer at \(address.host):\(address.port) cannot be reached: \(reason(error)). \(advice)")
        }
    }

    /// Sees whether a peer shows a certificate that counts; without TLS, whether it speaks HTTP/2 so.
    ///
    /// - Throws: ``CommandError``.
    static func shakeHands(_ address: GatewayAddress) async throws {
        guard let authorities = address.trustedAuthorities else { return try await greetPlainly(address) }
        let name = address.serverName ?? address.host
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.applicationProtocols = ["h2"]
        let context: NIOSSLContext
        do {
            configuration.trustRoots = .certificates(
                try authorities.flatMap { try NIOSSLCertificate.fromPEMBytes($0.array) })
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw CommandError(.noInput, "The file of --tls-ca holds no certificates in PEM that can be used.")
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
                    + "vouches for: \(handshakeReason(error)). Give the authority of the peer's TLS certificate with --tls-ca, and the name "
                    + "in it with --tls-name; --no-tls for a peer without TLS.")
        }
    }

    /// A server without TLS begins with its settings at once; one with TLS answers with an alert, or closes, or waits.
    private static func greetPlainly(_ address: GatewayAddress) async throws {
        let done = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: Void.self)
        do {
            let connection = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connectTimeout(timeMax)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(SettingsWatch(done))
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
                "The peer at \(address.host):\(address.port) does not answer to gRPC without TLS: it demands TLS, or is no peer. "
                    + "Give the authority of its TLS certificate with --tls-ca instead of --no-tls, or name a peer's address "
                    + "with --connect.")
        }
    }

    /// In words: the library's own text names places in its sources.
    private static func handshakeReason(_ error: any Error) -> String {
        if let error = error as? NIOSSLExtraError, error == .failedToValidateHostname {
            return "its certificate is for another name"
        }
        if case .some(.eof) = error as? ChannelError {
            return "it closes the connection before a certificate was agreed on"
        }
        let text = "\(error)"
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            return "its certificate is not signed by the authority given, or is not valid now"
        }
        if text.contains("WRONG_VERSION_NUMBER") { return "it does not speak TLS" }
        return "the TLS handshake fails"
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

/// Greets as an HTTP/2 client without TLS does, and tells whether the first frame that comes back is the server's settings.
private final class SettingsWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let frameHeaderByteCount = 9
    private static let settingsFrameType: UInt8 = 4
    /// The preface of RFC 9113, section 3.4, and an empty settings frame.
    private static let greeting =
        Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, settingsFrameType, 0, 0, 0, 0, 0]

    private let done: EventLoopPromise<Void>
    private var received = ByteBuffer()

    init(_ done: EventLoopPromise<Void>) {
        self.done = done
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: Self.greeting)), promise: nil)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        received.writeBuffer(&part)
        guard received.readableBytes >= Self.frameHeaderByteCount else { return }
        if received.getInteger(at: received.readerIndex + 3) == Self.settingsFrameType {
            done.succeed()
        } else {
            done.fail(ChannelError.eof)
        }
        context.close(promise: nil)
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
