internal import FabricTypes
internal import Synchronization

@testable internal import PeerService

/// A peer that answers as a test says, and remembers that it was asked.
final class ScriptedPeer: EndorsingPeer {
    typealias Answer = @Sendable (SignedProposal) async throws -> ProposalResponse

    let mspID: MSPID
    let endpoint: String
    /// Its encoded `SerializedIdentity`.
    let identity: Bytes
    private let answer: Mutex<Answer>
    private let log: AskedLog

    init(mspID: MSPID, endpoint: String, identity: Bytes, log: AskedLog, answer: @escaping Answer) {
        self.mspID = mspID
        self.endpoint = endpoint
        self.identity = identity
        self.log = log
        self.answer = Mutex(answer)
    }

    func answer(_ answer: @escaping Answer) {
        self.answer.withLock { $0 = answer }
    }

    func processProposal(
        _ proposal: SignedProposal, deadline: ContinuousClock.Instant?
    ) async throws -> ProposalResponse {
        log.add(endpoint)
        return try await answer.withLock { $0 }(proposal)
    }
}

/// An orderer that answers as a test says.
final class ScriptedOrderer: OrderingNode {
    typealias Answer = @Sendable (Bytes) async throws -> (status: Int32, info: String)

    let mspID: MSPID
    let endpoint: String
    private let log: AskedLog
    private let answer: Answer

    init(mspID: MSPID, endpoint: String, log: AskedLog, answer: @escaping Answer) {
        self.mspID = mspID
        self.endpoint = endpoint
        self.log = log
        self.answer = answer
    }

    func broadcast(
        _ envelope: Bytes, deadline: ContinuousClock.Instant?
    ) async throws -> (status: Int32, info: String) {
        log.add(endpoint)
        return try await answer(envelope)
    }
}

/// Who was asked, in order.
final class AskedLog: Sendable {
    private let endpoints = Mutex<[String]>([])

    func add(_ endpoint: String) {
        endpoints.withLock { $0.append(endpoint) }
    }

    func takeAll() -> [String] {
        endpoints.withLock { endpoints in
            defer { endpoints = [] }
            return endpoints
        }
    }
}

struct ScriptedDirectory: NodeDirectory {
    var channelPeers: [ChannelPeer]
    var channelOrderers: [any OrderingNode]

    func peers(of channel: ChannelID, toRun chaincode: Bytes) async -> [ChannelPeer] { channelPeers }
    func orderers(of channel: ChannelID) async -> [any OrderingNode] { channelOrderers }
}
