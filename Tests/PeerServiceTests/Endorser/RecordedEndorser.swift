import ContractService
import DuetContract
import FabricTypes
import GoldenLedger
import LedgerCore
import LedgerTestKit
import Membership
import PeerService
import Testing

/// The recorded channel as one of its peers had it at some height.
struct RecordedChannel: EndorserChannel {
    let id: ChannelID
    let ledger: any LedgerStore
    let transientStore: any TransientStore = InMemoryTransientStore()
    let definitions = DefinitionCache()
    let configuration: ChannelConfiguration
}

/// A ledger seen no further than to some height.
private struct LedgerView: LedgerStore {
    let replay: RecordedReplay
    let height: BlockNumber

    func block(_ number: BlockNumber) throws -> Bytes? {
        number < height ? try replay.ledger.block(number) : nil
    }

    func blockNumber(ofHeaderHash hash: Digest) throws -> BlockNumber? {
        try replay.ledger.blockNumber(ofHeaderHash: hash).flatMap { $0 < height ? $0 : nil }
    }

    func position(ofTransaction id: Bytes) throws -> TransactionPosition? {
        try replay.ledger.position(ofTransaction: id).flatMap { $0.blockNumber < height ? $0 : nil }
    }

    func lastCommitHash() throws -> Digest? { nil }

    func snapshot() throws -> any LedgerSnapshot { try replay.snapshots[Int(height)].copy() }

    func privateSets(ofBlock number: BlockNumber) throws -> [PrivateWriteSet] {
        try replay.ledger.privateSets(ofBlock: number)
    }

    func commit(_ commit: BlockCommit) throws {
        throw LedgerStoreError(.failed, "This view of a ledger takes no blocks.")
    }
}

/// Endorses as a recorded peer would have, at any height of the recorded channel.
struct RecordedEndorser {
    /// The channels of the recorded peer: `trade` and no other.
    struct Channels: EndorserChannels {
        let trade: RecordedChannel

        func endorserChannel(_ id: Bytes) -> (any EndorserChannel)? {
            id == Bytes("trade") ? trade : nil
        }

        var allEndorserChannels: [any EndorserChannel] { [trade] }
    }

    let endorser: Endorser
    let channel: RecordedChannel
    let signer: SigningIdentity

    /// - Parameters:
    ///   - now: the peer's time.
    ///   - contracts: linked ones; the recorded chaincodes unless said otherwise.
    init(
        peer: String, height: Int, now: Timestamp, threads: any BlockingThreads, packages: any ChaincodePackages,
        runtime: any ContractRuntime = recordedContracts, clock: any Clock<Duration> = ContinuousClock(),
        configuration: Endorser.Configuration = Endorser.Configuration(), checks: (any EndorsementChecks)? = nil
    ) throws {
        let replay = try RecordedReplay.trade(peer: peer)
        channel = RecordedChannel(
            id: try ChannelID(validating: "trade"), ledger: LedgerView(replay: replay, height: BlockNumber(height)),
            configuration: try RecordedConfigurations.trade.configuration(atHeight: height))
        let channels = Channels(trade: channel)
        signer = try Self.signer(peer)
        let access = AccessControl(
            localIdentities: try Self.localIdentities(signer.mspID, channel.configuration), mspID: signer.mspID,
            channels: channels)
        endorser = Endorser(
            signer: signer, access: access, channels: channels,
            systemChaincodes: [
                LifecycleChaincode(mspID: signer.mspID, access: access, channels: channels, packages: packages),
                // Only asked by other chaincodes here, whom it refuses.
                LedgerQuerier(
                    peer: try Peer(settings: RecordedPeer.settings(peer), ledgers: InMemoryLedgers()), access: access),
            ], runtime: runtime, threads: threads, checks: checks, clock: clock, now: { now },
            configuration: configuration)
    }

    func answer(to proposal: SignedProposal) async -> Result<ProposalResponse, EndorserError> {
        do throws(EndorserError) {
            return .success(try await endorser.process(proposal))
        } catch {
            return .failure(error)
        }
    }

    /// The recorded contract under all recorded names.
    static let recordedContracts = LinkedContracts(
        ["goods", "notes", "panel", "vault", "pool"].map { LinkedContract($0, RecordedContract.self) })

    private static func localIdentities(_ mspID: MSPID, _ configuration: ChannelConfiguration) throws -> ChannelMSPs {
        let configs = configuration.application.organizations.filter { $0.mspID == mspID }.map(\.msp)
        return try ChannelMSPs(configs, version: .v143, signatures: SignatureTable())
    }

    private static func signer(_ peer: String) throws -> SigningIdentity {
        let domain = peer.split(separator: ".").dropFirst().joined(separator: ".")
        let folder = "crypto/peerOrganizations/\(domain)/peers/\(peer)/msp"
        let files = GoldenFiles.trade
        let certificate = try files.names(in: "\(folder)/signcerts")[0]
        let organization = domain.split(separator: ".")[0]
        return try SigningIdentity(
            mspID: MSPID(validating: "\(organization.prefix(1).uppercased() + organization.dropFirst())MSP"),
            certificate: Certificate(pemText: files.bytes("\(folder)/signcerts/\(certificate)")),
            key: PrivateKey(pemText: files.bytes("\(folder)/keystore/priv_sk")))
    }
}

/// The configurations of the recorded channel, by height.
struct RecordedConfigurations {
    static let trade = RecordedConfigurations()
    private static let all = Result { try read() }

    /// The configuration that a peer with so many blocks has.
    func configuration(atHeight height: Int) throws -> ChannelConfiguration {
        let all = try Self.all.get()
        return try #require(all.last { $0.block < height } ?? all.first).configuration
    }

    private static func read() throws -> [(block: Int, configuration: ChannelConfiguration)] {
        var configurations: [(block: Int, configuration: ChannelConfiguration)] = []
        for (number, bytes) in try GoldenFiles.trade.blocks().enumerated() {
            let block = try Block(decoding: bytes)
            guard let entry = block.data.entries.first,
                let payload = try? Payload(decoding: Envelope(decoding: entry).payload), let header = payload.header,
                try ChannelHeader(decoding: header.channelHeader).type == .config,
                let config = try ConfigEnvelope(decoding: payload.data).config
            else { continue }
            configurations.append(
                (
                    number,
                    try ChannelConfiguration(
                        channelID: ChannelID(validating: "trade"), config: config, signatures: SignatureTable())
                ))
        }
        return configurations
    }
}
