public import FabricTypes
internal import Foundation

/// Calls a network of Duet's or of Hyperledger Fabric's through a peer's gateway, as one identity.
///
/// ```swift
/// try await NetworkClient.withConnection(to: address, as: identity) { client in
///     let marbles = try client.channel("mychannel").contract("marbles")
///     try await marbles.submit("transferMarble", "marble1", "bob")
///     let marble = try await marbles.evaluate("readMarble", "marble1")
/// }
/// ```
public struct NetworkClient: Sendable {
    public let identity: ClientIdentity
    public let settings: ClientSettings
    let transport: any GatewayTransport
    let environment: ClientEnvironment

    /// A client over a connection that somebody runs.
    public init(_ connection: GatewayConnection, as identity: ClientIdentity, settings: ClientSettings = .init()) {
        self.init(transport: connection, identity: identity, settings: settings)
    }

    package init(
        transport: any GatewayTransport, identity: ClientIdentity, settings: ClientSettings = .init(),
        environment: ClientEnvironment = .system
    ) {
        self.transport = transport
        self.identity = identity
        self.settings = settings
        self.environment = environment
    }

    /// Opens a connection for the time of `body`.
    public static func withConnection<Result: Sendable>(
        to address: GatewayAddress, as identity: ClientIdentity, settings: ClientSettings = .init(),
        _ body: @Sendable (NetworkClient) async throws -> Result
    ) async throws -> Result {
        let connection = try GatewayConnection(to: address)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await connection.run() }
            defer { group.cancelAll() }
            let result = try await body(NetworkClient(connection, as: identity, settings: settings))
            connection.close()
            return result
        }
    }

    /// - Throws: ``FabricTypes/InvalidName`` if the name can be none of a channel.
    public func channel(_ name: String) throws -> ChannelClient {
        ChannelClient(client: self, id: try ChannelID(validating: name))
    }

    public func channel(_ id: ChannelID) -> ChannelClient {
        ChannelClient(client: self, id: id)
    }

    /// Calls the gateway and says in which phase it failed.
    func call<Answer: WireMessage>(
        _ method: GatewayMethod, _ request: some WireMessage, phase: ClientError.Phase, timeout: Duration?,
        transactionID: TransactionID?
    ) async throws -> Answer {
        do {
            return try Answer(decoding: await transport.call(method, request.encoded(), timeout: timeout))
        } catch let failure as CallFailure {
            throw ClientError(phase, failure, transactionID: transactionID)
        } catch let error as WireError {
            throw ClientError(
                phase, .internalError, "The gateway's answer cannot be read. \(error)", transactionID: transactionID)
        }
    }
}

/// How long calls may take.
public struct ClientSettings: Hashable, Sendable {
    /// Nil for ever.
    public var evaluateTimeout: Duration? = .seconds(30)
    public var endorseTimeout: Duration? = .seconds(60)
    public var submitTimeout: Duration? = .seconds(30)
    /// Until the transaction stands in the ledger.
    public var commitStatusTimeout: Duration? = .seconds(120)

    public init() {}
}

/// What a client takes from around it.
package struct ClientEnvironment: Sendable {
    package var now: @Sendable () -> Timestamp
    package var nonce: @Sendable () -> Bytes
    package var sleep: @Sendable (Duration) async throws -> Void

    package init(
        now: @escaping @Sendable () -> Timestamp, nonce: @escaping @Sendable () -> Bytes,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.nonce = nonce
        self.sleep = sleep
    }

    package static let system = ClientEnvironment(
        now: {
            let seconds = Date().timeIntervalSince1970
            let whole = seconds.rounded(.down)
            return Timestamp(seconds: Int64(whole), nanoseconds: Int32((seconds - whole) * 1e9))
        },
        nonce: {
            var generator = SystemRandomNumberGenerator()
            return Bytes((0..<24).map { _ in UInt8.random(in: 0...255, using: &generator) })
        },
        sleep: { try await Task.sleep(for: $0) })
}
