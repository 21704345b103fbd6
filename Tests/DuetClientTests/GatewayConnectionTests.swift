import FabricTypes
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import GoldenLedger
import Membership
import Synchronization
import Testing

@testable import DuetClient

@Suite("A client's connection")
struct GatewayConnectionTests {
    @Test("calls, streams and errors with their details go over gRPC")
    func overGRPC() async throws {
        let detail = ErrorDetail(
            address: "peer0:7051", mspID: try MSPID(validating: "Org1MSP"), message: "chaincode response 500, no")
        try await withServer(detail) { port in
            let signer = try GoldenSigner.user("User1@alder.example")
            let identity = try ClientIdentity(
                mspID: signer.mspID, certificate: SerializedIdentity(decoding: signer.identity).idBytes
            ) { try signer.sign($0) }
            let address = GatewayAddress(host: "127.0.0.1", port: port, trustedAuthorities: nil)

            try await NetworkClient.withConnection(to: address, as: identity) { client in
                let contract = try client.channel("trade").contract("goods")

                #expect(try await contract.evaluate("get", "a") == Bytes("answer"))

                let error = try await #require(throws: ClientError.self) { try await contract.submit("put", "a", "b") }
                #expect(error.phase == .endorse)
                #expect(error.code == .aborted)
                #expect(error.message == "failed to endorse transaction")
                #expect(
                    error.refusals == [
                        ClientError.Refusal(
                            address: "peer0:7051", mspID: "Org1MSP", message: "chaincode response 500, no")
                    ])

                let received = Mutex<[String]>([])
                await #expect(throws: Stop.self) {
                    try await contract.events(from: .block(1)) { event in
                        received.withLock { $0.append("\(event.blockNumber) \(event.name)") }
                        if event.blockNumber == 3 { throw Stop() }
                    }
                }
                // The server ends the stream after two blocks, and the client asks for what follows.
                #expect(received.withLock { $0 } == ["1 tick", "2 tick", "3 tick"])
            }
        }
    }

    @Test("a client shows its certificate where the peer asks for one, and requests for blocks are tied to it")
    func mutualTLS() async throws {
        let files = GoldenFiles.trade
        let organization = "crypto/peerOrganizations/alder.example"
        let peer = "\(organization)/peers/peer0.alder.example/tls"
        let user = "\(organization)/users/User1@alder.example/tls"
        let authority = try files.bytes("\(peer)/ca.crt")
        let transport = HTTP2ServerTransport.Posix(
            address: .ipv4(host: "127.0.0.1", port: 0),
            transportSecurity: .mTLS(
                certificateChain: [.bytes(try files.bytes("\(peer)/server.crt").array, format: .pem)],
                privateKey: .bytes(try files.bytes("\(peer)/server.key").array, format: .pem)
            ) {
                $0.clientCertificateVerification = .noHostnameVerification
                $0.trustRoots = .certificates([.bytes(authority.array, format: .pem)])
            })
        let binding = Mutex<Bytes?>(nil)
        let gateway = FakeGateway(
            detail: ErrorDetail(address: "", mspID: try MSPID(validating: "Org1MSP"), message: ""),
            onSeek: { header in binding.withLock { $0 = header.tlsCertificateHash } })
        try await withGRPCServer(transport: transport, services: [gateway]) { _ in
            var address = GatewayAddress(
                host: "127.0.0.1", port: try #require(try await transport.listeningAddress.ipv4?.port),
                trustedAuthorities: [authority], serverName: "peer0.alder.example")
            let signer = try GoldenSigner.user("User1@alder.example")
            let identity = try ClientIdentity(
                mspID: signer.mspID, certificate: SerializedIdentity(decoding: signer.identity).idBytes
            ) { try signer.sign($0) }
            var settings = ClientSettings()
            settings.evaluateTimeout = .seconds(1)
            // Without a certificate there is no connection.
            await #expect(throws: ClientError.self) {
                try await NetworkClient.withConnection(to: address, as: identity, settings: settings) { client in
                    try await client.channel("trade").contract("goods").evaluate("get", "a")
                }
            }
            let certificate = try files.bytes("\(user)/client.crt")
            address.clientCertificate = GatewayAddress.ClientCertificate(
                certificates: certificate, privateKey: try files.bytes("\(user)/client.key"))
            try await NetworkClient.withConnection(to: address, as: identity) { client in
                let channel = try client.channel("trade")
                #expect(try await channel.contract("goods").evaluate("get", "a") == Bytes("answer"))
                await #expect(throws: ClientError.self) { try await channel.blocks { _ in } }
            }
            #expect(binding.withLock { $0 } == Digest(of: try Certificate(pemText: certificate).encoded).bytes)
        }
    }

    private struct Stop: Error {}

    private func withServer(_ detail: ErrorDetail, _ body: @Sendable (Int) async throws -> Void) async throws {
        let transport = HTTP2ServerTransport.Posix(
            address: .ipv4(host: "127.0.0.1", port: 0), transportSecurity: .plaintext)
        try await withGRPCServer(transport: transport, services: [FakeGateway(detail: detail)]) { _ in
            let port = try #require(try await transport.listeningAddress.ipv4?.port)
            try await body(port)
        }
    }
}

/// Answers as a gateway does, without one.
private struct FakeGateway: RegistrableRPCService {
    let detail: ErrorDetail
    /// What a request for blocks said of itself.
    var onSeek: @Sendable (ChannelHeader) -> Void = { _ in }

    func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
        register("Evaluate", &router) { _ in
            [EvaluateResponse(result: Response(status: 200, payload: Bytes("answer"))).encoded()]
        }
        register("Endorse", &router) { [detail] _ in
            var metadata: GRPCCore.Metadata = [:]
            metadata.addBinary(Self.status(with: detail), forKey: "grpc-status-details-bin")
            throw RPCError(code: .aborted, message: "failed to endorse transaction", metadata: metadata)
        }
        register("Deliver", service: "protos.Deliver", &router) { [onSeek] request in
            let payload = try Payload(decoding: try Envelope(decoding: request).payload)
            onSeek(try ChannelHeader(decoding: payload.header?.channelHeader ?? Bytes()))
            return [DeliverResponse(.status(.forbidden)).encoded()]
        }
        register("ChaincodeEvents", &router) { request in
            let signed = try SignedChaincodeEventsRequest(decoding: request)
            let position = try ChaincodeEventsRequest(decoding: signed.request).startPosition
            guard case .specified(let start) = position?.kind else { return [] }
            return (start.number...start.number + 1).map { number in
                ChaincodeEventsResponse(
                    events: [
                        ChaincodeEvent(
                            chaincodeID: Bytes("goods"), transactionID: Bytes("t\(number)"), eventName: Bytes("tick"))
                    ], blockNumber: number
                ).encoded()
            }
        }
    }

    private func register<Transport: ServerTransport>(
        _ method: String, service: String = "gateway.Gateway", _ router: inout RPCRouter<Transport>,
        _ answer: @escaping @Sendable (Bytes) throws -> [Bytes]
    ) {
        router.registerHandler(
            forMethod: MethodDescriptor(fullyQualifiedService: service, method: method),
            deserializer: RawBytes(), serializer: RawBytes()
        ) { request, _ in
            var message = Bytes()
            for try await next in request.messages { message = next }
            let answers = try answer(message)
            return StreamingServerResponse { writer in
                for answer in answers { try await writer.write(answer) }
                return [:]
            }
        }
    }

    /// A `google.rpc.Status` with one detail, in an `Any`.
    private static func status(with detail: ErrorDetail) -> [UInt8] {
        var any = WireWriter()
        any.write(1, "type.googleapis.com/gateway.ErrorDetail")
        any.write(2, detail.encoded())
        var status = WireWriter()
        status.write(1, Int32(10))
        status.write(3, any.bytes)
        return status.bytes.array
    }
}

private struct RawBytes: MessageSerializer, MessageDeserializer {
    func serialize<Buffer: GRPCContiguousBytes>(_ message: Bytes) throws -> Buffer { Buffer(message) }

    func deserialize<Buffer: GRPCContiguousBytes>(_ buffer: Buffer) throws -> Bytes {
        buffer.withUnsafeBytes { Bytes([UInt8]($0)) }
    }
}
