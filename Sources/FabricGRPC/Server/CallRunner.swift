internal import FabricTypes
internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix
internal import Logging
internal import NIOCore
internal import PeerService
internal import Synchronization

/// Runs the handler of one call after another arrives: finds the method, admits the call, watches its time, answers.
struct CallRunner: Sendable {
    typealias TransportBytes = GRPCNIOTransportBytes
    typealias Inbound = RPCAsyncSequence<RPCRequestPart<TransportBytes>, any Error>
    typealias Outbound = RPCWriter<RPCResponsePart<TransportBytes>>.Closable

    private let methods: [MethodDescriptor: RPCMethod]
    private let limit: CallLimit
    private let budget: ArrivalBudget
    private let connections: ConnectionTable
    private let figures: RPCFigures
    private let stopping: StopFlag
    private let timers: any EventLoopGroup
    private let logger: Logger

    /// - Parameter limit: of all calls, whatever their method.
    init(
        methods: [RPCMethod], limit: CallLimit, budget: ArrivalBudget, connections: ConnectionTable,
        figures: RPCFigures, stopping: StopFlag, timers: any EventLoopGroup, logger: Logger
    ) {
        self.methods = Dictionary(uniqueKeysWithValues: methods.map { ($0.descriptor, $0) })
        self.limit = limit
        self.budget = budget
        self.connections = connections
        self.figures = figures
        self.stopping = stopping
        self.timers = timers
        self.logger = logger
    }

    /// Serves one call to its end.
    func run(_ stream: RPCStream<Inbound, Outbound>, _ server: ServerContext) async {
        let counted = methods[stream.descriptor].map { figures.begin($0) }
        let failure: RPCFailure?
        do {
            try await answer(stream, server)
            failure = nil
        } catch let error as RPCFailure {
            failure = error
        } catch {
            failure = unexpected(error, of: stream.descriptor)
        }
        counted?.end(failure?.code)
        if let failure {
            // Fails only if the call is gone, and then nobody waits for it.
            try? await stream.outbound.write(.status(failure.status, failure.trailers))
        }
        await stream.outbound.finish()
    }

    private func answer(_ stream: RPCStream<Inbound, Outbound>, _ server: ServerContext) async throws {
        let input = CallInput(stream.inbound, budget: budget)
        defer { input.release() }
        guard case .metadata(let headers)? = try await input.next() else { return }
        guard let method = methods[stream.descriptor] else {
            throw RPCFailure(
                .unimplemented, "unknown method \(stream.descriptor.method) for service \(stream.descriptor.service)")
        }
        let place = CallPlace()
        let seat = try limit.enter(place)
        defer { limit.leave(seat) }
        let serviceSeat = try method.limit?.enter(place)
        defer { if let serviceSeat { method.limit?.leave(serviceSeat) } }
        input.onFirstMessage = { [limit] in
            guard limit.hear(seat) else { return false }
            guard let serviceSeat, let serviceLimit = method.limit else { return true }
            return serviceLimit.hear(serviceSeat)
        }
        let timeout = headers[stringValues: "grpc-timeout"].first { _ in true }.flatMap { GRPCTimeout.duration($0) }
        let context = CallContext(
            remoteAddress: server.remotePeer, clientCertificateHash: connections.certificateHash(of: server.remotePeer),
            deadline: timeout.map { ContinuousClock.now + $0 })
        // The task that serves the call takes it along, and so do the functions that are asked on its way.
        let traceparent = headers[stringValues: "traceparent"].first { _ in true }
        let answers = try await CallTrace.$traceparent.withValue(traceparent) {
            try await cancellable(server.cancellation, place, context: context, timeout: timeout) {
                try await Self.handle(method, input, context, stream.outbound)
            }
        }
        try await stream.outbound.write(contentsOf: answers + [.status(Status(code: .ok, message: ""), [:])])
    }

    /// - Returns: what is still to be sent before the status.
    private static func handle(
        _ method: RPCMethod, _ input: CallInput, _ context: CallContext, _ outbound: Outbound
    ) async throws -> [RPCResponsePart<TransportBytes>] {
        switch method.handler {
        case .unary(let handler):
            guard let request = try await input.nextMessage() else {
                throw RPCFailure(.internalError, "The call ended without a request message.")
            }
            let answer = try await handler(request, context)
            return [.metadata([:]), .message(TransportBytes(answer))]
        case .stream(let handler):
            try await outbound.write(.metadata([:]))
            try await handler(
                CallStream(context: context, requests: MessageSequence { try await input.nextMessage() }) { message in
                    try await outbound.write(.message(TransportBytes(message)))
                })
            return []
        }
    }

    /// Runs the body in a task that is cancelled when the call is.
    private func cancellable<Result: Sendable>(
        _ cancellation: ServerContext.RPCCancellationHandle, _ place: CallPlace, context: CallContext,
        timeout: Duration?, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        // gRPC tells of a cancelled call through a callback and never cancels a task; this function waits for the task.
        let task = Task { try await body() }
        place.onDisplacement { task.cancel() }
        let timer = timeout.map { timeout in
            timers.any().scheduleTask(in: TimeAmount(timeout)) { task.cancel() }
        }
        defer { timer?.cancel() }
        do {
            let result = try await withTaskCancellationHandler {
                try await withRPCCancellationHandler {
                    // A call that was cancelled before now gets no callback any more.
                    if cancellation.isCancelled { task.cancel() }
                    return try await task.value
                } onCancelRPC: {
                    task.cancel()
                }
            } onCancel: {
                task.cancel()
            }
            // To a handler the end of a displaced call looks like the caller's.
            if let refusal = place.refusal { throw refusal }
            return result
        } catch let error as RPCFailure {
            throw place.refusal ?? error
        } catch {
            guard error is CancellationError || task.isCancelled else { throw error }
            throw place.refusal ?? ending(cancellation, context)
        }
    }

    /// Why a call was cancelled.
    private func ending(_ cancellation: ServerContext.RPCCancellationHandle, _ context: CallContext) -> RPCFailure {
        if let deadline = context.deadline, deadline <= ContinuousClock.now {
            return RPCFailure(.deadlineExceeded, "context deadline exceeded")
        }
        if stopping.isSet { return RPCFailure(.unavailable, "The node is stopping: try again in a moment.") }
        return RPCFailure(.cancelled, "context canceled")
    }

    private func unexpected(_ error: any Error, of method: MethodDescriptor) -> RPCFailure {
        if error is CancellationError { return RPCFailure(.cancelled, "context canceled") }
        // What fails beneath a call that breaks off, such as writing to a stream that is gone, is no fault of ours.
        if error is RPCError || error is ChannelError {
            logger.debug("Call broken off", metadata: ["rpc.method": "\(method)", "error": "\(error)"])
        } else {
            logger.error("Call failed", metadata: ["rpc.method": "\(method)", "error": "\(error)"])
        }
        return RPCFailure(.internalError, "The node could not answer this call. Its log says why.")
    }
}

/// Whether a server has been told to stop.
final class StopFlag: Sendable {
    private let state = Atomic(false)

    var isSet: Bool { state.load(ordering: .relaxed) }

    func set() { state.store(true, ordering: .relaxed) }
}

extension RPCMethod {
    /// With its kind, as the transport tells calls of methods that it was told about.
    var descriptor: MethodDescriptor {
        switch handler {
        case .unary: MethodDescriptor(fullyQualifiedService: service, method: name, type: .unary)
        case .stream: MethodDescriptor(fullyQualifiedService: service, method: name, type: .bidirectionalStreaming)
        }
    }
}
