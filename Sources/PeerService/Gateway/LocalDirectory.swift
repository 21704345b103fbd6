package import FabricTypes
internal import LedgerCore
internal import Logging
internal import Membership
internal import Synchronization

/// The nodes of a network of which all run in this process.
///
/// What a peer can run is looked up in its own state, and kept for a second; a chaincode that is not known is looked for
/// again as soon as there is another block.
package final class LocalDirectory: NodeDirectory {
    /// A peer with what belongs to it.
    package struct Node: Sendable {
        package let peer: Peer
        package let endorser: Endorser
        /// `host:port`.
        package let endpoint: String

        package init(peer: Peer, endorser: Endorser, endpoint: String) {
            self.peer = peer
            self.endorser = endorser
            self.endpoint = endpoint
        }
    }

    private struct Known: Sendable {
        let chaincodes: Set<Bytes>
        let height: BlockNumber
        let since: ContinuousClock.Instant
    }

    private struct Key: Hashable {
        let endpoint: String
        let channelID: ChannelID
    }

    private let nodes: [Node]
    private let ownEndpoint: String
    private let orderers: @Sendable (ChannelID) -> [any OrderingNode]
    private let now: @Sendable () -> ContinuousClock.Instant
    // Bounded by peers times channels.
    private let known = Mutex<[Key: Known]>([:])

    /// - Parameters:
    ///   - ownEndpoint: of the peer whose gateway asks.
    ///   - orderers: of a channel.
    package init(
        _ nodes: [Node], ownEndpoint: String, orderers: @escaping @Sendable (ChannelID) -> [any OrderingNode],
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.nodes = nodes
        self.ownEndpoint = ownEndpoint
        self.orderers = orderers
        self.now = now
    }

    package func peers(of channel: ChannelID, toRun chaincode: Bytes) async -> [ChannelPeer] {
        var peers: [ChannelPeer] = []
        for node in nodes {
            guard let joined = node.peer.channel(channel) else { continue }
            let relation: LocalEndorsingPeer.Relation = node.endpoint == ownEndpoint ? .own : .neighbour
            peers.append(
                ChannelPeer(
                    peer: LocalEndorsingPeer(
                        node.endorser, mspID: node.peer.mspID, endpoint: node.endpoint, relation: relation),
                    identity: node.peer.signer.serialized, ledgerHeight: joined.commits.height,
                    chaincodes: await chaincodes(of: node, joined, toRun: chaincode)))
        }
        return peers
    }

    package func orderers(of channel: ChannelID) async -> [any OrderingNode] { orderers(channel) }

    private func chaincodes(of node: Node, _ channel: PeerChannel, toRun chaincode: Bytes) async -> Set<Bytes> {
        let key = Key(endpoint: node.endpoint, channelID: channel.id)
        let height = channel.commits.height
        if let known = known.withLock({ $0[key] }), known.since.duration(to: now()) < .seconds(1),
            known.height == height || known.chaincodes.contains(chaincode)
        {
            return known.chaincodes
        }
        let found: Set<Bytes>
        do {
            found = try await node.endorser.runnableChaincodes(on: channel)
        } catch {
            channel.settings.logger.warning(
                "A peer's chaincodes cannot be looked up",
                metadata: ["channel.id": "\(channel.id)", "peer.endpoint": "\(node.endpoint)", "error": "\(error)"])
            return []
        }
        known.withLock { $0[key] = Known(chaincodes: found, height: height, since: now()) }
        return found
    }
}

extension Endorser {
    /// The chaincodes that are defined, approved by the peer's organisation and installed.
    func runnableChaincodes(on channel: PeerChannel) async throws -> Set<Bytes> {
        let source = parts.infoSource
        return try await channel.read { ledger in
            let snapshot = try ledger.snapshot()
            defer { snapshot.close() }
            return try source.runnableChaincodes(in: snapshot, channel.definitions)
        }
    }
}

extension EndorsementInfoSource {
    fileprivate func runnableChaincodes(
        in snapshot: some LedgerSnapshot, _ definitions: DefinitionCache
    ) throws -> Set<Bytes> {
        var found: Set<Bytes> = []
        for name in try DefinitionReader(snapshot).names() {
            do {
                if let definition = try definitions.definition(of: name, in: snapshot),
                    try isRunnable(definition, in: snapshot)
                {
                    found.insert(name)
                }
            } catch is DefinitionError {
                // What cannot be read defines nothing.
                continue
            }
        }
        return found
    }
}
