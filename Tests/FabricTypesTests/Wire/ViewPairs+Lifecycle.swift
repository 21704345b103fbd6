import FabricProtos
import FabricTypes
import SwiftProtobuf

extension ViewPair {
    static let privateDataAndQueries: [ViewPair] = [
        ViewPair(
            TxPvtReadWriteSetWithConfigInfo.self, Transientstore_TxPvtReadWriteSetWithConfigInfo.self),
        ViewPair(QueryResultKV.self, Queryresult_KV.self),
        ViewPair(KeyModification.self, Queryresult_KeyModification.self),
    ]

    static let lifecycle: [ViewPair] = [
        ViewPair(CollectionConfigPackage.self, Protos_CollectionConfigPackage.self),
        ViewPair(CollectionConfig.self, Protos_CollectionConfig.self),
        ViewPair(StaticCollectionConfig.self, Protos_StaticCollectionConfig.self),
        ViewPair(CollectionPolicyConfig.self, Protos_CollectionPolicyConfig.self),
        ViewPair(LifecycleStateMetadata.self, Lifecycle_StateMetadata.self),
        ViewPair(LifecycleStateData.self, Lifecycle_StateData.self),
        ViewPair(ChaincodeEndorsementInfo.self, Lifecycle_ChaincodeEndorsementInfo.self),
        ViewPair(ChaincodeValidationInfo.self, Lifecycle_ChaincodeValidationInfo.self),
        ViewPair(ChaincodeSource.self, Lifecycle_ChaincodeSource.self),
        ViewPair(
            ApproveChaincodeDefinitionForMyOrgArgs.self, Lifecycle_ApproveChaincodeDefinitionForMyOrgArgs.self),
        ViewPair(CommitChaincodeDefinitionArgs.self, Lifecycle_CommitChaincodeDefinitionArgs.self),
        ViewPair(CheckCommitReadinessArgs.self, Lifecycle_CheckCommitReadinessArgs.self),
        ViewPair(CheckCommitReadinessResult.self, Lifecycle_CheckCommitReadinessResult.self),
        ViewPair(
            CheckCommitReadinessResult.Mismatches.self, Lifecycle_CheckCommitReadinessResult.Mismatches.self),
        ViewPair(QueryApprovedChaincodeDefinitionArgs.self, Lifecycle_QueryApprovedChaincodeDefinitionArgs.self),
        ViewPair(
            QueryApprovedChaincodeDefinitionResult.self, Lifecycle_QueryApprovedChaincodeDefinitionResult.self),
        ViewPair(
            QueryApprovedChaincodeDefinitionsResult.self, Lifecycle_QueryApprovedChaincodeDefinitionsResult.self),
        ViewPair(
            QueryApprovedChaincodeDefinitionsResult.Approved.self,
            Lifecycle_QueryApprovedChaincodeDefinitionsResult.ApprovedChaincodeDefinition.self),
        ViewPair(QueryChaincodeDefinitionArgs.self, Lifecycle_QueryChaincodeDefinitionArgs.self),
        ViewPair(QueryChaincodeDefinitionResult.self, Lifecycle_QueryChaincodeDefinitionResult.self),
        ViewPair(QueryChaincodeDefinitionsResult.self, Lifecycle_QueryChaincodeDefinitionsResult.self),
        ViewPair(
            QueryChaincodeDefinitionsResult.Committed.self,
            Lifecycle_QueryChaincodeDefinitionsResult.ChaincodeDefinition.self),
        ViewPair(InstallChaincodeArgs.self, Lifecycle_InstallChaincodeArgs.self),
        ViewPair(InstallChaincodeResult.self, Lifecycle_InstallChaincodeResult.self),
        ViewPair(QueryInstalledChaincodeArgs.self, Lifecycle_QueryInstalledChaincodeArgs.self),
        ViewPair(GetInstalledChaincodePackageResult.self, Lifecycle_GetInstalledChaincodePackageResult.self),
        ViewPair(
            InstalledChaincode.self, Lifecycle_QueryInstalledChaincodesResult.InstalledChaincode.self),
        ViewPair(
            InstalledChaincode.References.self, Lifecycle_QueryInstalledChaincodesResult.References.self),
        ViewPair(InstalledChaincode.Chaincode.self, Lifecycle_QueryInstalledChaincodesResult.Chaincode.self),
        ViewPair(QueryInstalledChaincodesResult.self, Lifecycle_QueryInstalledChaincodesResult.self),
    ]
}
