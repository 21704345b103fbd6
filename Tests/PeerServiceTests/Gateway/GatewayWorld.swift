internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore
internal import Logging
internal import Membership

@testable internal import PeerService

/// The gateway of `peer0.alder.example` over its recorded ledger, among peers and orderers that answer as a test says.
struct GatewayWorld: Sendable {
    static let chaincodes: Set<Bytes> = [
        Bytes("goods"), Bytes("notes"), Bytes("panel"), Bytes("vault"), Bytes("pool"),
    ]

    let peer: Peer
    let channel: PeerChannel
    let asked = AskedLog()
    /// By the first part of the endpoint: `peer0.alder`.
    let peers: [String: ScriptedPeer]
    private let heights: [String: BlockNumber]
    private let orderers: [ScriptedOrderer]
    private let blocks: [Bytes]

    /// - Parameters:
    ///   - height: of the ledger.
    ///   - isOwnLedger: whether the test commits blocks; else the ledger is shared with other tests.
    ///   - heights: of peers' ledgers, where it matters.
    ///   - broadcast: how every orderer answers.
    init(
        height: BlockNumber, isOwnLedger: Bool = false, heights: [String: BlockNumber] = [:], ordererCount: Int = 1,
        broadcast: @escaping ScriptedOrderer.Answer = { _ in (200, "") }
    ) async throws {
        let recorded =
            isOwnLedger
            ? try await RecordedLedger(height: height) : try await RecordedLedgers.shared.ledger(height: height)
        peer = recorded.peer
        channel = recorded.channel
        blocks = recorded.blocks
        self.heights = heights
        let log = asked
        peers = Dictionary(
            uniqueKeysWithValues: try RecordedPeer.names.map { name in
                let signer = try GoldenSigner.peer(name)
                let scripted = ScriptedPeer(
                    mspID: signer.mspID, endpoint: "\(name):7051", identity: signer.identity, log: log
                ) { _ in throw EndorsingPeerError(.noAnswer, "\(name) must not be asked") }
                return (String(name.dropLast(".example".count)), scripted)
            })
        orderers = try (0..<ordererCount).map { index in
            ScriptedOrderer(
                mspID: try MSPID(validating: "HarborMSP"), endpoint: "orderer\(index).harbor.example:7050", log: log,
                answer: broadcast)
        }
    }

    /// Commits recorded blocks until the ledger, which must be this world's own, has this height.
    func commit(upTo height: BlockNumber) async throws {
        while channel.commits.height < height {
            try await channel.commit(blocks[Int(channel.commits.height)])
        }
    }

    func gateway(
        without absent: Set<String> = [], chaincodes: [String: Set<Bytes>] = [:],
        _ configuration: GatewayConfiguration = GatewayConfiguration(),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) -> Gateway {
        let present = peers.filter { !absent.contains($0.key) }.map { name, peer in
            ChannelPeer(
                peer: peer, identity: peer.identity, ledgerHeight: heights[name] ?? channel.commits.height,
                chaincodes: chaincodes[name] ?? Self.chaincodes)
        }
        return Gateway(
            peer: peer, endpoint: "peer0.alder.example:7051",
            directory: ScriptedDirectory(channelPeers: present, channelOrderers: orderers),
            logger: Logger(label: "gateway"), configuration: configuration, now: now)
    }
}

/// The recorded channel on `peer0.alder.example` after some of its blocks.
struct RecordedLedger: Sendable {
    let peer: Peer
    let channel: PeerChannel
    let blocks: [Bytes]

    init(height: BlockNumber) async throws {
        peer = try Peer(settings: RecordedPeer.settings(), ledgers: InMemoryLedgers())
        channel = try peer.join(GoldenFiles.trade.bytes("genesis.block"))
        blocks = try RecordedPeer.ordererBlocks()
        for block in blocks.dropFirst().prefix(Int(height) - 1) { try await channel.commit(block) }
    }
}

/// Ledgers that tests only read, each made once.
private actor RecordedLedgers {
    static let shared = RecordedLedgers()

    private var ledgers: [BlockNumber: Task<RecordedLedger, any Error>] = [:]

    func ledger(height: BlockNumber) async throws -> RecordedLedger {
        if let known = ledgers[height] { return try await known.value }
        // Every test that wants the ledger waits for this.
        let making = Task { try await RecordedLedger(height: height) }
        ledgers[height] = making
        return try await making.value
    }
}
