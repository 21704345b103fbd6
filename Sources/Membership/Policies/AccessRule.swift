package import FabricTypes

/// Who may use a resource.
package enum AccessRule: Hashable, Sendable {
    /// Whoever satisfies a policy of the channel.
    case channel(PolicyPath)
    /// Whoever has a role in the node's own organisation, whatever the channel says.
    case local(MSPRole.Role)

    /// The rules that hold where a channel sets nothing else. An orderer's Broadcast asks for ``PolicyPath/channelWriters``,
    /// its Deliver for ``PolicyPath/channelReaders``; these two no channel can set.
    ///
    /// Source: Fabric's `core/aclmgmt/defaultaclprovider.go`.
    package static let standard: [AccessResource: AccessRule] = {
        var rules: [AccessResource: AccessRule] = [.getChannels: .local(.member)]
        for resource in localAdminResources { rules[resource] = .local(.admin) }
        for resource in writerResources { rules[resource] = .channel(.applicationWriters) }
        for resource in readerResources { rules[resource] = .channel(.applicationReaders) }
        return rules
    }()

    private static let localAdminResources: [AccessResource] = [
        .installChaincode, .queryInstalledChaincode, .queryInstalledChaincodes, .getInstalledChaincodePackage,
        .approveChaincodeDefinition, .queryApprovedChaincodeDefinition, .queryApprovedChaincodeDefinitions,
        .legacyInstall, .legacyGetInstalledChaincodes,
        .joinChain, .joinChainBySnapshot, .joinBySnapshotStatus,
        .submitSnapshotRequest, .cancelSnapshotRequest, .listPendingSnapshots,
    ]

    private static let writerResources: [AccessResource] = [
        .commitChaincodeDefinition, .checkCommitReadiness, .queryChaincodeDefinition, .queryChaincodeDefinitions,
        .propose, .chaincodeToChaincode,
    ]

    private static let readerResources: [AccessResource] = [
        .legacyChaincodeExists, .legacyGetDeploymentSpec, .legacyGetChaincodeData, .legacyGetInstantiatedChaincodes,
        .legacyGetCollectionsConfig,
        .getChainInfo, .getBlockByNumber, .getBlockByHash, .getTransactionByID, .getBlockByTransactionID,
        .getConfigBlock, .getChannelConfig,
        .blockEvents, .filteredBlockEvents, .commitStatus, .chaincodeEvents,
    ]
}

extension ChannelPolicy {
    /// What ``AccessRule/local(_:)`` asks for, to be evaluated by the rules of the node's own MSP.
    package init(localRole role: MSPRole.Role, of mspID: MSPID) throws(PolicyError) {
        let policy = SignaturePolicyEnvelope(
            rule: .nOutOf(1, [.signedBy(0)]), identities: [MSPPrincipal(MSPRole(role, of: mspID))])
        self.init(name: "The node's own rule for a local \(role.text)", signature: try SignaturePolicyEvaluator(policy))
    }
}
