internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypes
internal import NIOHTTPTypesHTTP1
internal import NIOSSL

/// How a connection of the listener is set up: Hummingbird's HTTP/1 connection with ``RequestLineHandler`` below the
/// typed layer and tighter limits on heads.
struct HTTPConnection: ServerChildChannel, HTTPChannelHandler {
    typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    /// Bytes of one header field and of all together. SLS and FC signatures and cookies stay far below.
    static let headByteCountMax = 64 * 1024
    static let headerFieldCountMax = 200

    let responder: HTTPChannelHandler.Responder
    let tls: ListenerTLS?
    /// Time without a byte from the client while it owes us a request or the rest of one.
    let idleTimeout: Duration

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            var limits = NIOHTTPDecoderLimitConfiguration()
            limits.maxHeaderFieldSize = Self.headByteCountMax
            limits.maxHeaderListSize = Self.headByteCountMax
            limits.maxHeaderFieldCount = Self.headerFieldCountMax
            let pipeline = channel.pipeline.syncOperations
            if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls.context)) }
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false,  // the async connection reads one request after the other
                withErrorHandling: false,  // Hummingbird answers a request that cannot be parsed
                withOutboundHeaderValidation: false,  // HTTPTypes has checked the fields
                withEncoderConfiguration: .init(),
                withDecoderLimitConfiguration: limits)
            try pipeline.addHandler(RequestLineHandler())
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: tls != nil))
            try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: idleTimeout, logger: logger))
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
        }
    }

    func handle(value: Value, logger: Logger) async {
        await handleHTTP(asyncChannel: value, logger: logger)
    }
}
