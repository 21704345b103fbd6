internal import FabricGRPC
internal import FabricTypes
internal import LedgerCore
internal import NodeHTTP
internal import OrdererService
internal import PeerService

/// What the network's nodes tell operators: what they count, in Prometheus' terms and under Fabric's names, and what keeps
/// them from their work. Each figure says by `node` whose it is.
struct NetworkMetrics: Sendable {
    struct OfPeer: Sendable {
        let name: String
        let peer: Peer
        let endorser: EndorserFigures
        let deliver: DeliverFigures

        init(_ node: PeerNode, deliver: DeliverFigures) {
            name = node.name
            peer = node.peer
            endorser = node.endorser.figures
            self.deliver = deliver
        }

        var figures: PeerFigures { peer.settings.figures }
    }

    let orderer: Orderer
    let ordererName: String
    var peers: [OfPeer] = []
    /// With the node's name.
    var servers: [(name: String, server: RPCServer)] = []

    var families: [MetricFamily] { ledgers + endorsers + ordering + delivery + calls }

    /// Channels that stopped.
    var problems: [HealthProblem] {
        let ofPeers = peers.flatMap { peer in
            peer.peer.channels.compactMap { channel -> HealthProblem? in
                guard case .stopped(let reason) = channel.condition else { return nil }
                return HealthProblem(component: peer.name, reason: "\(reason)")
            }
        }
        let ofOrderer = orderer.channels.filter { ChannelParticipation($0).status == .failed }.map { channel in
            HealthProblem(
                component: ordererName,
                reason:
                    "The orderer cannot store blocks of channel \"\(channel.id)\". Its log says why; mend the cause and start "
                    + "the node again.")
        }
        return ofPeers + ofOrderer
    }

    // MARK: - Peers

    /// Of each peer's channels; peers come with their nodes' names.
    static func heights(_ peers: [(name: String, peer: Peer)]) -> MetricFamily {
        MetricFamily(
            name: "ledger_blockchain_height", help: "Height of the chain in blocks.", kind: .gauge,
            labels: ["node", "channel"],
            samples: peers.flatMap { node in
                node.peer.channels.map { .init([node.name, $0.id.rawValue], Double($0.commits.height)) }
            })
    }

    private var ledgers: [MetricFamily] {
        [
            Self.heights(peers.map { ($0.name, $0.peer) }),
            durations(
                "ledger_block_processing_time", "Time to verify, judge and store a block.", ["channel"],
                peers.map { ($0.name, $0.figures.blockProcessing) }),
            durations(
                "ledger_blockstorage_and_pvtdata_commit_time",
                "Time to store a block: block file, private data and, unlike Fabric's, state.", ["channel"],
                peers.map { ($0.name, $0.figures.blockStorage) }),
            counts(
                "ledger_transaction_count", "Transactions committed.", ["channel", "validation_code"],
                peers.map { ($0.name, $0.figures.transactions) }),
        ]
    }

    private var endorsers: [MetricFamily] {
        [
            counts(
                "endorser_proposals_received", "Proposals received.", [], peers.map { ($0.name, $0.endorser.received) }),
            counts(
                "endorser_successful_proposals", "Proposals that were endorsed.", [],
                peers.map { ($0.name, $0.endorser.successful) }),
            durations(
                "endorser_proposal_duration", "Time to answer a proposal.", ["success"],
                peers.map { ($0.name, $0.endorser.duration) }),
        ]
    }

    // MARK: - The orderer

    private var ordering: [MetricFamily] {
        let channels = orderer.channels.map { ChannelParticipation($0) }
        func gauge(_ name: String, _ help: String, _ value: (ChannelParticipation) -> Double) -> MetricFamily {
            MetricFamily(
                name: name, help: help, kind: .gauge, labels: ["node", "channel"],
                samples: channels.map { .init([ordererName, $0.name.rawValue], value($0)) })
        }
        return [
            counts(
                "broadcast_processed_count", "Envelopes that were answered.", ["channel", "status"],
                [(ordererName, orderer.figures.processed)]),
            durations(
                "broadcast_enqueue_duration", "Time until an envelope is refused, or its block durable.",
                ["channel", "status"], [(ordererName, orderer.figures.enqueue)]),
            gauge("consensus_etcdraft_cluster_size", "Orderers that order the channel.") { _ in 1 },
            gauge("consensus_etcdraft_active_nodes", "Orderers of the channel that are at work.") {
                $0.status == .active ? 1 : 0
            },
            gauge("consensus_etcdraft_is_leader", "Whether this orderer orders the channel.") {
                $0.status == .active ? 1 : 0
            },
            gauge("consensus_etcdraft_committed_block_number", "Number of the latest block ordered.") {
                Double($0.height) - 1
            },
            gauge("participation_consensus_relation", "Part in ordering the channel: 1 consenter.") { _ in 1 },
            gauge("participation_status", "1 active, 3 failed.") { $0.status == .active ? 1 : 3 },
        ]
    }

    // MARK: - Streams and calls

    private var delivery: [MetricFamily] {
        let figures = [(ordererName, orderer.figures.deliver)] + peers.map { ($0.name, $0.deliver) }
        return [
            counts("deliver_streams_opened", "Deliver streams opened.", [], figures.map { ($0, $1.opened) }),
            counts("deliver_streams_closed", "Deliver streams closed.", [], figures.map { ($0, $1.closed) }),
            counts(
                "deliver_requests_received", "Requests for blocks.", ["data_type"], figures.map { ($0, $1.requests) }),
            counts("deliver_blocks_sent", "Blocks sent.", ["data_type"], figures.map { ($0, $1.blocks) }),
        ]
    }

    private var calls: [MetricFamily] {
        func connections(_ name: String, _ help: String, _ value: (RPCServer) -> UInt64) -> MetricFamily {
            MetricFamily(
                name: name, help: help, kind: .counter, labels: ["node"],
                samples: servers.map { .init([$0.name], Double(value($0.server))) })
        }
        func families(_ prefix: String, _ what: String, _ calls: (RPCFigures) -> RPCFigures.Calls) -> [MetricFamily] {
            let figures = servers.map { ($0.name, calls($0.server.figures)) }
            return [
                counts(
                    "\(prefix)_requests_received", "\(what) received.", ["service", "method"],
                    figures.map { ($0, $1.received) }),
                counts(
                    "\(prefix)_requests_completed", "\(what) ended.", ["service", "method", "code"],
                    figures.map { ($0, $1.completed) }),
                durations(
                    "\(prefix)_request_duration", "\(what): time from beginning to end.",
                    ["service", "method", "code"],
                    figures.map { ($0, $1.duration) }),
            ]
        }
        return [
            connections("grpc_comm_conn_opened", "gRPC connections opened.") { $0.openedConnectionCount },
            connections("grpc_comm_conn_closed", "gRPC connections closed.") { $0.closedConnectionCount },
        ] + families("grpc_server_unary", "gRPC calls") { $0.unary }
            + families("grpc_server_stream", "gRPC streams") { $0.streams }
    }

    // MARK: - Making families

    private func counts(
        _ name: String, _ help: String, _ labels: [String], _ sources: [(node: String, counts: EventCounts)]
    ) -> MetricFamily {
        MetricFamily(
            name: name, help: help, kind: .counter, labels: ["node"] + labels,
            samples: sources.flatMap { source in
                // A figure without labels is there before anything happens.
                let values = labels.isEmpty ? [[]: 0].merging(source.counts.values) { $1 } : source.counts.values
                return Self.sorted(values).map { MetricFamily.Sample([source.node] + $0, Double($1)) }
            })
    }

    private func durations(
        _ name: String, _ help: String, _ labels: [String], _ sources: [(node: String, durations: DurationCounts)]
    ) -> MetricFamily {
        MetricFamily(
            name: name, help: help, kind: .histogram, labels: ["node"] + labels,
            samples: sources.flatMap { source in
                Self.sorted(source.durations.values).map { labelValues, histogram in
                    MetricFamily.Sample(
                        [source.node] + labelValues,
                        .histogram(
                            bounds: DurationCounts.boundsSeconds, counts: histogram.counts, sum: histogram.sumSeconds))
                }
            })
    }

    private static func sorted<Value>(_ values: [[String]: Value]) -> [([String], Value)] {
        values.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { ($0.key, $0.value) }
    }
}
