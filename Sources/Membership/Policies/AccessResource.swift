package import FabricTypes

/// Something a node does for callers, by the name under which a channel may set a policy for it.
///
/// Source: Fabric's `core/aclmgmt/resources`.
package struct AccessResource: Hashable, Sendable {
    package let name: Bytes

    package init(_ name: Bytes) {
        self.name = name
    }

    private init(_ name: String) {
        self.name = Bytes(name)
    }

    package static let installChaincode = AccessResource("_lifecycle/InstallChaincode")
    package static let queryInstalledChaincode = AccessResource("_lifecycle/QueryInstalledChaincode")
    package static let queryInstalledChaincodes = AccessResource("_lifecycle/QueryInstalledChaincodes")
    package static let getInstalledChaincodePackage = AccessResource("_lifecycle/GetInstalledChaincodePackage")
    package static let approveChaincodeDefinition = AccessResource("_lifecycle/ApproveChaincodeDefinitionForMyOrg")
    package static let queryApprovedChaincodeDefinition = AccessResource("_lifecycle/QueryApprovedChaincodeDefinition")
    package static let queryApprovedChaincodeDefinitions =
        AccessResource("_lifecycle/QueryApprovedChaincodeDefinitions")
    package static let commitChaincodeDefinition = AccessResource("_lifecycle/CommitChaincodeDefinition")
    package static let checkCommitReadiness = AccessResource("_lifecycle/CheckCommitReadiness")
    package static let queryChaincodeDefinition = AccessResource("_lifecycle/QueryChaincodeDefinition")
    package static let queryChaincodeDefinitions = AccessResource("_lifecycle/QueryChaincodeDefinitions")

    package static let legacyInstall = AccessResource("lscc/Install")
    package static let legacyGetInstalledChaincodes = AccessResource("lscc/GetInstalledChaincodes")
    package static let legacyChaincodeExists = AccessResource("lscc/ChaincodeExists")
    package static let legacyGetDeploymentSpec = AccessResource("lscc/GetDeploymentSpec")
    package static let legacyGetChaincodeData = AccessResource("lscc/GetChaincodeData")
    package static let legacyGetInstantiatedChaincodes = AccessResource("lscc/GetInstantiatedChaincodes")
    package static let legacyGetCollectionsConfig = AccessResource("lscc/GetCollectionsConfig")

    package static let getChainInfo = AccessResource("qscc/GetChainInfo")
    package static let getBlockByNumber = AccessResource("qscc/GetBlockByNumber")
    package static let getBlockByHash = AccessResource("qscc/GetBlockByHash")
    package static let getTransactionByID = AccessResource("qscc/GetTransactionByID")
    package static let getBlockByTransactionID = AccessResource("qscc/GetBlockByTxID")

    package static let joinChain = AccessResource("cscc/JoinChain")
    package static let joinChainBySnapshot = AccessResource("cscc/JoinChainBySnapshot")
    package static let joinBySnapshotStatus = AccessResource("cscc/JoinBySnapshotStatus")
    package static let getChannels = AccessResource("cscc/GetChannels")
    package static let getConfigBlock = AccessResource("cscc/GetConfigBlock")
    package static let getChannelConfig = AccessResource("cscc/GetChannelConfig")

    package static let propose = AccessResource("peer/Propose")
    package static let chaincodeToChaincode = AccessResource("peer/ChaincodeToChaincode")
    package static let blockEvents = AccessResource("event/Block")
    package static let filteredBlockEvents = AccessResource("event/FilteredBlock")
    package static let commitStatus = AccessResource("gateway/CommitStatus")
    package static let chaincodeEvents = AccessResource("gateway/ChaincodeEvents")

    package static let submitSnapshotRequest = AccessResource("snapshot/submitrequest")
    package static let cancelSnapshotRequest = AccessResource("snapshot/cancelrequest")
    package static let listPendingSnapshots = AccessResource("snapshot/listpending")
}

extension AccessResource: CustomStringConvertible {
    package var description: String { name.lossyText }
}
