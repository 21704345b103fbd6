internal import ContractService
internal import DuetContract
internal import FabricGRPC
internal import FabricTypes
internal import LedgerCore
internal import LedgerStorage
internal import Logging
internal import Membership
internal import PeerService

/// One peer of the network with what belongs to it.
struct PeerNode: Sendable {
    /// Such as `peer0.org1.example.com`.
    let name: String
    let port: Int
    let tls: RPCServerConfiguration.TLS?
    let peer: Peer
    let endorser: Endorser
    let access: PeerService.AccessControl

    var endpoint: String { "\(name):\(port)" }

    /// What the peers of one process share.
    struct Shared: Sendable {
        let signatures: SignatureTable
        let contracts: LinkedContracts
        let threads: ContractThreads
        let exchange = PrivateDataExchange()
        let checks = PeerEndorsementChecks()
        let calls = PeerFunctionCalls()
        let callNames = FunctionCallNames()
        let preparation = BlockPreparation()
        let readers = StorageThreads(label: "ledger-readers", countMax: 4)
        let logger: Logger
    }

    /// Opens a peer and joins it to the channel if it has not. Blocks.
    ///
    /// - Parameters:
    ///   - member: the peer's folder.
    ///   - folder: where its ledgers are.
    static func open(
        _ member: OrganizationFolder.Member, mspID: MSPID, port: Int, hasTLS: Bool, folder: String,
        network: FoundedNetwork, shared: Shared
    ) throws -> PeerNode {
        var logger = shared.logger
        logger[metadataKey: "peer"] = "\(member.name)"
        let signer = try member.msp.signingIdentity(mspID: mspID, signatures: shared.signatures)
        var options = LedgerOptions()
        // Every work that threads hold has one, and some are left for who looks from outside.
        options.snapshotCountMax = max(
            options.snapshotCountMax, shared.threads.count + shared.threads.pausedCountMax + 4)
        let peer = try Peer(
            settings: PeerSettings(
                signer: signer, signatures: shared.signatures, loop: .allCores, threads: shared.readers,
                preparation: shared.preparation, exchange: shared.exchange, now: { SystemClock.now }, logger: logger),
            ledgers: LedgerFolders(path: folder, options: options))
        if peer.channel(try ChannelID(validating: network.description.channel)) == nil {
            try peer.join(network.genesis)
        }
        let access = PeerService.AccessControl(
            localIdentities: try ChannelMSPs(
                [MSPConfig(try member.msp.config(mspID: mspID).config)], version: .v30, signatures: shared.signatures),
            mspID: mspID, channels: peer)
        let packages = LinkedPackages(
            shared.contracts.all.map { contract in
                ChaincodePackage(
                    id: Bytes(LinkedContracts.packageID(of: contract.name)), label: Bytes(contract.name))
            })
        let endorser = Endorser(
            signer: signer, access: access, channels: peer,
            systemChaincodes: [
                LedgerQuerier(peer: peer, access: access), PeerConfigurer(peer: peer, access: access),
                LifecycleChaincode(mspID: mspID, access: access, channels: peer, packages: packages),
            ],
            runtime: shared.contracts, threads: shared.threads,
            distributor: PrivateDataDistribution(peer: peer), checks: shared.checks.checks(of: mspID),
            functions: shared.calls.calls(of: mspID), callNames: shared.callNames, queryEngine: PCRE2Engine(),
            now: { SystemClock.now })
        return PeerNode(
            name: member.name, port: port,
            tls: hasTLS ? member.tls.map { RPCServerConfiguration.TLS(certificate: $0.certificate, key: $0.key) } : nil,
            peer: peer, endorser: endorser, access: access)
    }
}
