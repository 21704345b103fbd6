internal import ContractService
internal import FabricGRPC
internal import FabricTypes
internal import Foundation
internal import LedgerCore
internal import LedgerStorage
internal import Logging
internal import Membership
internal import NodeHTTP
internal import OrdererService
internal import PeerService
internal import ServiceLifecycle

/// The network of one process: an orderer, the organisations' peers with their gateways, and the listeners of all.
struct NetworkPart: Sendable {
    let part: NodePart
    /// As the JSON API shows it.
    let view: NetworkView
    /// For deployments of templates.
    let ledger: NetworkLedger
    /// For triggers.
    let triggerLedgers: NetworkLedgers
    /// For parts that act on the ledger in an organisation's name.
    let identities: DevelopmentIdentities
    let signatures: SignatureTable
    /// For functions: gateways and ledgers by organisation.
    let ledgers: PeerLedgers
    /// Asks nobody until the functions are there.
    let checks: PeerEndorsementChecks
    /// Answers no contract until the functions are there.
    let calls: PeerFunctionCalls

    /// Opens the network of the data folder, or founds it. Blocks for as long as the disk takes.
    ///
    /// ```
    /// orderer/<channel>/            the orderer's blocks
    /// peers/<name>/<channel>/       a peer's ledger
    /// ```
    static func open(_ base: NodeBase, _ configuration: NetworkConfiguration) throws -> NetworkPart {
        let network = try FoundedNetwork.open(folder: base.folder, request: configuration.request)
        let signatures = SignatureTable()
        let orderer = try openOrderer(network, base, signatures)
        let shared = PeerNode.Shared(
            signatures: signatures, contracts: LinkedContracts(configuration.contracts),
            threads: ContractThreads(count: max(4, min(12, ProcessInfo.processInfo.activeProcessorCount * 2))),
            logger: base.logger)
        let peers = try openPeers(network, base, shared)
        let identities = network.identities()
        let assembly = NetworkAssembly(
            network: network, configuration: configuration, orderer: orderer, peers: peers, identities: identities,
            connections: ConnectionFiles(network: network, host: configuration.host),
            signatures: signatures, ledgers: PeerLedgers(), callNames: shared.callNames, logger: base.logger)
        let opened = try assembly.part()
        return NetworkPart(
            part: opened.part, view: assembly.view, ledger: opened.ledger,
            triggerLedgers: NetworkLedgers(
                network: network.description.channel, peers: peers.map(\.peer), orderer: orderer.orderer),
            identities: identities, signatures: signatures, ledgers: assembly.ledgers, checks: shared.checks,
            calls: shared.calls)
    }

    private static func openOrderer(
        _ network: FoundedNetwork, _ base: NodeBase, _ signatures: SignatureTable
    ) throws -> OrdererNode {
        let folders = try network.organizations.organizations(.orderer)
        let name = network.description.ordererHost
        guard let folder = folders.first(where: { $0.domain == network.description.ordererDomain }),
            let member = folder.orderers.first(where: { $0.name == name })
        else {
            throw NodeConfigurationError(problems: [
                "\"\(network.organizations.path)\" holds no keys of \(name). Restore it from a copy, or start over with --fresh."
            ])
        }
        let mspID = try MSPID(validating: network.description.ordererOrganization)
        let logs = try OrderedBlockFolders(path: "\(base.folder)/\(NetworkFiles.ordererName)")
        let channelID = try ChannelID(validating: network.description.channel)
        // An operator may have removed the channel from the orderer; peers that have it tell that it was there.
        if try !logs.channels().contains(channelID), !hasLedger(of: channelID, base) {
            _ = try logs.create(channelID, genesis: network.genesis)
        }
        var logger = base.logger
        logger[metadataKey: "orderer"] = "\(member.name)"
        let orderer = try Orderer(
            logs: logs, identity: try member.msp.signingIdentity(mspID: mspID, signatures: signatures),
            signatures: signatures, logger: logger)
        return OrdererNode(
            orderer: orderer, mspID: mspID,
            tls: network.description.hasTLS
                ? member.tls.map { RPCServerConfiguration.TLS(certificate: $0.certificate, key: $0.key) } : nil,
            adminTLS: network.description.hasTLS
                ? try member.tls.map { files in
                    // Operators show certificates of the orderers' own TLS authority, as in Fabric's test network.
                    try ListenerTLS(
                        certificate: files.certificate.array, key: files.key.array,
                        clientAuthorities: [files.authorities.array])
                } : nil)
    }

    private static func hasLedger(of channelID: ChannelID, _ base: NodeBase) -> Bool {
        let peers = "\(base.folder)/\(NetworkFiles.peersName)"
        // No folder of peers: no peer has anything yet.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: peers)) ?? []
        return names.contains { FileManager.default.fileExists(atPath: "\(peers)/\($0)/\(channelID.rawValue)") }
    }

    private static func openPeers(
        _ network: FoundedNetwork, _ base: NodeBase, _ shared: PeerNode.Shared
    ) throws -> [PeerNode] {
        let folders = try network.organizations.organizations(.peer)
        var peers: [PeerNode] = []
        do {
            for organization in network.description.organizations {
                let members = folders.first { $0.domain == organization.domain }?.peers ?? []
                for (number, port) in organization.peerPorts.enumerated() {
                    let name = "peer\(number).\(organization.domain)"
                    guard let member = members.first(where: { $0.name == name }) else {
                        throw NodeConfigurationError(problems: [
                            "\"\(network.organizations.path)\" holds no keys of \(name). Restore it from a copy, or start over "
                                + "with --fresh."
                        ])
                    }
                    peers.append(
                        try PeerNode.open(
                            member, mspID: try MSPID(validating: organization.name), port: port,
                            hasTLS: network.description.hasTLS,
                            folder: "\(base.folder)/\(NetworkFiles.peersName)/\(name)", network: network,
                            shared: shared))
                }
            }
            return peers
        } catch {
            for peer in peers { peer.peer.close() }
            throw error
        }
    }
}

/// The orderer of the process with what belongs to it.
struct OrdererNode: Sendable {
    let orderer: Orderer
    let mspID: MSPID
    let tls: RPCServerConfiguration.TLS?
    /// Of the listener for operators; nil where the network has no TLS.
    let adminTLS: ListenerTLS?
}
