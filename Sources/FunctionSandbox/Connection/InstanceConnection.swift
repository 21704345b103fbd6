internal import FunctionCore
internal import FunctionTypes
internal import NIOCore
internal import Synchronization

/// The node's end of one instance's socket: asks, and hands each answer to whoever waits for it.
///
/// Every wait ends: with the answer, at its time-out, or when the connection closes.
final class InstanceConnection: Sendable {
    /// What came of a question.
    enum Reply: Sendable {
        case message(RuntimeMessage)
        case timedOut
        /// The process is gone or sent rubbish.
        case closed(reason: String)
    }

    private struct Waiter {
        var continuation: CheckedContinuation<Reply, Never>
        var timeout: Scheduled<Void>?
    }

    private struct State {
        var channel: (any Channel)?
        /// By the type of the answer, for questions that come one at a time, and by request id for invocations.
        var waiters: [String: Waiter] = [:]
        var hello: Reply?
        var closedReason: String?
        var onHello: (@Sendable (Bool) -> Void)?
    }

    private let state = Mutex(State())
    private let token: String
    private let eventLoop: any EventLoop
    private let output: InstanceOutput

    init(token: String, eventLoop: any EventLoop, output: InstanceOutput) {
        self.token = token
        self.eventLoop = eventLoop
        self.output = output
    }

    /// Waits for the bootstrap to introduce itself.
    func waitForHello(timeout: Duration) async -> Reply {
        await wait(for: "hello", timeout: timeout) { _ in }
    }

    /// Has `tell` called once: when the bootstrap has introduced itself, or with false when it never will.
    func whenIntroduced(_ tell: @escaping @Sendable (Bool) -> Void) {
        let known = state.withLock { state -> Bool? in
            if state.hello != nil { return true }
            if state.closedReason != nil { return false }
            state.onHello = tell
            return nil
        }
        if let known { tell(known) }
    }

    /// Sends a question of which there is one at a time, and waits for the message of type `answer`.
    func ask(_ question: RuntimeMessage, expecting answer: String, timeout: Duration) async -> Reply {
        await wait(for: answer, timeout: timeout) { channel in
            channel.writeAndFlush(question.encoded(with: channel.allocator), promise: nil)
        }
    }

    func ask(_ invocation: Invocation, timeout: Duration) async -> Reply {
        let message = RuntimeMessage.invoke(invocation)
        return await wait(for: Self.key(of: invocation.requestID), timeout: timeout) { channel in
            channel.writeAndFlush(message.encoded(with: channel.allocator), promise: nil)
        }
    }

    /// Ends every wait, and the connection.
    func close(reason: String) {
        let (channel, waiters, onHello) = state.withLock { state in
            if state.closedReason == nil { state.closedReason = reason }
            defer { (state.waiters, state.onHello) = ([:], nil) }
            return (state.channel, Array(state.waiters.values), state.onHello)
        }
        onHello?(false)
        channel?.close(promise: nil)
        for waiter in waiters {
            waiter.timeout?.cancel()
            waiter.continuation.resume(returning: .closed(reason: reason))
        }
    }

    // From the socket, on its event loop.

    /// The first connection to the instance's socket is its bootstrap's; it must prove so by its first message.
    func accept(_ channel: any Channel) -> Bool {
        state.withLock { state in
            guard state.channel == nil, state.closedReason == nil else { return false }
            state.channel = channel
            return true
        }
    }

    func received(_ message: RuntimeMessage) {
        let isIntroduced = state.withLock { $0.hello != nil }
        guard isIntroduced || message.type == "hello" else {
            return close(reason: "it spoke before introducing itself")
        }
        switch message.type {
        case "hello":
            guard message.header["token"]?.stringValue == token else {
                return close(reason: "it does not know the instance's token")
            }
            let (waiter, onHello) = state.withLock { state in
                state.hello = .message(message)
                return (state.waiters.removeValue(forKey: "hello"), state.onHello.take())
            }
            onHello?(true)
            finish(waiter, .message(message))
        case "log":
            let id = message.header["id"]?.stringValue ?? ""
            let level = message.header["level"]?.stringValue ?? ""
            output.write(
                OutputLine(
                    requestID: id.isEmpty ? nil : id, level: level.isEmpty ? nil : level,
                    text: String(decoding: message.body, as: UTF8.self)))
        case "result":
            resume(Self.key(of: message.header["id"]?.stringValue ?? ""), message)
        default:
            resume(message.type, message)
        }
    }

    // Waiting.

    private static func key(of requestID: String) -> String { "invocation " + requestID }

    /// An answer that nobody waits for any more came after its time-out.
    private func resume(_ key: String, _ message: RuntimeMessage) {
        finish(state.withLock { $0.waiters.removeValue(forKey: key) }, .message(message))
    }

    private func finish(_ waiter: Waiter?, _ reply: Reply) {
        waiter?.timeout?.cancel()
        waiter?.continuation.resume(returning: reply)
    }

    private func wait(
        for key: String, timeout: Duration, send: (any Channel) -> Void
    ) async -> Reply {
        await withCheckedContinuation { continuation in
            let ready = state.withLock { state -> (reply: Reply?, channel: (any Channel)?) in
                if let reason = state.closedReason { return (.closed(reason: reason), nil) }
                if key == "hello", let hello = state.hello { return (hello, nil) }
                precondition(state.waiters[key] == nil, "one question of a kind is asked at a time")
                let timer = eventLoop.scheduleTask(in: TimeAmount(timeout)) { [self] in
                    finish(self.state.withLock { $0.waiters.removeValue(forKey: key) }, .timedOut)
                }
                state.waiters[key] = Waiter(continuation: continuation, timeout: timer)
                return (nil, state.channel)
            }
            if let reply = ready.reply {
                continuation.resume(returning: reply)
            } else if let channel = ready.channel {
                send(channel)
            }
        }
    }
}

/// Feeds an instance's messages to its connection.
final class InstanceMessageHandler: ChannelInboundHandler {
    typealias InboundIn = RuntimeMessage

    private let connection: InstanceConnection

    init(connection: InstanceConnection) {
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        connection.received(unwrapInboundIn(data))
    }

    func channelInactive(context: ChannelHandlerContext) {
        connection.close(reason: "it closed its connection")
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        connection.close(reason: "\(error)")
    }
}
