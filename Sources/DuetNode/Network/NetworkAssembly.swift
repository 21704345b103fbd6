internal import ContractService
internal import DuetContract
internal import FabricGRPC
internal import FabricTypes
internal import Logging
internal import Membership
internal import NodeHTTP
internal import OrdererService
internal import PeerService
internal import ServiceLifecycle

/// Joins a network's opened nodes: who asks whom, who listens where, what is deployed first.
struct NetworkAssembly {
    let network: FoundedNetwork
    let configuration: NetworkConfiguration
    let orderer: OrdererNode
    let peers: [PeerNode]
    let identities: DevelopmentIdentities
    let connections: ConnectionFiles
    let signatures: SignatureTable
    /// Filled with the gateways.
    let ledgers: PeerLedgers
    /// Noted by the peers, read by the gateways.
    let callNames: FunctionCallNames
    let logger: Logger

    func part() throws -> (part: NodePart, ledger: NetworkLedger) {
        let source = LocalOrderer(
            orderer: orderer.orderer, mspID: orderer.mspID, endpoint: network.description.ordererEndpoint)
        let gateways = gateways(source)
        for (peer, gateway) in zip(peers, gateways) {
            ledgers.add(PeerLedgerGateway(gateway: gateway, peer: peer.peer))
        }
        let listening = ListenerCount(countMax: peers.count + 2)
        let deployed = OneShot<Bool>()
        let clients = try lifecycleClients(gateways)
        var services: [any Service] = [orderer.orderer]
        for peer in peers {
            services.append(PeerBlockService(peer: peer.peer, source: source))
            services.append(CommitReports(peer: peer.peer, orderer: orderer.orderer))
        }
        var servers: [RPCServer] = []
        var metrics = NetworkMetrics(orderer: orderer.orderer, ordererName: network.description.ordererHost)
        servers.append(
            try server(
                port: network.description.ordererPort, tls: orderer.tls,
                methods: RPCMethod.orderer(orderer.orderer, demandsCertificate: demandsCertificates), listening))
        services.append(adminListener(listening))
        for (peer, gateway) in zip(peers, gateways) {
            let deliver = DeliverService(peer: peer.peer) { SystemClock.now }
            metrics.peers.append(.init(peer, deliver: deliver.figures))
            servers.append(
                try server(
                    port: peer.port, tls: peer.tls,
                    methods: RPCMethod.gateway(gateway) + RPCMethod.endorser(peer.endorser)
                        + RPCMethod.deliver(deliver, demandsCertificate: demandsCertificates)
                        + RPCMethod.discovery(discovery(peer, source)),
                    listening))
        }
        services.append(ListenerGroup(servers: servers))
        services.append(
            ContractDeployer(
                deployments: configuration.deployments, clients: clients, logger: logger, done: deployed))
        metrics.servers = Array(zip([network.description.ordererHost] + peers.map(\.name), servers))
        let (peers, network, figures) = (peers, network, metrics)
        let profiles = try connections.write()
        let part = NodePart(
            services: services,
            apiGroups: [
                NetworkAPI(network: view).group, ContractAPI(contracts: linkedContracts).group,
                ContractCallAPI(contracts: contractCaller(gateways)).group,
            ],
            metrics: { figures.families },
            problems: { figures.problems },
            readiness: {
                guard await listening.isComplete, await deployed.value != nil else { return [] }
                return ConnectionNotes(network: network, profiles: profiles).lines
            },
            close: { for peer in peers { peer.peer.close() } })
        return (part, try ledger(clients))
    }

    private func ledger(_ clients: [LifecycleClient]) throws -> NetworkLedger {
        NetworkLedger(
            channelID: try ChannelID(validating: network.description.channel), peers: peers.map(\.peer),
            clients: clients,
            contracts: LinkedContracts(configuration.contracts).all.map(\.name))
    }

    /// Channel participation, for `osnadmin`. Who shows a certificate of the orderers' TLS authority gets in, whatever name
    /// the orderer is called by; without TLS a page of a browser must not, so that only loopback names are served.
    private func adminListener(_ listening: ListenerCount) -> HTTPListener {
        let hasTLS = orderer.adminTLS != nil
        return HTTPListener(
            configuration: ListenerConfiguration(
                addresses: [.init(host: configuration.host, port: network.description.ordererAdminPort)],
                tls: orderer.adminTLS),
            hostRule: HostRule(names: [network.description.ordererHost], isCustomDomain: { _ in hasTLS }),
            surfaces: [ParticipationSurface(orderer: orderer.orderer)], logger: logger
        ) { _ in listening.add() }
    }

    private func gateways(_ source: LocalOrderer) -> [Gateway] {
        peers.map { peer in
            Gateway(
                peer: peer.peer, endpoint: peer.endpoint, directory: directory(of: peer, source),
                logger: logger(of: peer), callNames: callNames, configuration: configuration.gateway)
        }
    }

    private func discovery(_ peer: PeerNode, _ source: LocalOrderer) -> DiscoveryService {
        DiscoveryService(
            peer: peer.peer, access: peer.access, directory: directory(of: peer, source), hasTLS: peer.tls != nil,
            startedAt: UInt64(clamping: SystemClock.now.seconds), logger: logger(of: peer))
    }

    private func directory(of peer: PeerNode, _ source: LocalOrderer) -> LocalDirectory {
        let nodes = peers.map { LocalDirectory.Node(peer: $0.peer, endorser: $0.endorser, endpoint: $0.endpoint) }
        let known = source.orderer
        return LocalDirectory(nodes, ownEndpoint: peer.endpoint) { channel in
            known.channel(channel) == nil ? [] : [source]
        }
    }

    private func logger(of peer: PeerNode) -> Logger {
        var logger = logger
        logger[metadataKey: "peer"] = "\(peer.name)"
        return logger
    }

    private func server(
        port: Int, tls: RPCServerConfiguration.TLS?, methods: [RPCMethod], _ listening: ListenerCount
    ) throws -> RPCServer {
        var tls = tls
        if demandsCertificates { tls?.clientAuthorities = try clientAuthorities() }
        var limits = configuration.limits
        limits.connectionCountMax = min(
            limits.connectionCountMax, OpenFileLimit.current.connectionCountMax(listenerCount: peers.count + 1))
        return try RPCServer(
            configuration: RPCServerConfiguration(host: configuration.host, port: port, tls: tls, limits: limits),
            methods: methods, logger: logger
        ) { _ in listening.add() }
    }

    private var demandsCertificates: Bool { configuration.demandsClientCertificates }

    /// The TLS authorities of all organisations: whoever belongs to the network may connect.
    private func clientAuthorities() throws -> [Bytes] {
        let folders = try network.organizations.organizations(.peer) + network.organizations.organizations(.orderer)
        let members = folders.flatMap { $0.peers + $0.orderers + $0.users }
        return Set(members.compactMap { $0.tls?.authorities }).sorted()
    }

    /// The admin of each organisation, at the gateway of its first peer.
    private func lifecycleClients(_ gateways: [Gateway]) throws -> [LifecycleClient] {
        let folders = try network.organizations.organizations(.peer)
        let channelID = try ChannelID(validating: network.description.channel)
        return try network.description.organizations.compactMap { organization in
            let mspID = try MSPID(validating: organization.name)
            guard let index = peers.firstIndex(where: { $0.peer.mspID == mspID }),
                let admin = folders.first(where: { $0.domain == organization.domain })?.users
                    .first(where: { $0.name == "Admin@\(organization.domain)" })
            else { return nil }
            return LifecycleClient(
                client: GatewayClient(
                    gateway: gateways[index],
                    identity: try admin.msp.signingIdentity(mspID: mspID, signatures: signatures),
                    channelID: channelID))
        }
    }

    /// Calls through the first peer of the caller's organisation.
    private func contractCaller(_ gateways: [Gateway]) -> ContractCaller {
        ContractCaller(
            identities: identities,
            gateways: Dictionary(
                zip(peers, gateways).map { ($0.peer.mspID.rawValue, $1) }, uniquingKeysWith: { first, _ in first }),
            signatures: signatures)
    }
}

/// The listeners of a network, which stop at the same time: each of them may wait a while for its callers.
struct ListenerGroup: Service {
    let servers: [RPCServer]

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for server in servers { group.addTask { try await server.run() } }
            // One that cannot be opened ends all.
            defer { group.cancelAll() }
            for try await _ in group {}
        }
    }
}

/// Counts listeners that are bound.
struct ListenerCount: Sendable {
    private let countMax: Int
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init(countMax: Int) {
        self.countMax = countMax
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(countMax))
    }

    func add() {
        continuation.yield()
    }

    /// True once all are there, false if the waiting task is cancelled before.
    var isComplete: Bool {
        get async {
            var count = 0
            for await _ in stream {
                count += 1
                if count == countMax { return true }
            }
            return false
        }
    }
}
