internal import HTTPTypes
internal import HummingbirdCore
package import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle
internal import Synchronization

/// The node's HTTP listener: one frame, several surfaces.
///
/// Graceful shutdown stops accepting, lets running requests finish and then returns; endless answers (server-sent events)
/// must end by themselves when they see the shutdown. Stop it gracefully first: Hummingbird traps when it is cancelled in
/// the instant between accepting a connection and handing it on.
package struct HTTPListener: Service {
    let configuration: ListenerConfiguration
    let router: SurfaceRouter
    let logger: Logger
    let onListening: @Sendable ([ListenerConfiguration.Address]) async -> Void

    /// - Parameters:
    ///   - surfaces: Asked in this order.
    ///   - onListening: Called once, when every address is bound, with the ports that the system chose. Should be short:
    ///     the last address accepts no connection before it returns.
    package init(
        configuration: ListenerConfiguration, hostRule: HostRule = HostRule(), surfaces: [any HTTPSurface],
        logger: Logger,
        onListening: @escaping @Sendable ([ListenerConfiguration.Address]) async -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.router = SurfaceRouter(
            surfaces: surfaces, hostRule: hostRule, isSecure: configuration.tls != nil, logger: logger)
        self.logger = logger
        self.onListening = onListening
    }

    /// - Throws: ``ListenerError`` when an address cannot be bound; nothing listens then.
    package func run() async throws {
        let bound = BoundAddresses(addresses: configuration.addresses)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, address) in configuration.addresses.enumerated() {
                group.addTask { try await serve(address, index: index, bound: bound) }
            }
            try await group.waitForAll()
        }
    }

    private func serve(_ address: ListenerConfiguration.Address, index: Int, bound: BoundAddresses) async throws {
        let router = router
        let connection = HTTPConnection(
            responder: { request, writer, channel in
                try await router.answer(request, on: channel, writer: writer)
            }, tls: configuration.tls, idleTimeout: configuration.idleTimeout)
        let server = connection.server(
            configuration: ServerConfiguration(
                address: .hostname(address.host, port: address.port),
                availableConnectionsDelegate: MaximumAvailableConnections(
                    configuration.connectionCountMax, logger: logger)),
            onServerRunning: { channel in
                if let all = bound.bind(index, port: channel.localAddress?.port) { await onListening(all) }
            },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
        do {
            try await server.run()
        } catch let error as IOError {
            throw ListenerError(address: address, cause: error)
        } catch let error as NIOConnectionError {
            throw ListenerError(address: address, cause: error)
        }
    }
}

/// An address could not be bound.
package struct ListenerError: Error, CustomStringConvertible {
    package let address: ListenerConfiguration.Address
    package let cause: any Error

    package var description: String {
        "The HTTP listener cannot use \(address): \(cause). Stop the program that holds the port, or choose another address "
            + "(port 0 lets the system choose)."
    }
}

/// Collects the ports of all addresses until the last one is bound.
private final class BoundAddresses: Sendable {
    private let state: Mutex<(addresses: [ListenerConfiguration.Address], openCount: Int)>

    init(addresses: [ListenerConfiguration.Address]) {
        state = Mutex((addresses, addresses.count))
    }

    /// - Returns: All addresses when this was the last one.
    func bind(_ index: Int, port: Int?) -> [ListenerConfiguration.Address]? {
        state.withLock { state in
            state.addresses[index].port = port ?? state.addresses[index].port
            state.openCount -= 1
            return state.openCount == 0 ? state.addresses : nil
        }
    }
}
