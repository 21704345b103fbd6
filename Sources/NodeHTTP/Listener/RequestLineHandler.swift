internal import NIOCore
internal import NIOHTTP1

/// Settles what HTTP/1 leaves to the server before a request reaches the typed layer.
///
/// - An absolute-form target loses its scheme and authority, and the authority becomes the `Host` (RFC 9112 section
///   3.2.2), unless both name the same host: signatures cover the field as it was sent. The rest stays byte for byte for
///   the same reason; the typed layer would run it through a URL parser.
/// - `Expect: 100-continue` is answered, once the answers before it on the connection are written.
/// - A HTTP/1.0 request without `keep-alive` closes the connection.
final class RequestLineHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Requests read whose answers are not yet written.
    private var openRequestCount = 0
    private var owesContinue = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data) else {
            context.fireChannelRead(data)
            return
        }
        if let (authority, target) = Self.split(absoluteForm: head.uri) {
            if RequestHost(head.headers.first(name: "Host") ?? "")?.name != RequestHost(authority)?.name {
                head.headers.replaceOrAdd(name: "Host", value: authority)
            }
            head.uri = target
        }
        if head.version == .http1_0, !head.isKeepAlive {
            head.headers.replaceOrAdd(name: "Connection", value: "close")
        }
        let expectsContinue =
            head.version == .http1_1
            && head.headers[canonicalForm: "expect"].contains { $0.lowercased() == "100-continue" }
        if expectsContinue {
            if openRequestCount == 0 {
                writeContinue(context)
            } else {
                owesContinue = true
            }
        }
        openRequestCount += 1
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .end = unwrapOutboundIn(data) else {
            context.write(data, promise: promise)
            return
        }
        context.write(data, promise: promise)
        openRequestCount -= 1
        if owesContinue, openRequestCount == 1 {
            owesContinue = false
            writeContinue(context)
        }
    }

    private func writeContinue(_ context: ChannelHandlerContext) {
        context.writeAndFlush(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
    }

    /// `http://a.b:80/c?d` gives `a.b:80` and `/c?d`; nil for a target in origin form.
    static func split(absoluteForm target: String) -> (authority: String, target: String)? {
        guard let schemeEnd = target.firstRange(of: "://"), target.utf8.first != UInt8(ascii: "/"),
            target[..<schemeEnd.lowerBound].utf8.allSatisfy({ $0 != UInt8(ascii: "?") })
        else { return nil }
        let rest = target[schemeEnd.upperBound...]
        let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        let path = rest[authorityEnd...]
        return (String(rest[..<authorityEnd]), path.utf8.first == UInt8(ascii: "/") ? String(path) : "/" + path)
    }
}
