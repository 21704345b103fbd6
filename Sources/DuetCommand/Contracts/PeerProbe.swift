internal import DuetClient
internal import Foundation
internal import NIOCore
internal import NIOPosix

/// Sees whether a peer is there before anything waits for it: a client's calls would wait out their whole time-outs.
enum PeerProbe {
    private static let timeMax = TimeAmount.seconds(5)

    /// - Throws: ``CommandError``.
    static func reach(_ address: GatewayAddress) async throws {
        do {
            let connection = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connectTimeout(timeMax)
                .connect(host: address.host, port: address.port).get()
            try await connection.close()
        } catch {
            throw CommandError(
                .unreachable,
                "The peer at \(address.host):\(address.port) cannot be reached: \(reason(error)). Start a network with "
                    + "\"\(RootCommand.programName) up\", or name another peer with --peer.")
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { reason($0.error) } ?? error.dnsAError.map { reason($0) } ?? "\(error)"
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case ChannelError.connectTimeout: "it does not answer"
        default: "\(error)"
        }
    }
}
