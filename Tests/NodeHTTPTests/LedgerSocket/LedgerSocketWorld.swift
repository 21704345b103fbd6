import FabricTypes
import Foundation
import FunctionCore
import FunctionTypes
import Logging
import Membership
import NIOCore
import NIOPosix
import Synchronization
import Testing
import TriggerCore
import TriggerService

@testable import NodeHTTP

/// One instance's socket on a ledger that answers by a script, and a client for it.
final class LedgerSocketWorld: Sendable {
    /// What runs on the instance.
    final class Running: Sendable {
        private let invocation: Mutex<Invocation?>

        init(_ invocation: Invocation) {
            self.invocation = Mutex(invocation)
        }

        var value: Invocation? { invocation.withLock { $0 } }

        func set(_ body: (inout Invocation?) -> Void) {
            invocation.withLock { body(&$0) }
        }
    }

    let running: Running
    private let path: String
    private let token: String

    private init(running: Running, environment: [String: String]) throws {
        self.running = running
        path = try #require(environment["DUET_LEDGER_SOCKET"])
        token = try #require(environment["DUET_LEDGER_TOKEN"])
    }

    static func with(_ body: (LedgerSocketWorld) async throws -> Void) async throws {
        let folder = "/tmp/duet-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let id = InstanceID("i-1")
        let function = FunctionID(
            organization: try OrganizationName(validating: "Org1MSP"), service: try ServiceName(validating: "shop"),
            function: try FunctionName(validating: "f"))
        let running = Running(
            Invocation(
                requestID: "request-1", target: FunctionTarget(function), payload: .event([]), origin: .api,
                cause: InvocationCause(channel: "trade", depth: 0, triggerID: "t", eventID: "e", transactionID: "")))
        let sockets = LedgerSockets(
            calls: LedgerCalls(
                gateways: ScriptedLedger(), identities: try OneIdentity(),
                now: { FabricTypes.Timestamp(seconds: OneIdentity.instant) }),
            invocation: { requestID, instance in
                guard instance == id, let invocation = running.value,
                    requestID == nil || requestID == invocation.requestID
                else { return nil }
                return invocation
            }, logger: Logger(label: "test"))
        let specification = InstanceSpecification(
            id: id,
            function: ResolvedFunction(
                id: function, qualifier: .latest, version: nil, service: ServiceConfiguration(),
                configuration: FunctionConfiguration(runtime: "python3", handler: "a.b"), revision: 1,
                instanceCountMax: nil, asyncConfiguration: AsyncConfiguration()),
            codeFolder: "", region: "local")
        let environment = try await sockets.open(for: specification, folder: folder, visibleFolder: folder)
        let world = try LedgerSocketWorld(running: running, environment: environment)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await sockets.run() }
            try await body(world)
            group.cancelAll()
        }
        await sockets.close(for: id)
    }

    /// Calls and expects a status.
    func expect(
        _ status: Int, _ request: String, _ body: String = "", token: String? = nil, requestID: String? = nil
    ) async throws {
        let answer = try await call(request, body, token: token, requestID: requestID)
        #expect(answer.status == status, "\(answer.json)")
    }

    /// - Parameter request: method and target.
    func call(
        _ request: String, _ body: String = "", token: String? = nil, requestID: String? = nil
    ) async throws -> (status: Int, json: JSONValue) {
        var text = "\(request) HTTP/1.1\r\nHost: ledger\r\nAuthorization: Bearer \(token ?? self.token)\r\n"
        if let requestID { text += "Duet-Request-Id: \(requestID)\r\n" }
        text += "Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
        let connection = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(unixDomainSocketPath: path) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let question = ByteBuffer(string: text)
        let received = try await connection.executeThenClose { inbound, outbound in
            try await outbound.write(question)
            var received: [UInt8] = []
            for try await buffer in inbound { received += buffer.readableBytesView }
            return received
        }
        let answer = String(decoding: received, as: UTF8.self)
        let status = try #require(answer.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        let start = try #require(answer.range(of: "\r\n\r\n")).upperBound
        return (status, try JSONValue(parsing: String(answer[start...])))
    }
}

/// Contracts that answer what they were asked.
private struct ScriptedLedger: LedgerGateways, LedgerGateway {
    func gateway(of organization: MSPID) -> (any LedgerGateway)? { self }

    func onlyChannel(of organization: MSPID) -> ChannelID? { nil }

    func evaluate(
        _ request: EvaluateRequest, deadline: ContinuousClock.Instant
    ) async throws(LedgerGatewayError) -> Response {
        guard let signed = request.proposedTransaction, let proposal = try? Proposal(decoding: signed.proposalBytes),
            let payload = try? ChaincodeProposalPayload(decoding: proposal.payload),
            let input = try? ChaincodeInvocationSpec(decoding: payload.input).chaincodeSpec?.input
        else { throw LedgerGatewayError(.refused, "no proposal") }
        let words = input.arguments.map(\.lossyText)
        switch words.first {
        case "binary": return Response(status: 200, payload: Bytes([0, 255]))
        case "no": throw LedgerGatewayError(.refused, "not today")
        default:
            let text = "\(words[0])(\(words.dropFirst().joined(separator: ","))) on \(request.channelID.lossyText)"
            return Response(status: 200, payload: Bytes(text))
        }
    }

    func endorse(
        _ request: EndorseRequest, deadline: ContinuousClock.Instant
    ) async throws(LedgerGatewayError) -> Envelope {
        throw LedgerGatewayError(.refused, "nothing is submitted here")
    }

    func submit(_ request: SubmitRequest, deadline: ContinuousClock.Instant) async throws(LedgerGatewayError) {
        throw LedgerGatewayError(.refused, "nothing is submitted here")
    }

    func place(of transactionID: TransactionID, on channel: ChannelID) async throws(LedgerGatewayError) -> LedgerPlace?
    {
        transactionID.rawValue.hasSuffix("1") ? LedgerPlace(block: 7, index: 0, code: .valid) : nil
    }

    func transaction(at place: LedgerPlace, on channel: ChannelID) async throws(LedgerGatewayError) -> Envelope? { nil }

    func place(
        waitingFor transactionID: TransactionID, on channel: ChannelID, until deadline: ContinuousClock.Instant
    ) async throws(LedgerGatewayError) -> LedgerPlace? {
        try await place(of: transactionID, on: channel)
    }
}

private struct OneIdentity: ServiceIdentities {
    static let instant: Int64 = 1_700_000_000

    private let identity: ServiceIdentity

    init() throws {
        let authority = try DevelopmentAuthority(domain: "org1.example.com", at: Self.instant)
        let key = PrivateKey()
        let certificate = try authority.identity(
            name: "shop@org1.example.com", role: .client, key: key, at: Self.instant)
        identity = ServiceIdentity(
            certificateID: "1",
            signer: try SigningIdentity(mspID: MSPID(validating: "Org1MSP"), certificate: certificate, key: key),
            secret: try #require(ServiceSecret([UInt8](repeating: 7, count: ServiceSecret.byteCount))))
    }

    func identity(of service: ServiceName, _ organization: OrganizationName) async throws -> ServiceIdentity {
        identity
    }

    func identity(
        of service: ServiceName, _ organization: OrganizationName, certificateID: String
    ) async throws -> ServiceIdentity {
        identity
    }
}
