import FabricProtos
import FabricTypes
import SwiftProtobuf

extension ViewPair {
    static let all =
        transactions + blocks + readWriteSets + privateDataAndQueries + identities + policies + configuration
        + lifecycle + gateway + delivery

    private static let transactions: [ViewPair] = [
        ViewPair(Envelope.self, Common_Envelope.self),
        ViewPair(Payload.self, Common_Payload.self),
        ViewPair(Header.self, Common_Header.self),
        ViewPair(ChannelHeader.self, Common_ChannelHeader.self),
        ViewPair(SignatureHeader.self, Common_SignatureHeader.self),
        ViewPair(Timestamp.self, Google_Protobuf_Timestamp.self),
        ViewPair(SignedProposal.self, Protos_SignedProposal.self),
        ViewPair(Proposal.self, Protos_Proposal.self),
        ViewPair(ChaincodeHeaderExtension.self, Protos_ChaincodeHeaderExtension.self),
        ViewPair(ChaincodeProposalPayload.self, Protos_ChaincodeProposalPayload.self),
        ViewPair(ChaincodeInvocationSpec.self, Protos_ChaincodeInvocationSpec.self),
        ViewPair(ChaincodeSpec.self, Protos_ChaincodeSpec.self),
        ViewPair(ChaincodeInput.self, Protos_ChaincodeInput.self),
        ViewPair(ChaincodeID.self, Protos_ChaincodeID.self),
        ViewPair(ProposalResponse.self, Protos_ProposalResponse.self),
        ViewPair(Response.self, Protos_Response.self),
        ViewPair(Endorsement.self, Protos_Endorsement.self),
        ViewPair(ProposalResponsePayload.self, Protos_ProposalResponsePayload.self),
        ViewPair(ChaincodeAction.self, Protos_ChaincodeAction.self),
        ViewPair(ChaincodeEvent.self, Protos_ChaincodeEvent.self),
        ViewPair(Transaction.self, Protos_Transaction.self),
        ViewPair(TransactionAction.self, Protos_TransactionAction.self),
        ViewPair(ChaincodeActionPayload.self, Protos_ChaincodeActionPayload.self),
        ViewPair(ChaincodeEndorsedAction.self, Protos_ChaincodeEndorsedAction.self),
        ViewPair(ProcessedTransaction.self, Protos_ProcessedTransaction.self),
        ViewPair(ChaincodeInterest.self, Protos_ChaincodeInterest.self),
        ViewPair(ChaincodeCall.self, Protos_ChaincodeCall.self),
    ]

    private static let blocks: [ViewPair] = [
        ViewPair(Block.self, Common_Block.self),
        ViewPair(BlockHeader.self, Common_BlockHeader.self),
        ViewPair(BlockData.self, Common_BlockData.self),
        ViewPair(BlockMetadata.self, Common_BlockMetadata.self),
        ViewPair(Metadata.self, Common_Metadata.self),
        ViewPair(MetadataSignature.self, Common_MetadataSignature.self),
        ViewPair(IdentifierHeader.self, Common_IdentifierHeader.self),
        ViewPair(OrdererBlockMetadata.self, Common_OrdererBlockMetadata.self),
        ViewPair(LastConfig.self, Common_LastConfig.self),
        ViewPair(BlockchainInfo.self, Common_BlockchainInfo.self),
        ViewPair(BootstrappingSnapshotInfo.self, Common_BootstrappingSnapshotInfo.self),
        ViewPair(ChannelQueryResponse.self, Protos_ChannelQueryResponse.self),
        ViewPair(ChannelInfo.self, Protos_ChannelInfo.self),
        ViewPair(FilteredBlock.self, Protos_FilteredBlock.self),
        ViewPair(FilteredTransaction.self, Protos_FilteredTransaction.self),
        ViewPair(FilteredTransactionActions.self, Protos_FilteredTransactionActions.self),
        ViewPair(FilteredChaincodeAction.self, Protos_FilteredChaincodeAction.self),
    ]

    private static let readWriteSets: [ViewPair] = [
        ViewPair(TxReadWriteSet.self, Rwset_TxReadWriteSet.self),
        ViewPair(NsReadWriteSet.self, Rwset_NsReadWriteSet.self),
        ViewPair(CollectionHashedReadWriteSet.self, Rwset_CollectionHashedReadWriteSet.self),
        ViewPair(TxPvtReadWriteSet.self, Rwset_TxPvtReadWriteSet.self),
        ViewPair(NsPvtReadWriteSet.self, Rwset_NsPvtReadWriteSet.self),
        ViewPair(CollectionPvtReadWriteSet.self, Rwset_CollectionPvtReadWriteSet.self),
        ViewPair(KVRWSet.self, Kvrwset_KVRWSet.self),
        ViewPair(KVRead.self, Kvrwset_KVRead.self),
        ViewPair(KVWrite.self, Kvrwset_KVWrite.self),
        ViewPair(KVMetadataWrite.self, Kvrwset_KVMetadataWrite.self),
        ViewPair(KVMetadataEntry.self, Kvrwset_KVMetadataEntry.self),
        ViewPair(Version.self, Kvrwset_Version.self),
        ViewPair(HashedRWSet.self, Kvrwset_HashedRWSet.self),
        ViewPair(KVReadHash.self, Kvrwset_KVReadHash.self),
        ViewPair(KVWriteHash.self, Kvrwset_KVWriteHash.self),
        ViewPair(KVMetadataWriteHash.self, Kvrwset_KVMetadataWriteHash.self),
        ViewPair(RangeQueryInfo.self, Kvrwset_RangeQueryInfo.self),
        ViewPair(QueryReads.self, Kvrwset_QueryReads.self),
        ViewPair(QueryReadsMerkleSummary.self, Kvrwset_QueryReadsMerkleSummary.self),
    ]

    private static let identities: [ViewPair] = [
        ViewPair(SerializedIdentity.self, Msp_SerializedIdentity.self),
        ViewPair(MSPConfig.self, Msp_MSPConfig.self, unknownFields: .kept),
        ViewPair(FabricMSPConfig.self, Msp_FabricMSPConfig.self),
        ViewPair(SigningIdentityInfo.self, Msp_SigningIdentityInfo.self),
        ViewPair(KeyInfo.self, Msp_KeyInfo.self),
        ViewPair(FabricOUIdentifier.self, Msp_FabricOUIdentifier.self),
        ViewPair(FabricCryptoConfig.self, Msp_FabricCryptoConfig.self),
        ViewPair(FabricNodeOUs.self, Msp_FabricNodeOUs.self),
    ]

    private static let policies: [ViewPair] = [
        ViewPair(MSPPrincipal.self, Common_MSPPrincipal.self),
        ViewPair(MSPRole.self, Common_MSPRole.self),
        ViewPair(OrganizationUnit.self, Common_OrganizationUnit.self),
        ViewPair(CombinedPrincipal.self, Common_CombinedPrincipal.self),
        ViewPair(MSPIdentityAnonymity.self, Common_MSPIdentityAnonymity.self),
        ViewPair(ImplicitMetaPolicy.self, Common_ImplicitMetaPolicy.self),
        ViewPair(SignaturePolicy.self, Common_SignaturePolicy.self),
        ViewPair(SignaturePolicy.NOutOf.self, Common_SignaturePolicy.NOutOf.self),
        ViewPair(SignaturePolicyEnvelope.self, Common_SignaturePolicyEnvelope.self),
        ViewPair(ApplicationPolicy.self, Protos_ApplicationPolicy.self),
        ViewPair(Policy.self, Common_Policy.self, unknownFields: .kept),
    ]

    private static let configuration: [ViewPair] = [
        ViewPair(ConfigEnvelope.self, Common_ConfigEnvelope.self, unknownFields: .mixed),
        ViewPair(Config.self, Common_Config.self, unknownFields: .kept),
        ViewPair(ConfigGroup.self, Common_ConfigGroup.self, unknownFields: .kept),
        ViewPair(ConfigValue.self, Common_ConfigValue.self, unknownFields: .kept),
        ViewPair(ConfigPolicy.self, Common_ConfigPolicy.self, unknownFields: .kept),
        ViewPair(ConfigUpdate.self, Common_ConfigUpdate.self, unknownFields: .mixed),
        ViewPair(ConfigUpdateEnvelope.self, Common_ConfigUpdateEnvelope.self),
        ViewPair(ConfigSignature.self, Common_ConfigSignature.self),
        ViewPair(HashingAlgorithm.self, Common_HashingAlgorithm.self),
        ViewPair(BlockDataHashingStructure.self, Common_BlockDataHashingStructure.self),
        ViewPair(Capabilities.self, Common_Capabilities.self),
        ViewPair(Capabilities.Capability.self, Common_Capability.self),
        ViewPair(OrdererAddresses.self, Common_OrdererAddresses.self),
        ViewPair(Consortium.self, Common_Consortium.self),
        ViewPair(ConsensusType.self, Orderer_ConsensusType.self),
        ViewPair(BatchSize.self, Orderer_BatchSize.self),
        ViewPair(BatchTimeout.self, Orderer_BatchTimeout.self),
        ViewPair(KafkaBrokers.self, Orderer_KafkaBrokers.self),
        ViewPair(ChannelRestrictions.self, Orderer_ChannelRestrictions.self),
        ViewPair(Orderers.self, Common_Orderers.self),
        ViewPair(Consenter.self, Common_Consenter.self),
        ViewPair(RaftConfigMetadata.self, Etcdraft_ConfigMetadata.self),
        ViewPair(RaftConfigMetadata.Consenter.self, Etcdraft_Consenter.self),
        ViewPair(RaftConfigMetadata.Options.self, Etcdraft_Options.self),
        ViewPair(ACLs.self, Protos_ACLs.self),
        ViewPair(ACLs.APIResource.self, Protos_APIResource.self),
        ViewPair(AnchorPeers.self, Protos_AnchorPeers.self),
        ViewPair(AnchorPeers.AnchorPeer.self, Protos_AnchorPeer.self),
    ]
}
