internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix
package import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle

/// A gRPC server: one socket, any number of methods.
///
/// Graceful shutdown stops accepting, cancels the running calls, whose callers are told to try again, and returns when all
/// connections are closed, after ``RPCServerConfiguration/Limits/drainTimeMax`` at the latest.
package struct RPCServer: Service {
    private let configuration: RPCServerConfiguration
    private let transport: HTTP2ServerTransport.Custom<Listener>
    private let listener: Listener
    private let runner: CallRunner
    private let connections: ConnectionTable
    package let figures = RPCFigures()
    private let budget: ArrivalBudget
    private let stopping = StopFlag()
    private let onListening: @Sendable (_ port: Int) async -> Void

    /// - Parameters:
    ///   - methods: each path once.
    ///   - onListening: called once, when the socket is bound, with the port that the system chose.
    /// - Throws: ``RPCServerError`` if certificate and key cannot be used.
    package init(
        configuration: RPCServerConfiguration, methods: [RPCMethod], logger: Logger,
        onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) throws(RPCServerError) {
        self.configuration = configuration
        self.onListening = onListening
        let loops = MultiThreadedEventLoopGroup.singleton
        connections = ConnectionTable(countMax: configuration.limits.connectionCountMax)
        budget = ArrivalBudget(byteCountMax: configuration.limits.arrivingByteCountMax)
        listener = try Listener(configuration, connections: connections, eventLoopGroup: loops)
        transport = HTTP2ServerTransport.Custom(
            listenerFactory: listener,
            config: Self.transportConfiguration(
                configuration.limits, budget: budget,
                byteCountMaxByPath: Dictionary(
                    uniqueKeysWithValues: methods.compactMap { method in
                        method.requestByteCountMax.map { (method.path, $0) }
                    })))
        // Known kinds let the transport send a unary answer in one piece.
        var context = GRPCServerContext()
        context.methods = methods.map(\.descriptor)
        transport.configure(context: context)
        runner = CallRunner(
            methods: methods,
            limit: CallLimit(name: "this node", countMax: configuration.limits.callCountMax), budget: budget,
            connections: connections, figures: figures,
            stopping: stopping, timers: loops, logger: logger)
    }

    /// Connections that were ever taken in, and those of them that are gone.
    package var openedConnectionCount: UInt64 { connections.openedCount }
    package var closedConnectionCount: UInt64 { connections.closedCount }
    package var connectionCount: Int { connections.openCount }
    package var refusedConnectionCount: Int { connections.refusedCount }
    /// Bytes of large messages that are on their way in or being worked on.
    package var arrivingByteCount: Int { budget.takenByteCount }

    /// Serves until it is told to stop or cancelled; both end it gracefully.
    ///
    /// - Throws: ``RPCServerError`` when the address cannot be bound.
    package func run() async throws {
        // Apart from this task, since the transport traps when it is cancelled while a connection or call has arrived that
        // nobody has taken yet. It ends by `stop()`, which waits for neither longer than `drainTimeMax`.
        let serving = Task { try await transport.listen { await runner.run($0, $1) } }
        // Nil if the listener could not be opened, which its task reports.
        if let address = await transport.listeningAddress {
            await onListening(address.ipv4?.port ?? address.ipv6?.port ?? configuration.port)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await serving.value }
            group.addTask {
                // Returns when told to stop and throws when cancelled, which is the same here.
                try? await gracefulShutdown()
                await stop()
            }
            defer { group.cancelAll() }
            try await group.next()
            let closing = closeAllAfterDraining()
            defer { closing.cancel() }
            try await serving.value
        }
    }

    private func stop() async {
        stopping.set()
        await listener.stopAccepting()
        connections.closeUnfinished()
        transport.beginGracefulShutdown()
    }

    /// The transport waits for callers that do not keep to HTTP/2 as long as they like.
    private func closeAllAfterDraining() -> Task<Void, Never> {
        Task {
            // Cancelled when there is nothing left to wait for.
            try? await Task.sleep(for: configuration.limits.drainTimeMax)
            connections.closeAll()
        }
    }

    private static func transportConfiguration(
        _ limits: RPCServerConfiguration.Limits, budget: ArrivalBudget, byteCountMaxByPath: [String: Int]
    ) -> HTTP2ServerTransport.Custom<Listener>.Config {
        var configuration = HTTP2ServerTransport.Custom<Listener>.Config.defaults
        configuration.rpc.maxRequestPayloadSize = limits.messageByteCountMax
        configuration.http2.targetWindowSize = limits.windowByteCount
        configuration.http2.maxConcurrentStreams = limits.callCountPerConnectionMax
        configuration.connection.maxIdleTime = limits.idleTimeMax
        configuration.connection.maxGraceTime = limits.drainTimeMax
        // Fabric's own programs ping every 60 s with some jitter, also without calls; the default of 5 min would cut them
        // off with `too_many_pings`.
        configuration.connection.keepalive.clientBehavior = .init(
            minPingIntervalWithoutCalls: .seconds(30), allowWithoutCalls: true)
        // Waiting for more to flush only adds latency to a lone call.
        configuration.connection.flushCoalescing = nil
        configuration.channelDebuggingCallbacks.onAcceptHTTP2Stream = { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(
                    StreamGuard(limits: limits, budget: budget, byteCountMaxByPath: byteCountMaxByPath),
                    position: .first)
            }
        }
        return configuration
    }
}

extension RPCServer: CustomStringConvertible {
    /// As logs name it.
    package var description: String { "RPCServer \(configuration.host):\(configuration.port)" }
}
