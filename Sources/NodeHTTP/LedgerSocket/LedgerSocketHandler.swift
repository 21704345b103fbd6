internal import FunctionTypes
internal import NIOCore
internal import NIOHTTP1

/// A call of a function to the ledger.
struct LedgerSocketRequest: Sendable {
    var method: String
    /// With the query.
    var target: String
    var token: String?
    var requestID: String?
    var body: [UInt8]

    static let byteCountMax = 4 << 20
}

struct LedgerSocketAnswer: Sendable {
    var status: Int
    var json: JSONValue

    static func failure(_ status: Int, _ code: String, _ message: String, details: [JSONValue] = []) -> Self {
        var error: [String: JSONValue] = ["code": .string(code), "message": .string(message)]
        if !details.isEmpty { error["details"] = .array(details) }
        return LedgerSocketAnswer(status: status, json: ["error": .object(error)])
    }
}

/// Collects one request after another and writes what is answered.
///
/// Used on its connection's event loop only. The pipeline in front of it gives the next request only once this one is answered.
final class LedgerSocketHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart
    typealias Take = (LedgerSocketRequest, @escaping @Sendable (LedgerSocketAnswer) -> Void) -> Void

    private let take: Take
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var isTooLarge = false

    init(take: @escaping Take) {
        self.take = take
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
            isTooLarge = false
        case .body(let part):
            guard !isTooLarge, body.count + part.readableBytes <= LedgerSocketRequest.byteCountMax else {
                isTooLarge = true
                body = []
                return
            }
            body.append(contentsOf: part.readableBytesView)
        case .end:
            guard let head else { return }
            self.head = nil
            finish(head, context)
        }
    }

    private func finish(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let isKeptAlive = head.isKeepAlive
        guard !isTooLarge else {
            let answer = LedgerSocketAnswer.failure(
                413, "TooLarge", "The call has more than \(LedgerSocketRequest.byteCountMax) bytes.")
            return Self.write(answer, isKeptAlive: isKeptAlive, to: context.channel)
        }
        let authorization = head.headers.first(name: "authorization") ?? ""
        let request = LedgerSocketRequest(
            method: head.method.rawValue, target: head.uri,
            token: authorization.hasPrefix("Bearer ") ? String(authorization.dropFirst("Bearer ".count)) : nil,
            requestID: head.headers.first(name: "duet-request-id"), body: body)
        body = []
        let channel = context.channel
        take(request) { Self.write($0, isKeptAlive: isKeptAlive, to: channel) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// From any thread.
    private static func write(_ answer: LedgerSocketAnswer, isKeptAlive: Bool, to channel: any Channel) {
        let bytes = answer.json.jsonBytes
        var head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: answer.status),
            headers: ["content-type": "application/json", "content-length": "\(bytes.count)"])
        if !isKeptAlive { head.headers.add(name: "connection", value: "close") }
        channel.write(HTTPServerResponsePart.head(head), promise: nil)
        channel.write(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: bytes))), promise: nil)
        let written = channel.writeAndFlush(HTTPServerResponsePart.end(nil))
        if !isKeptAlive { written.whenComplete { _ in channel.close(promise: nil) } }
    }
}
