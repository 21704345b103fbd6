internal import NIOCore
internal import NIOHTTP1
internal import Synchronization

/// Connections to the server inside one instance, each for one request at a time.
///
/// The relay inside offers them: what it opens to the node's socket leads on to the server. A connection that stays open is used
/// again.
final class ServerConnections: Sendable {
    typealias Reply = LinkReply<HTTPMessage<HTTPResponseHead>>

    private struct Call {
        var number: UInt64
        var request: HTTPMessage<HTTPRequestHead>
        var continuation: CheckedContinuation<Reply, Never>
        var timeout: Scheduled<Void>
    }

    private struct State {
        var idle: [any Channel] = []
        /// Calls that wait for a connection, oldest first; at most a function's concurrency and its hooks.
        var waiting: [Call] = []
        var running: [ObjectIdentifier: Call] = [:]
        var callNext: UInt64 = 0
        var closedReason: String?
    }

    private let state = Mutex(State())
    private let eventLoop: any EventLoop

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func send(_ request: HTTPMessage<HTTPRequestHead>, timeout: Duration) async -> Reply {
        await withCheckedContinuation { continuation in
            let number = state.withLock { state in
                state.callNext += 1
                return state.callNext
            }
            let timer = eventLoop.scheduleTask(in: TimeAmount(timeout)) { [self] in end(number) }
            let call = Call(number: number, request: request, continuation: continuation, timeout: timer)
            let (reason, channel) = state.withLock { state -> (String?, (any Channel)?) in
                if let reason = state.closedReason { return (reason, nil) }
                guard let channel = state.idle.popLast() else {
                    state.waiting.append(call)
                    return (nil, nil)
                }
                state.running[ObjectIdentifier(channel)] = call
                return (nil, channel)
            }
            if let reason {
                timer.cancel()
                continuation.resume(returning: .closed(reason: reason))
            }
            if let channel { Self.write(request, to: channel) }
        }
    }

    func close(reason: String) {
        let (channels, calls) = state.withLock { state in
            if state.closedReason == nil { state.closedReason = reason }
            defer { (state.idle, state.waiting, state.running) = ([], [], [:]) }
            return (state.idle, state.waiting + Array(state.running.values))
        }
        for channel in channels { channel.close(promise: nil) }
        for call in calls { finish(call, .closed(reason: reason)) }
    }

    /// The call's time is over; a connection that it has is of no more use.
    private func end(_ number: UInt64) {
        let call = state.withLock { state -> Call? in
            if let index = state.waiting.firstIndex(where: { $0.number == number }) {
                return state.waiting.remove(at: index)
            }
            guard let key = state.running.first(where: { $0.value.number == number })?.key else { return nil }
            return state.running.removeValue(forKey: key)
        }
        if let call { finish(call, .timedOut) }
    }

    private func finish(_ call: Call, _ reply: Reply) {
        call.timeout.cancel()
        call.continuation.resume(returning: reply)
    }

    // From the connections, on their event loop.

    /// A connection can take a request.
    func offer(_ channel: any Channel) {
        let call = state.withLock { state -> Call? in
            guard state.closedReason == nil else { return nil }
            guard !state.waiting.isEmpty else {
                state.idle.append(channel)
                return nil
            }
            let call = state.waiting.removeFirst()
            state.running[ObjectIdentifier(channel)] = call
            return call
        }
        if let call { Self.write(call.request, to: channel) }
    }

    func answered(_ channel: any Channel, _ response: HTTPMessage<HTTPResponseHead>, isKeptAlive: Bool) {
        if let call = state.withLock({ $0.running.removeValue(forKey: ObjectIdentifier(channel)) }) {
            finish(call, .value(response))
        }
        if isKeptAlive {
            offer(channel)
        } else {
            channel.close(promise: nil)
        }
    }

    func ended(_ channel: any Channel, _ reply: Reply) {
        let call = state.withLock { state -> Call? in
            state.idle.removeAll { $0 === channel }
            return state.running.removeValue(forKey: ObjectIdentifier(channel))
        }
        if let call { finish(call, reply) }
    }

    private static func write(_ request: HTTPMessage<HTTPRequestHead>, to channel: any Channel) {
        channel.write(HTTPClientRequestPart.head(request.head), promise: nil)
        if !request.body.isEmpty {
            channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: request.body))), promise: nil)
        }
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
    }
}

/// Feeds the server's responses to whoever waits for them.
final class ServerResponseHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let connections: ServerConnections
    private var assembler = HTTPMessageAssembler<HTTPResponseHead>()

    init(connections: ServerConnections) {
        self.connections = connections
    }

    func channelActive(context: ChannelHandlerContext) {
        connections.offer(context.channel)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do {
            guard let response = try assembler.take(unwrapInboundIn(data)) else { return }
            connections.answered(context.channel, response, isKeptAlive: response.head.isKeepAlive)
        } catch {
            connections.ended(
                context.channel,
                .malformed(reason: "it has more than \(OversizedHTTPMessage.byteCountMax) bytes, the most that is read")
            )
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        connections.ended(context.channel, .closed(reason: "its server closed the connection without an answer"))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        connections.ended(context.channel, .malformed(reason: Self.reason(of: error)))
        context.close(promise: nil)
    }

    private static func reason(of error: any Error) -> String {
        switch error as? HTTPParserError {
        case .invalidEOFState: "the connection was closed before its end; compare content-length with what is sent"
        case .invalidHeaderToken: "a header's name or value has a character that is not allowed"
        case let error?: "it is not HTTP (\(String(describing: error).prefix(200)))"
        case nil: "its connection failed (\(String(describing: error).prefix(200)))"
        }
    }
}
