package import FunctionCore
package import FunctionTypes
package import LogCore
package import LogService
package import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import ServiceLifecycle
internal import Synchronization
package import TriggerService

/// Gives every instance a socket of its own on which its function calls the ledger, as HTTP with JSON.
///
/// Who speaks on the socket shows the instance's token, and may call only while one of the instance's invocations runs: the
/// token is worth nothing before, after and elsewhere. No key leaves the node. Calls are answered by ``run()``, which must run.
package final class LedgerSockets: InstanceOffer, Service {
    /// Finds an invocation that runs on an instance; nil names the only one.
    package typealias RunningInvocation = @Sendable (_ requestID: String?, InstanceID) -> Invocation?

    static let socketName = "ledger"
    /// Of one instance; more are closed.
    static let connectionCountMax = 64
    /// Calls taken and not begun; more are answered 503.
    static let waitingCountMax = 4_096

    private struct Instance {
        var token: String
        var listener: any Channel
        var connectionCount = 0
    }

    private let calls: LedgerCalls
    private let logs: LogSocketRoutes?
    private let invocation: RunningInvocation
    private let logger: Logger
    private let instances = Mutex<[InstanceID: Instance]>([:])
    private let jobs: AsyncStream<@Sendable () async -> Void>
    private let queue: AsyncStream<@Sendable () async -> Void>.Continuation

    /// - Parameter logs: what functions read their logs from; nil where there is no log service.
    package init(
        calls: LedgerCalls, logs: (keeper: LogKeeper, now: @Sendable () -> LogTime)? = nil,
        invocation: @escaping RunningInvocation, logger: Logger
    ) {
        self.calls = calls
        self.logs = logs.map { LogSocketRoutes(keeper: $0.keeper, now: $0.now) }
        self.invocation = invocation
        self.logger = logger
        (jobs, queue) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.waitingCountMax))
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for await job in self.jobs { group.addTask { await job() } }
                group.cancelAll()
            }
        }
    }

    // MARK: - Instances

    package func open(
        for specification: InstanceSpecification, folder: String, visibleFolder: String
    ) async throws(FunctionError) -> [String: String] {
        let id = specification.id
        let token = Self.makeToken()
        let caller = specification.function.id
        let listener: any Channel
        do {
            listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .childChannelInitializer { [self] connection in
                    connection.eventLoop.makeCompletedFuture {
                        guard enter(id, connection) else {
                            logger.debug("Connection to the ledger refused", metadata: ["instance.id": "\(id)"])
                            throw TooManyConnections()
                        }
                        let pipeline = connection.pipeline.syncOperations
                        try pipeline.configureHTTPServerPipeline()
                        try pipeline.addHandler(
                            LedgerSocketHandler { [self] request, reply in take(request, of: id, caller, reply) })
                    }
                }
                .bind(unixDomainSocketPath: "\(folder)/\(Self.socketName)").get()
        } catch {
            throw FunctionError(
                .internalServerError, "The ledger's socket for instance \(id) cannot be made: \(error).", cause: error)
        }
        instances.withLock { $0[id] = Instance(token: token, listener: listener) }
        return ["DUET_LEDGER_SOCKET": "\(visibleFolder)/\(Self.socketName)", "DUET_LEDGER_TOKEN": token]
    }

    package func close(for id: InstanceID) async {
        let listener = instances.withLock { $0.removeValue(forKey: id)?.listener }
        listener?.close(promise: nil)
    }

    private func enter(_ id: InstanceID, _ connection: any Channel) -> Bool {
        let isTaken = instances.withLock { instances in
            guard let count = instances[id]?.connectionCount, count < Self.connectionCountMax else { return false }
            instances[id]?.connectionCount = count + 1
            return true
        }
        if isTaken {
            connection.closeFuture.whenComplete { [self] _ in
                instances.withLock { $0[id]?.connectionCount -= 1 }
            }
        }
        return isTaken
    }

    private static func makeToken() -> String {
        var random = SystemRandomNumberGenerator()
        return (0..<4).map { _ in String(random.next() as UInt64, radix: 16) }.joined(separator: "-")
    }

    /// Closes a connection beyond ``connectionCountMax``, or to an instance that is gone.
    private struct TooManyConnections: Error {}

    // MARK: - Calls

    private func take(
        _ request: LedgerSocketRequest, of id: InstanceID, _ function: FunctionID,
        _ reply: @escaping @Sendable (LedgerSocketAnswer) -> Void
    ) {
        let taken = queue.yield { [self] in reply(await answer(request, of: id, function)) }
        guard case .enqueued = taken else {
            return reply(
                .failure(503, "Overloaded", "The node is stopping or has too many calls waiting. Try again later."))
        }
    }

    private func answer(
        _ request: LedgerSocketRequest, of id: InstanceID, _ function: FunctionID
    ) async -> LedgerSocketAnswer {
        guard let token = instances.withLock({ $0[id]?.token }), request.token == token else {
            return .failure(
                401, "TokenInvalid",
                "The call shows no token of this instance: send DUET_LEDGER_TOKEN as a bearer token.")
        }
        guard let invocation = invocation(request.requestID, id) else {
            return .failure(
                403, "NoInvocation",
                request.requestID == nil
                    ? "No invocation, or more than one, runs on this instance: name one by its request id in the header "
                        + "Duet-Request-Id."
                    : "The invocation that the header Duet-Request-Id names has ended, or never ran here.")
        }
        var endorsementDepth: Int?
        if case .endorsement(_, let depth) = invocation.origin { endorsementDepth = depth }
        let caller = LedgerCaller(
            service: function.service, organization: function.organization, requestID: invocation.requestID,
            cause: invocation.cause, traceparent: invocation.traceparent,
            endorsementDepth: endorsementDepth)
        return await LedgerSocketRoutes(calls: calls, logs: logs, caller: caller).answer(request)
    }
}
