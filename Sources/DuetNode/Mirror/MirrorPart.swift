internal import FabricTypes
internal import LedgerCore
internal import Membership
internal import NodeHTTP
internal import PeerService

/// Copies of another network's ledgers, kept by a peer that judges nothing: which transactions count, the blocks say.
struct MirrorPart {
    let part: NodePart

    static func folder(in dataFolder: String) -> String { "\(dataFolder)/mirror" }

    /// Opens the ledgers that are there and begins those that are not. Blocks for as long as the disk takes.
    ///
    /// - Throws: ``NodeConfigurationError`` where the folder holds another network's ledger of the same channel; ``PeerError``
    ///   for a channel that cannot be begun.
    static func open(_ base: NodeBase, _ configuration: MirrorConfiguration) throws -> MirrorPart {
        let signatures = SignatureTable()
        let peer = try Peer(
            settings: PeerSettings(
                signer: configuration.signer, signatures: signatures, loop: .allCores, judgement: .given,
                now: { SystemClock.now }, logger: base.logger),
            ledgers: LedgerFolders(path: folder(in: base.folder)))
        do {
            try checkNetwork(peer, signatures, configuration, folder: base.folder)
            for genesis in configuration.genesisBlocks {
                try join(genesis, peer, signatures)
            }
        } catch {
            peer.close()
            throw error
        }
        let view = NetworkView(
            name: configuration.peerAddress,
            peers: [
                NetworkView.PeerNode(
                    name: "mirror", address: configuration.peerAddress, peer: peer)
            ], orderers: [],
            mirror: NetworkView.Mirror(peerAddress: configuration.peerAddress, problems: configuration.problems))
        return MirrorPart(
            part: NodePart(
                services: [PeerBlockService(peer: peer, source: configuration.source)],
                apiGroups: [NetworkAPI(network: view).group],
                metrics: { [NetworkMetrics.heights([("mirror", peer)])] },
                problems: {
                    Self.problems(peer)
                        + configuration.problems().map {
                            HealthProblem(component: configuration.peerAddress, reason: $0)
                        }
                },
                readiness: {
                    let names = peer.channels.map(\.id.rawValue).joined(separator: ", ")
                    return ["  Follows     \(names) of \(configuration.peerAddress)"]
                },
                close: { peer.close() }))
    }

    private static func join(
        _ genesis: Bytes, _ peer: Peer, _ signatures: SignatureTable
    ) throws {
        let id = try ChannelConfiguration(trusting: try Block(decoding: genesis), signatures: signatures).channelID
        if peer.channel(id) == nil { try peer.join(genesis) }
    }

    /// A folder holds one network's channels. Peers leave channels and join others, so that one channel in common, by its first
    /// block, tells that it is the same network; a name in common tells nothing.
    private static func checkNetwork(
        _ peer: Peer, _ signatures: SignatureTable, _ configuration: MirrorConfiguration, folder: String
    ) throws {
        let kept = peer.channels
        guard !kept.isEmpty, !configuration.genesisBlocks.isEmpty else { return }
        var isKnown = false
        for genesis in configuration.genesisBlocks {
            let first = try Block(decoding: genesis)
            let id = try ChannelConfiguration(trusting: first, signatures: signatures).channelID
            guard let stored = try peer.channel(id)?.ledger.block(0) else { continue }
            guard try Block(decoding: stored).header.hash == first.header.hash else {
                throw NodeConfigurationError(problems: [
                    "The folder \"\(folder)\" mirrors a channel \"\(id)\" that began with another block than that of the peer at "
                        + "\(configuration.peerAddress): it is another network's. Give each network a folder of its own with --data."
                ])
            }
            isKnown = true
        }
        guard !isKnown else { return }
        let names = kept.map { "\"\($0.id)\"" }.joined(separator: ", ")
        throw NodeConfigurationError(problems: [
            "The folder \"\(folder)\" mirrors \(names), of which the peer at \(configuration.peerAddress) gives this identity none: "
                + "it may be another network's. Give each network a folder of its own with --data."
        ])
    }

    private static func problems(_ peer: Peer) -> [HealthProblem] {
        peer.channels.compactMap { channel in
            guard case .stopped(let reason) = channel.condition else { return nil }
            return HealthProblem(component: channel.id.rawValue, reason: "\(reason)")
        }
    }
}
