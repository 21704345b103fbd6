internal import HTTPTypes
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle

/// Listens for browsers.
struct SiteListener: Sendable {
    /// Open connections; each page keeps one for its stream.
    private static let connectionCountMax = 1_024
    private static let idleTimeout = TimeAmount.seconds(60)

    let host: String
    /// 0 lets the system choose.
    let port: Int
    let site: Site
    let logger: Logger

    /// Listens until it is cancelled.
    ///
    /// - Parameter onListening: told the port.
    func run(onListening: @escaping @Sendable (Int) -> Void) async throws {
        let site = site
        // The library reports every connection that our own end cuts as an error.
        var quiet = logger
        quiet.logLevel = .critical
        let connection = HTTP1Channel(
            responder: { request, writer, channel in
                let response = await site.respond(to: request, client: channel.remoteAddress?.ipAddress)
                if request.method == .head {
                    try await writer.writeResponse(response.head)
                } else {
                    try await writer.write(response: response.head, body: response.body)
                }
            }, configuration: .init(idleTimeout: Self.idleTimeout))
        let server = connection.server(
            configuration: ServerConfiguration(
                address: .hostname(host, port: port),
                availableConnectionsDelegate: MaximumAvailableConnections(Self.connectionCountMax, logger: quiet)),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? port) },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: quiet)
        try await server.run()
    }
}
