package import FabricTypes
internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix
internal import Membership

/// One connection to a peer, which is opened again whenever it breaks; any number of clients share it.
///
/// Calls wait until ``run()`` runs and the peer is reached, as long as their time-outs allow.
public final class GatewayConnection: Sendable {
    /// Bytes of one answer, as Fabric's servers send at most.
    private static let messageByteCountMax = 100 << 20

    private let client: GRPCClient<HTTP2ClientTransport.Posix>
    package let clientCertificateHash: Bytes

    /// - Throws: ``ClientError`` with phase `prepare` if a certificate or key for TLS cannot be used.
    public init(to address: GatewayAddress) throws {
        var configuration = HTTP2ClientTransport.Posix.Config.defaults
        configuration.http2.targetWindowSize = 1 << 20
        configuration.http2.authority = address.serverName
        configuration.connection.maxIdleTime = nil
        // A peer that is back is reached again within seconds, however long it was away.
        configuration.backoff.initial = .milliseconds(200)
        configuration.backoff.max = .seconds(2)
        do {
            clientCertificateHash = try address.clientCertificate?.hash() ?? Bytes()
            client = GRPCClient(
                transport: try HTTP2ClientTransport.Posix(
                    target: .dns(host: address.host, port: address.port), transportSecurity: address.security,
                    config: configuration))
        } catch {
            throw ClientError(
                .prepare, .invalidArgument, "A connection to \(address.host):\(address.port) cannot be set up: \(error)"
            )
        }
    }

    /// Keeps the connection until ``close()`` or until the task is cancelled.
    public func run() async throws {
        try await client.runConnections()
    }

    /// Lets calls end and then closes the connection.
    public func close() {
        client.beginGracefulShutdown()
    }
}

extension GatewayConnection: GatewayTransport {
    package func call(_ method: GatewayMethod, _ request: Bytes, timeout: Duration?) async throws -> Bytes {
        try await Self.translatingErrors {
            try await client.unary(
                request: ClientRequest(message: request), descriptor: method.descriptor, serializer: BytesCoding(),
                deserializer: BytesCoding(), options: Self.options(timeout)
            ) { try $0.message }
        }
    }

    package func stream(
        _ method: GatewayMethod, _ request: Bytes, receive: @escaping @Sendable (Bytes) async throws -> Void
    ) async throws {
        try await Self.translatingErrors {
            // One message and no more is right for both kinds of streams.
            try await client.bidirectionalStreaming(
                request: StreamingClientRequest { try await $0.write(request) }, descriptor: method.descriptor,
                serializer: BytesCoding(), deserializer: BytesCoding(), options: Self.options(nil)
            ) { response in
                for try await message in response.messages {
                    do {
                        try await receive(message)
                    } catch {
                        throw ReceiverError(cause: error)
                    }
                }
            }
        }
    }

    private static func options(_ timeout: Duration?) -> CallOptions {
        var options = CallOptions.defaults
        // The transport bounds what it receives by this one.
        options.maxRequestMessageBytes = messageByteCountMax
        options.waitForReady = true
        options.timeout = timeout
        return options
    }

    private static func translatingErrors<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as ReceiverError {
            throw error.cause
        } catch let error as RPCError {
            try Task.checkCancellation()
            if let inner = error.cause as? ReceiverError { throw inner.cause }
            throw CallFailure(error)
        }
    }
}

/// What the receiver of a stream threw, told apart from what the call did.
private struct ReceiverError: Error {
    let cause: any Error
}

/// Messages are encoded already.
private struct BytesCoding: MessageSerializer, MessageDeserializer {
    func serialize<Buffer: GRPCContiguousBytes>(_ message: Bytes) throws -> Buffer {
        Buffer(message)
    }

    func deserialize<Buffer: GRPCContiguousBytes>(_ buffer: Buffer) throws -> Bytes {
        buffer.withUnsafeBytes { Bytes([UInt8]($0)) }
    }
}

extension GatewayMethod {
    fileprivate var descriptor: MethodDescriptor {
        let type: MethodDescriptor.RPCType =
            switch kind {
            case .unary: .unary
            case .serverStream: .serverStreaming
            case .bidirectional: .bidirectionalStreaming
            }
        return MethodDescriptor(fullyQualifiedService: service, method: name, type: type)
    }
}

extension GatewayAddress {
    fileprivate var security: HTTP2ClientTransport.Posix.TransportSecurity {
        guard let trustedAuthorities else { return .plaintext }
        let roots = TLSConfig.TrustRootsSource.certificates(
            trustedAuthorities.map { .bytes($0.array, format: .pem) })
        guard let clientCertificate else { return .tls { $0.trustRoots = roots } }
        return .mTLS(
            certificateChain: [.bytes(clientCertificate.certificates.array, format: .pem)],
            privateKey: .bytes(clientCertificate.privateKey.array, format: .pem)
        ) { $0.trustRoots = roots }
    }
}

extension GatewayAddress.ClientCertificate {
    /// Of the client's own certificate, by which peers tie requests for blocks to a connection.
    fileprivate func hash() throws(CertificateError) -> Bytes {
        Digest(of: try Certificate(pemText: certificates).encoded).bytes
    }
}
