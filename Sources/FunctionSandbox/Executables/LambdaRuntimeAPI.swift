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
        var pollers: [@Sendable (HTTPReply) -> Void] = []
        /// Invocations that are not answered yet.
        var running: [String: Waiter] = [:]
        var closedReason: String?
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

    /// Runtimes that may wait for work at once.
    private static let pollerCountMax = 100

    private let state = Mutex(State())
    private let eventLoop: any EventLoop
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
            let (reason, poller) = state.withLock { state -> (String?, (@Sendable (HTTPReply) -> Void)?) in
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
            poller?(Self.reply(work))
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

    /// - Parameter reply: called once, now or when there is work.
    func take(_ request: HTTPMessage<HTTPRequestHead>, _ reply: @escaping @Sendable (HTTPReply) -> Void) {
        let path = request.head.uri.split(separator: "?", omittingEmptySubsequences: false).first ?? ""
        let steps = path.split(separator: "/").map(String.init)
        switch (
            request.head.method, steps.count,
            steps.first == "2018-06-01" ? steps.dropFirst().joined(separator: "/") : ""
        ) {
        case (.GET, _, "ping"):
            reply(HTTPReply(status: .ok, body: Array("pong".utf8)))
        case (.GET, _, "runtime/invocation/next"):
            next(reply)
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

    private func next(_ reply: @escaping @Sendable (HTTPReply) -> Void) {
        onReady(nil)
        let outcome = state.withLock { state -> HTTPReply? in
            if let reason = state.closedReason { return .refusal(.forbidden, "InvalidStateTransition", reason) }
            if !state.waiting.isEmpty { return Self.reply(state.waiting.removeFirst()) }
            guard state.pollers.count < Self.pollerCountMax else {
                return .refusal(.forbidden, "InvalidStateTransition", "Too many ask for work at once.")
            }
            state.pollers.append(reply)
            return nil
        }
        if let outcome { reply(outcome) }
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

    init(api: LambdaRuntimeAPI) {
        self.api = api
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        if case .head(let head) = part { self.head = head }
        do {
            guard let request = try assembler.take(part) else { return }
            let channel = context.channel
            let isKeptAlive = request.head.isKeepAlive
            api.take(request) { Self.write($0, to: channel, isKeptAlive: isKeptAlive) }
        } catch {
            Self.write(api.refuseOversized(head), to: context.channel, isKeptAlive: false)
        }
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
