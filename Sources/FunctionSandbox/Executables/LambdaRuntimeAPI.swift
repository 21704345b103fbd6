internal import Foundation
internal import FunctionCore
internal import FunctionTypes
internal import NIOCore
internal import NIOHTTP1
internal import Synchronization

/// The Lambda Runtime API, version `2018-06-01`, for one instance: its runtime asks for work and answers it.
///
/// Source: AWS, "Using the Lambda runtime API"; the runtime interface emulator.
final class LambdaRuntimeAPI: Sendable {
    private struct Work {
        var requestID: String
        var headers: HTTPHeaders
        var body: [UInt8]
    }

    private struct Waiter {
        var continuation: CheckedContinuation<LinkReply<Result<[UInt8], FunctionFailure>>, Never>
        var timeout: Scheduled<Void>
    }

    private struct State {
        /// Invocations that no one asked for yet, and runtimes that ask and wait.
        var waiting: [Work] = []
        var pollers: [Poller] = []
        /// Invocations that are not answered yet.
        var running: [String: Waiter] = [:]
        var closedReason: String?
    }

    /// A runtime that asked for work, over a connection that can go away before there is any.
    private struct Poller {
        var connection: ObjectIdentifier
        var reply: @Sendable (HTTPReply) -> Void
    }

    /// What a call is answered.
    struct HTTPReply: Sendable {
        var status: HTTPResponseStatus
        var headers = HTTPHeaders()
        var body: [UInt8] = []

        static let accepted = HTTPReply(status: .accepted, body: Array(#"{"status":"OK"}"#.utf8))

        static func refusal(_ status: HTTPResponseStatus, _ type: String, _ message: String) -> HTTPReply {
            let body: JSONValue = ["errorMessage": .string(message), "errorType": .string(type)]
            return HTTPReply(status: status, headers: ["content-type": "application/json"], body: body.jsonBytes)
        }
    }

    /// Lambda's calls for extensions, which subscribe to invocations, logs and telemetry.
    private static let extensionPaths = ["/2020-01-01/extension/", "/2020-08-15/logs", "/2022-07-01/telemetry"]

    /// Runtimes that may wait for work at once.
    private static let pollerCountMax = 100

    private let state = Mutex(State())
    private let eventLoop: any EventLoop
    /// Of the bodies that runtimes are sending.
    let bounds = InstanceBounds()
    /// Called once: when the runtime asks for its first work, or reports why it cannot.
    private let onReady: @Sendable (FunctionFailure?) -> Void

    init(eventLoop: any EventLoop, onReady: @escaping @Sendable (FunctionFailure?) -> Void) {
        self.eventLoop = eventLoop
        self.onReady = onReady
    }

    // The node's side.

    func invoke(
        requestID: String, headers: HTTPHeaders, body: [UInt8], timeout: Duration
    ) async -> LinkReply<Result<[UInt8], FunctionFailure>> {
        await withCheckedContinuation { continuation in
            let timer = eventLoop.scheduleTask(in: TimeAmount(timeout)) { [self] in
                let waiter = state.withLock { state in
                    state.waiting.removeAll { $0.requestID == requestID }
                    return state.running.removeValue(forKey: requestID)
                }
                waiter?.continuation.resume(returning: .timedOut)
            }
            let work = Work(requestID: requestID, headers: headers, body: body)
            let (reason, poller) = state.withLock { state -> (String?, Poller?) in
                if let reason = state.closedReason { return (reason, nil) }
                state.running[requestID] = Waiter(continuation: continuation, timeout: timer)
                guard !state.pollers.isEmpty else {
                    state.waiting.append(work)
                    return (nil, nil)
                }
                return (nil, state.pollers.removeFirst())
            }
            if let reason {
                timer.cancel()
                continuation.resume(returning: .closed(reason: reason))
            }
            poller?.reply(Self.reply(work))
        }
    }

    func close(reason: String) {
        let waiters = state.withLock { state in
            if state.closedReason == nil { state.closedReason = reason }
            defer { (state.running, state.waiting, state.pollers) = ([:], [], []) }
            return Array(state.running.values)
        }
        for waiter in waiters {
            waiter.timeout.cancel()
            waiter.continuation.resume(returning: .closed(reason: reason))
        }
    }

    // The runtime's side.

    /// - Parameters:
    ///   - connection: on which it came.
    ///   - reply: called once, now or when there is work.
    func take(
        _ request: HTTPMessage<HTTPRequestHead>, on connection: ObjectIdentifier,
        _ reply: @escaping @Sendable (HTTPReply) -> Void
    ) {
        let path = request.head.uri.split(separator: "?", omittingEmptySubsequences: false).first ?? ""
        let steps = path.split(separator: "/").map(String.init)
        switch (
            request.head.method, steps.count,
            steps.first == "2018-06-01" ? steps.dropFirst().joined(separator: "/") : ""
        ) {
        case (.GET, _, "ping"):
            reply(HTTPReply(status: .ok, body: Array("pong".utf8)))
        case (.GET, _, "runtime/invocation/next"):
            next(Poller(connection: connection, reply: reply))
        case (.POST, _, "runtime/init/error"):
            let type = request.head.headers.first(name: "lambda-runtime-function-error-type")
            onReady(FunctionFailure(reported: request.body, type: type, isInitialization: true))
            reply(.accepted)
        case (.POST, 5, _) where steps[1] == "runtime" && steps[2] == "invocation" && steps[4] == "response":
            reply(settle(steps[3], Self.result(of: request)))
        case (.POST, 5, _) where steps[1] == "runtime" && steps[2] == "invocation" && steps[4] == "error":
            let type = request.head.headers.first(name: "lambda-runtime-function-error-type")
            reply(
                settle(
                    steps[3], .failure(FunctionFailure(reported: request.body, type: type, isInitialization: false))))
        case _ where Self.extensionPaths.contains { path.hasPrefix($0) }:
            reply(
                .refusal(
                    .notFound, "Extension.NotSupported",
                    "This node runs no extensions: \(path.prefix(200)) is not offered. Leave the extension out; what a "
                        + "function prints goes to its logstore by itself."))
        default:
            reply(
                .refusal(.notFound, "NotFound", "The node has no \(request.head.method.rawValue) \(path.prefix(200))."))
        }
    }

    /// A body that was too large to be kept: the invocation fails.
    func refuseOversized(_ head: HTTPRequestHead?) -> HTTPReply {
        let steps = (head?.uri ?? "").split(separator: "/").map(String.init)
        let failure = FunctionFailure(
            .unhandled, errorType: "Function.ResponseSizeTooLarge",
            message: "The answer has more than \(FunctionLimits.syncPayloadByteCountMax) bytes.")
        if steps.count == 5 { _ = settle(steps[3], .failure(failure)) }
        return .refusal(.payloadTooLarge, failure.errorType, failure.message)
    }

    /// Work must not be given to a runtime that has hung up.
    func lost(_ connection: ObjectIdentifier) {
        state.withLock { $0.pollers.removeAll { $0.connection == connection } }
    }

    private func next(_ poller: Poller) {
        onReady(nil)
        let outcome = state.withLock { state -> HTTPReply? in
            if let reason = state.closedReason { return .refusal(.forbidden, "InvalidStateTransition", reason) }
            if !state.waiting.isEmpty { return Self.reply(state.waiting.removeFirst()) }
            guard state.pollers.count < Self.pollerCountMax else {
                return .refusal(.forbidden, "InvalidStateTransition", "Too many ask for work at once.")
            }
            state.pollers.append(poller)
            return nil
        }
        if let outcome { poller.reply(outcome) }
    }

    private func settle(_ requestID: String, _ result: Result<[UInt8], FunctionFailure>) -> HTTPReply {
        guard let waiter = state.withLock({ $0.running.removeValue(forKey: requestID) }) else {
            return .refusal(
                .badRequest, "InvalidRequestID", "No invocation \"\(requestID.prefix(80))\" waits for an answer.")
        }
        waiter.timeout.cancel()
        waiter.continuation.resume(returning: .value(result))
        return .accepted
    }

    private static func reply(_ work: Work) -> HTTPReply {
        HTTPReply(status: .ok, headers: work.headers, body: work.body)
    }

    /// A streamed answer may fail midway, and says so after its body.
    private static func result(of request: HTTPMessage<HTTPRequestHead>) -> Result<[UInt8], FunctionFailure> {
        guard let type = request.trailers?.first(name: "lambda-runtime-function-error-type") else {
            return .success(request.body)
        }
        let body = request.trailers?.first(name: "lambda-runtime-function-error-body")
        let bytes = body.flatMap { Data(base64Encoded: $0) }.map { [UInt8]($0) } ?? []
        return .failure(FunctionFailure(reported: bytes, type: type, isInitialization: false))
    }
}

/// Feeds a runtime's requests to the API, one after the other on each connection.
final class LambdaRuntimeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let api: LambdaRuntimeAPI
    private var assembler = HTTPMessageAssembler<HTTPRequestHead>()
    private var head: HTTPRequestHead?
    /// Bytes of the body so far, as they count in the API's bounds.
    private var heldByteCount = 0
    /// The connection ends with the answer that was given; what still comes in on it is of no interest.
    private var isRefused = false

    init(api: LambdaRuntimeAPI) {
        self.api = api
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        let part = unwrapInboundIn(data)
        if case .head(let head) = part { self.head = head }
        do {
            if case .body(let buffer) = part { try hold(buffer.readableBytes) }
            guard let request = try assembler.take(part) else { return }
            giveBack()
            let channel = context.channel
            let isKeptAlive = request.head.isKeepAlive
            api.take(request, on: ObjectIdentifier(channel)) { Self.write($0, to: channel, isKeptAlive: isKeptAlive) }
        } catch {
            isRefused = true
            giveBack()
            Self.write(api.refuseOversized(head), to: context.channel, isKeptAlive: false)
        }
    }

    /// Small bodies are always taken, however much comes on other connections.
    private static let freeByteCount = 1 << 16

    private func hold(_ byteCount: Int) throws(OversizedHTTPMessage) {
        let before = max(0, heldByteCount - Self.freeByteCount)
        let after = max(0, heldByteCount + byteCount - Self.freeByteCount)
        guard api.bounds.take(after - before) else { throw OversizedHTTPMessage() }
        heldByteCount += byteCount
    }

    private func giveBack() {
        api.bounds.giveBack(max(0, heldByteCount - Self.freeByteCount))
        heldByteCount = 0
    }

    func channelInactive(context: ChannelHandlerContext) {
        giveBack()
        api.lost(ObjectIdentifier(context.channel))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private static func write(_ reply: LambdaRuntimeAPI.HTTPReply, to channel: any Channel, isKeptAlive: Bool) {
        var headers = reply.headers
        headers.replaceOrAdd(name: "content-length", value: "\(reply.body.count)")
        if headers.first(name: "content-type") == nil { headers.add(name: "content-type", value: "application/json") }
        if !isKeptAlive { headers.add(name: "connection", value: "close") }
        channel.write(
            HTTPServerResponsePart.head(.init(version: .http1_1, status: reply.status, headers: headers)), promise: nil)
        channel.write(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: reply.body))), promise: nil)
        channel.writeAndFlush(HTTPServerResponsePart.end(nil)).whenComplete { _ in
            if !isKeptAlive { channel.close(promise: nil) }
        }
    }
}
