package import FabricTypes
internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix
internal import NIOSSL
internal import PeerService
internal import ServiceLifecycle

/// Calls methods of one server over one connection, which is opened again whenever it breaks.
///
/// Calls wait until ``run()`` runs and the server is reached; give them a deadline.
package struct RPCClient: Service {
    /// How to reach a server.
    package struct Target: Hashable, Sendable {
        package var host: String
        package var port: Int
        /// PEM texts of the authorities whose certificates the server may show; nil to speak without TLS.
        package var authorities: [Bytes]?
        /// The name that the server's certificate must bear, if it is not ``host``.
        package var serverName: String?
        /// What to show a server that asks who calls; nil for nothing.
        package var identity: Identity?

        package init(
            host: String, port: Int, authorities: [Bytes]?, serverName: String? = nil, identity: Identity? = nil
        ) {
            self.identity = identity
            self.host = host
            self.port = port
            self.authorities = authorities
            self.serverName = serverName
        }
    }

    /// A caller's own certificate for TLS. PEM texts.
    package struct Identity: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
        package var certificate: Bytes
        /// A secret.
        package var key: Bytes

        package init(certificate: Bytes, key: Bytes) {
            self.certificate = certificate
            self.key = key
        }

        /// Without the key.
        package var description: String { "certificate of \(certificate.count) bytes" }

        package var customMirror: Mirror { Mirror(self, children: [:]) }
    }

    /// Bytes of one answer, as Fabric's servers send at most.
    private static let messageByteCountMax = 100 << 20

    private let transport: HTTP2ClientTransport.Posix
    /// SHA-256 of the certificate that the server is shown, in DER; requests for blocks name it.
    package let certificateHash: Digest?

    /// - Throws: if a certificate or the key cannot be used.
    package init(_ target: Target) throws {
        var configuration = HTTP2ClientTransport.Posix.Config.defaults
        configuration.http2.targetWindowSize = 1 << 20
        configuration.http2.authority = target.serverName
        configuration.connection.flushCoalescing = nil
        configuration.connection.maxIdleTime = nil
        // As Fabric's programs do: a server that is gone without a word is noticed while calls wait for it.
        configuration.connection.keepalive = .init(
            time: .seconds(60), timeout: .seconds(20), allowWithoutCalls: false)
        let security: HTTP2ClientTransport.Posix.TransportSecurity =
            if let authorities = target.authorities {
                .tls { tls in
                    tls.trustRoots = .certificates(authorities.map { .bytes($0.array, format: .pem) })
                    guard let identity = target.identity else { return }
                    tls.certificateChain = [.bytes(identity.certificate.array, format: .pem)]
                    tls.privateKey = .bytes(identity.key.array, format: .pem)
                }
            } else {
                .plaintext
            }
        certificateHash = try target.identity.map { identity in
            guard let leaf = try NIOSSLCertificate.fromPEMBytes(identity.certificate.array).first else {
                throw NIOSSLError.failedToLoadCertificate
            }
            return Digest(of: Bytes(try leaf.toDERBytes()))
        }
        transport = try HTTP2ClientTransport.Posix(
            target: .dns(host: target.host, port: target.port), transportSecurity: security, config: configuration)
    }

    /// Keeps the connection until it is told to stop or cancelled.
    package func run() async throws {
        try await withGracefulShutdownHandler {
            try await transport.connect()
        } onGracefulShutdown: {
            transport.beginGracefulShutdown()
        }
    }

    /// Lets calls end and then closes the connection.
    package func stop() {
        transport.beginGracefulShutdown()
    }

    /// Sends one message and takes the answer.
    ///
    /// - Throws: ``RPCFailure`` as the server sent it, or `unavailable` and `deadlineExceeded` from here.
    package func unary(
        _ service: String, _ name: String, _ request: Bytes, deadline: ContinuousClock.Instant?
    ) async throws -> Bytes {
        try await stream(service, name, kind: .unary, deadline: deadline) { call in
            try await call.send(request)
            await call.finish()
            guard let answer = try await call.next() else {
                throw RPCFailure(.internalError, "The server ended \(service)/\(name) without an answer.")
            }
            // The status follows; it tells whether the answer counts.
            _ = try await call.next()
            return answer
        }
    }

    /// Opens a stream of messages in both directions for the time of the body.
    package func stream<Result: Sendable>(
        _ service: String, _ name: String, deadline: ContinuousClock.Instant?,
        _ body: @escaping @Sendable (OutgoingCall) async throws -> Result
    ) async throws -> Result {
        try await stream(service, name, kind: .bidirectionalStreaming, deadline: deadline, body)
    }

    private func stream<Result: Sendable>(
        _ service: String, _ name: String, kind: MethodDescriptor.RPCType, deadline: ContinuousClock.Instant?,
        _ body: @escaping @Sendable (OutgoingCall) async throws -> Result
    ) async throws -> Result {
        guard let deadline else { return try await open(service, name, kind, timeout: nil, body) }
        let left = deadline - ContinuousClock.now
        guard left > .zero else { throw RPCFailure(.deadlineExceeded, "context deadline exceeded") }
        return try await withThrowingTaskGroup(of: Result.self) { group in
            group.addTask { try await open(service, name, kind, timeout: left, body) }
            group.addTask {
                try await Task.sleep(until: deadline)
                throw RPCFailure(.deadlineExceeded, "context deadline exceeded")
            }
            defer { group.cancelAll() }
            guard let result = try await group.next() else { throw CancellationError() }
            return result
        }
    }

    private func open<Result: Sendable>(
        _ service: String, _ name: String, _ kind: MethodDescriptor.RPCType, timeout: Duration?,
        _ body: @escaping @Sendable (OutgoingCall) async throws -> Result
    ) async throws -> Result {
        var options = CallOptions.defaults
        // The transport bounds what it receives by this one.
        options.maxRequestMessageBytes = Self.messageByteCountMax
        options.waitForReady = true
        var headers: GRPCCore.Metadata = [:]
        if let timeout { headers.addString(GRPCTimeout.text(timeout), forKey: "grpc-timeout") }
        if let traceparent = CallTrace.traceparent { headers.addString(traceparent, forKey: "traceparent") }
        do {
            return try await transport.withStream(
                descriptor: MethodDescriptor(fullyQualifiedService: service, method: name, type: kind), options: options
            ) { stream, _ in
                try await stream.outbound.write(.metadata(headers))
                return try await body(OutgoingCall(stream))
            }
        } catch let error as RPCError {
            try Task.checkCancellation()
            throw RPCFailure(error)
        }
    }
}

/// The two directions of a call to a server. One task at a time may read.
///
/// Unchecked: the iterator is used by whoever reads, one task at a time; sending is safe from anywhere.
package final class OutgoingCall: @unchecked Sendable {
    private typealias Stream = RPCStream<HTTP2ClientTransport.Posix.Inbound, HTTP2ClientTransport.Posix.Outbound>

    private var iterator: HTTP2ClientTransport.Posix.Inbound.AsyncIterator
    private let outbound: HTTP2ClientTransport.Posix.Outbound

    fileprivate init(_ stream: RPCStream<HTTP2ClientTransport.Posix.Inbound, HTTP2ClientTransport.Posix.Outbound>) {
        iterator = stream.inbound.makeAsyncIterator()
        outbound = stream.outbound
    }

    /// Suspends while the server does not read.
    package func send(_ message: Bytes) async throws {
        try await outbound.write(.message(GRPCNIOTransportBytes(message)))
    }

    /// Nothing more will be sent.
    package func finish() async {
        await outbound.finish()
    }

    /// The server's next message; nil when it has ended the call well.
    ///
    /// - Throws: ``RPCFailure`` as the server ended the call.
    package func next() async throws -> Bytes? {
        while let part = try await iterator.next(isolation: nil) {
            switch part {
            case .metadata: continue
            case .message(let message): return message.withUnsafeBytes { Bytes([UInt8]($0)) }
            case .status(let status, let trailers):
                guard status.code != .ok else { return nil }
                throw RPCFailure(status, trailers)
            }
        }
        throw RPCFailure(.unavailable, "The connection broke before the server ended the call.")
    }
}

extension RPCFailure {
    fileprivate init(_ error: RPCError) {
        self.init(
            Code(rawValue: error.code.rawValue) ?? .unknown, error.message, details: Self.details(error.metadata))
    }

    fileprivate init(_ status: Status, _ trailers: GRPCCore.Metadata) {
        self.init(
            Code(rawValue: status.code.rawValue) ?? .unknown, status.message, details: Self.details(trailers))
    }

    private static func details(_ trailers: GRPCCore.Metadata) -> [Detail] {
        guard let encoded = trailers[binaryValues: StatusDetails.trailer].first(where: { _ in true }),
            // A server that sends something else in its place has told its status all the same.
            let status = try? StatusDetails(decoding: Bytes(encoded))
        else { return [] }
        return status.details.map { Detail(typeName: $0.typeName, encoded: $0.value) }
    }
}
