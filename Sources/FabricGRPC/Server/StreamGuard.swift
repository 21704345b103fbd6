internal import NIOCore
internal import NIOHPACK
internal import NIOHTTP2

/// Bounds what one call may make the server hold: message lengths, large messages on their way, and their time.
///
/// Stands before gRPC's own handler in the pipeline of each call, so that what is refused is never gathered.
final class StreamGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias InboundOut = HTTP2Frame.FramePayload
    typealias OutboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    /// Shorter messages cost less than the call that carries them and are not counted.
    static let smallByteCount = 8 << 10
    /// What callers are told where there is no room.
    static let overload = "The node is receiving too many large messages at once: send this one again later."
    /// Bytes that a slow caller must manage in a second.
    private static let byteRateMin = 64 << 10

    private let limits: RPCServerConfiguration.Limits
    private let budget: ArrivalBudget
    private let byteCountMaxByPath: [String: Int]
    private var byteCountMax: Int
    private var meter: MessageMeter
    private var takenByteCount = 0
    private var timer: Scheduled<Void>?
    private var isRefused = false
    private var hasSentHeaders = false

    /// - Parameter byteCountMaxByPath: of methods that take less than the server does.
    init(limits: RPCServerConfiguration.Limits, budget: ArrivalBudget, byteCountMaxByPath: [String: Int]) {
        self.limits = limits
        self.budget = budget
        self.byteCountMaxByPath = byteCountMaxByPath
        byteCountMax = limits.messageByteCountMax
        meter = MessageMeter(byteCountMax: byteCountMax)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        let payload = unwrapInboundIn(data)
        switch payload {
        case .headers(let frame):
            if let path = frame.headers.first(name: ":path"), let ownMax = byteCountMaxByPath[path] {
                byteCountMax = min(ownMax, limits.messageByteCountMax)
                meter = MessageMeter(byteCountMax: byteCountMax)
            }
        case .data(let frame):
            guard case .byteBuffer(let buffer) = frame.data else { break }
            switch meter.receive(buffer.readableBytesView) {
            case .idle:
                settle()
            case .arriving(let received, let announced):
                guard account(received: received, announced: announced, context: context) else {
                    return refuse(context, Self.overload)
                }
            case .tooLong(let announced):
                return refuse(
                    context,
                    "grpc: received message larger than max (\(announced) vs. \(byteCountMax))")
            }
        default: break
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if !hasSentHeaders, case .headers = unwrapOutboundIn(data) { hasSentHeaders = true }
        context.write(data, promise: promise)
    }

    func channelInactive(context: ChannelHandlerContext) {
        settle()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        settle()
    }

    /// - Returns: false if there is no room.
    private func account(received: Int, announced: Int, context: ChannelHandlerContext) -> Bool {
        guard announced > Self.smallByteCount else {
            settle()
            startTimer(announced: announced, context: context)
            return true
        }
        let more = received - takenByteCount
        if more > 0 {
            guard budget.take(more) else { return false }
            takenByteCount = received
        } else if more < 0 {
            // The next message has begun within the same bytes.
            budget.giveBack(-more)
            takenByteCount = received
        }
        startTimer(announced: announced, context: context)
        return true
    }

    private func startTimer(announced: Int, context: ChannelHandlerContext) {
        guard timer == nil else { return }
        let time = limits.arrivalTimeMax + .seconds(announced / Self.byteRateMin)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: TimeAmount(time)) {
            let (handler, context) = bound.value
            handler.refuse(context, "A message did not arrive in the time for its length.")
        }
    }

    /// Gives back what the message took that has arrived.
    private func settle() {
        timer?.cancel()
        timer = nil
        if takenByteCount > 0 { budget.giveBack(takenByteCount) }
        takenByteCount = 0
    }

    /// Answers as gRPC does, so that the caller learns why, and ends the call.
    private func refuse(_ context: ChannelHandlerContext, _ message: String) {
        guard !isRefused else { return }
        isRefused = true
        settle()
        // A stream that has begun to answer ends with trailers, which repeat nothing.
        var headers: HPACKHeaders = hasSentHeaders ? [:] : [":status": "200", "content-type": "application/grpc"]
        headers.add(name: "grpc-status", value: "\(RPCFailure.Code.resourceExhausted.rawValue)")
        headers.add(name: "grpc-message", value: message)
        context.writeAndFlush(wrapOutboundOut(.headers(.init(headers: headers, endStream: true))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.rstStream(.noError)), promise: nil)
        context.close(promise: nil)
    }
}
