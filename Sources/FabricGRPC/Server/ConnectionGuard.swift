internal import FabricTypes
internal import NIOCore
internal import NIOSSL
internal import NIOTLS

/// Watches the beginning of one connection, behind the TLS handler in its pipeline.
///
/// Closes who has not shaken hands and begun to speak in time, and keeps the hash of the caller's certificate for the calls to come.
final class ConnectionGuard: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let table: ConnectionTable
    private let number: UInt64
    private let timeMax: TimeAmount
    private var certificateHash: Digest?
    private var timer: Scheduled<Void>?
    private var address = ""
    private var isOpen = true
    private var isFinished = false

    init(table: ConnectionTable, number: UInt64, timeMax: Duration) {
        self.table = table
        self.number = number
        self.timeMax = TimeAmount(timeMax)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        address = PeerAddress.text(of: context.channel.remoteAddress)
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: timeMax) { channel.close(promise: nil) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSUserEvent, case .handshakeCompleted = event {
            // Without a certificate the handler has none to give, which is no error.
            let certificate = (try? context.pipeline.syncOperations.nioSSL_peerCertificate()).flatMap { $0 }
            // A certificate that cannot be encoded counts as none.
            certificateHash = certificate.flatMap { try? Digest(of: Bytes($0.toDERBytes())) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !isFinished { finish() }
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        close()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        close()
    }

    private func finish() {
        guard isOpen else { return }
        timer?.cancel()
        timer = nil
        isFinished = table.finish(number, certificateHash: certificateHash, address: address)
    }

    private func close() {
        guard isOpen else { return }
        isOpen = false
        timer?.cancel()
        timer = nil
        table.close(number, address: address, isFinished: isFinished)
    }
}

/// A caller's address as gRPC writes it, and as the transport hands it to calls.
enum PeerAddress {
    static func text(of address: SocketAddress?) -> String {
        guard let address, let port = address.port else { return "<unknown>" }
        return switch address {
        case .v4(let v4): "ipv4:\(v4.host):\(port)"
        case .v6(let v6): "ipv6:[\(v6.host)]:\(port)"
        case .unixDomainSocket: "<unknown>"
        }
    }
}
