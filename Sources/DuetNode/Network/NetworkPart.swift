internal import ContractService
internal import FabricGRPC
internal import FabricTypes
internal import Foundation
internal import LedgerCore
internal import LedgerStorage
internal import Logging
internal import Membership
internal import OrdererService
internal import PeerService
internal import ServiceLifecycle

/// The network of one process: an orderer, the organisations' peers with their gateways, and the listeners of all.
struct NetworkPart: Sendable {
    let part: NodePart

    /// Opens the network of the data folder, or founds it. Blocks for as long as the disk takes.
    ///
    /// ```
    /// orderer/<channel>/            the orderer's blocks
    /// peers/<name>/<channel>/       a peer's ledger
    /// ```
    static func open(_ base: NodeBase, _ configuration: NetworkConfiguration) throws -> NetworkPart {
        let network = try FoundedNetwork.open(
            folder: base.folder, wanted: { try configuration.wanted ?? NetworkDescription() },
            isCompared: configuration.wanted != nil)
        let signatures = SignatureTable()
        let orderer = try openOrderer(network, base, signatures)
        let shared = PeerNode.Shared(
            signatures: signatures, contracts: LinkedContracts(configuration.contracts),
            threads: ContractThreads(count: max(4, min(12, ProcessInfo.processInfo.activeProcessorCount * 2))),
            logger: base.logger)
        let peers = try openPeers(network, base, shared)
        let assembly = NetworkAssembly(
            network: network, configuration: configuration, orderer: orderer, peers: peers, signatures: signatures,
            logger: base.logger)
        return NetworkPart(part: try assembly.part())
    }

    private static func openOrderer(
        _ network: FoundedNetwork, _ base: NodeBase, _ signatures: SignatureTable
    ) throws -> OrdererNode {
        let folders = try network.organizations.organizations(.orderer)
        guard let member = folders.first?.orderers.first else {
            throw NodeConfigurationError(problems: [
                "\"\(network.organizations.path)\" holds no orderer. Restore it from a copy, or start over with --fresh."
            ])
        }
        let mspID = try MSPID(validating: network.description.ordererOrganization)
        let logs = try OrderedBlockFolders(path: "\(base.folder)/\(NetworkFiles.ordererName)")
        let channelID = try ChannelID(validating: network.description.channel)
        if try !logs.channels().contains(channelID) {
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
                ? member.tls.map { RPCServerConfiguration.TLS(certificate: $0.certificate, key: $0.key) } : nil)
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
}
