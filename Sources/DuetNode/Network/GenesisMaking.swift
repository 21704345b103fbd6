internal import FabricTypes
internal import Membership

/// Makes a network's first block from its description and its organisations' certificates.
struct GenesisMaking {
    let description: NetworkDescription
    let organizations: OrganizationStore

    /// - Parameter instant: the present, in seconds since 1970.
    func block(at instant: Int64) throws -> Block {
        let channelID = try ChannelID(validating: description.channel)
        let peers = try organizations.organizations(.peer)
        let orderers = try organizations.organizations(.orderer)
        let applications = try description.organizations.map { organization in
            ChannelDescription.Organization(
                name: organization.name,
                msp: try config(of: organization.domain, organization.name, in: peers),
                anchorPeers: organization.peerPorts.prefix(1).map {
                    AnchorPeers.AnchorPeer(host: "peer0.\(organization.domain)", port: Int32($0))
                })
        }
        let orderer = ChannelDescription.Organization(
            name: description.ordererOrganization,
            msp: try config(of: description.ordererDomain, description.ordererOrganization, in: orderers),
            endpoints: [description.ordererEndpoint])
        guard let tls = orderers.first?.orderers.first?.tls else {
            throw NodeConfigurationError(problems: ["The orderer has no TLS certificate. Start over with --fresh."])
        }
        // Real certificates, though one orderer alone never speaks Raft: tools show and compare them.
        let consenter = RaftConfigMetadata.Consenter(
            host: description.ordererHost, port: UInt32(description.ordererPort), clientTLSCertificate: tls.certificate,
            serverTLSCertificate: tls.certificate)
        var channel = ChannelDescription(
            channelID: channelID, ordererOrganizations: [orderer], applicationOrganizations: applications,
            consensus: .raft(RaftConfigMetadata(consenters: [consenter])))
        let batch = description.batchInForce
        channel.batchSize = BatchSize(
            maxMessageCount: UInt32(clamping: batch.maxMessageCount),
            absoluteMaxBytes: UInt32(clamping: batch.absoluteMaxBytes),
            preferredMaxBytes: UInt32(clamping: batch.preferredMaxBytes))
        channel.batchTimeout = batch.timeout
        let level = ChannelCapabilities.Channel(rawValue: description.capabilityInForce) ?? .v20
        channel.capabilities = ChannelCapabilities(channel: level, orderer: .v20, application: .v25)
        var generator = SystemRandomNumberGenerator()
        let nonce = Bytes((0..<24).map { _ in UInt8.random(in: 0...255, using: &generator) })
        return Block(genesisOf: channelID, channel.config, timestampSeconds: instant, nonce: nonce)
    }

    private func config(
        of domain: String, _ name: String, in folders: [OrganizationFolder]
    ) throws -> FabricMSPConfig {
        guard let folder = folders.first(where: { $0.domain == domain }) else {
            throw NodeConfigurationError(problems: ["The organisation \"\(name)\" has no folder for \(domain)."])
        }
        return try folder.msp.config(mspID: try MSPID(validating: name)).config
    }
}
