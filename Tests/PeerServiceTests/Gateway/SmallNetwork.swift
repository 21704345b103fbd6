internal import ContractService
internal import DuetClient
internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore
internal import Logging
internal import Membership
internal import Synchronization

@testable internal import PeerService

/// Two organisations of the recorded network, all of ours: endorsers, gateway, and an orderer that makes a block of each
/// transaction.
struct SmallNetwork: Sendable {
    static let height = 83
    static let now = Timestamp(seconds: 1_795_219_500)

    let gateway: Gateway
    let channel: PeerChannel

    /// - Parameter functions: of each organisation.
    init(
        _ configuration: GatewayConfiguration = GatewayConfiguration(),
        functions: [any FunctionCalls] = [], threads: ContractThreads = ContractThreads(count: 2)
    ) async throws {
        let callNames = FunctionCallNames()
        var nodes: [LocalDirectory.Node] = []
        for name in ["peer0.alder.example", "peer0.birch.example"] {
            let peer = try RecordedPeer.peer(name)
            try await RecordedPeer.advance(peer, to: Self.height)
            let access = AccessControl(
                localIdentities: try RecordedPeer.localIdentities(name), mspID: peer.mspID, channels: peer)
            let endorser = Endorser(
                signer: peer.signer, access: access, channels: peer,
                systemChaincodes: [
                    LedgerQuerier(peer: peer, access: access),
                    LifecycleChaincode(
                        mspID: peer.mspID, access: access, channels: peer, packages: RecordedPackages(peer: name)),
                ],
                runtime: RecordedEndorser.recordedContracts, threads: threads,
                functions: functions.isEmpty ? nil : functions[nodes.count], callNames: callNames, now: { Self.now })
            nodes.append(LocalDirectory.Node(peer: peer, endorser: endorser, endpoint: "\(name):7051"))
        }
        channel = nodes[0].peer.channels[0]
        let orderer = try await BlockMaker(nodes.map { $0.peer.channels[0] })
        gateway = Gateway(
            peer: nodes[0].peer, endpoint: nodes[0].endpoint,
            directory: LocalDirectory(nodes, ownEndpoint: nodes[0].endpoint) { _ in [orderer] },
            logger: Logger(label: "gateway") { _ in SwiftLogNoOpLogHandler() }, callNames: callNames,
            configuration: configuration)
    }

    /// A client of the first organisation's gateway.
    func client(_ name: String = "User1@alder.example") throws -> ChannelClient {
        let signer = try GoldenSigner.user(name)
        let identity = try ClientIdentity(
            mspID: signer.mspID, certificate: SerializedIdentity(decoding: signer.identity).idBytes
        ) { try signer.sign($0) }
        var environment = ClientEnvironment.system
        environment.now = { Self.now }
        return try NetworkClient(
            transport: DirectTransport(gateway: gateway), identity: identity, environment: environment
        ).channel("trade")
    }
}

/// Makes a block of each envelope and has all peers commit it, one after another.
private actor BlockMaker: OrderingNode {
    let mspID: MSPID
    let endpoint = "orderer0.harbor.example:7050"
    private let channels: [PeerChannel]
    private let signer: GoldenSigner
    private var header: BlockHeader
    /// Ends when the last block made is committed.
    private var last: Task<Void, any Error>?

    init(_ channels: [PeerChannel]) async throws {
        self.channels = channels
        signer = try GoldenSigner.orderer()
        mspID = signer.mspID
        let number = channels[0].commits.height - 1
        header = try Block(decoding: await channels[0].block(number) ?? Bytes()).header
    }

    func broadcast(
        _ envelope: Bytes, deadline: ContinuousClock.Instant?
    ) async throws -> (status: Int32, info: String) {
        let block = try Block.golden(
            following: header, envelopes: [envelope], lastConfig: channels[0].configBlockNumber, orderer: signer)
        header = block.header
        // As an orderer does, it answers before peers have committed.
        last = Task { [last, channels] in
            try await last?.value
            for channel in channels { try await channel.commit(block.encoded()) }
        }
        return (200, "")
    }
}

/// Calls a gateway of the same process.
private struct DirectTransport: GatewayTransport {
    let gateway: Gateway

    func call(_ method: GatewayMethod, _ request: Bytes, timeout: Duration?) async throws -> Bytes {
        let deadline = timeout.map { ContinuousClock.now + $0 }
        do {
            switch method {
            case .evaluate:
                return try await gateway.evaluate(EvaluateRequest(decoding: request), deadline: deadline).encoded()
            case .endorse:
                return try await gateway.endorse(EndorseRequest(decoding: request), deadline: deadline).encoded()
            case .submit:
                return try await gateway.submit(SubmitRequest(decoding: request), deadline: deadline).encoded()
            default:
                return try await gateway.commitStatus(
                    SignedCommitStatusRequest(decoding: request), deadline: deadline
                ).encoded()
            }
        } catch let error as GatewayError {
            throw CallFailure(error)
        }
    }

    func stream(
        _ method: GatewayMethod, _ request: Bytes, receive: @escaping @Sendable (Bytes) async throws -> Void
    ) async throws {
        let thrown = Mutex<(any Error)?>(nil)
        do {
            try await gateway.chaincodeEvents(SignedChaincodeEventsRequest(decoding: request), deadline: nil) {
                response in
                do {
                    try await receive(response.encoded())
                } catch {
                    thrown.withLock { $0 = error }
                    throw error
                }
            }
        } catch let error as GatewayError {
            if let thrown = thrown.withLock({ $0 }) { throw thrown }
            try Task.checkCancellation()
            throw CallFailure(error)
        }
    }
}

extension CallFailure {
    fileprivate init(_ error: GatewayError) {
        let code: ClientError.Code =
            switch error.code {
            case .canceled: .canceled
            case .unknown: .unknown
            case .invalidArgument: .invalidArgument
            case .deadlineExceeded: .deadlineExceeded
            case .notFound: .notFound
            case .permissionDenied: .permissionDenied
            case .resourceExhausted: .resourceExhausted
            case .failedPrecondition: .failedPrecondition
            case .aborted: .aborted
            case .internalError: .internalError
            case .unavailable: .unavailable
            }
        self.init(code, error.message, details: error.details)
    }
}
