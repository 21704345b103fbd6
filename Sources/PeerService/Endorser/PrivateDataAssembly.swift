internal import FabricTypes
internal import LedgerCore
internal import Membership

/// Joins private writes with the definitions of the collections they are for.
///
/// Source: Fabric's `endorser.AssemblePvtRWSet`.
struct PrivateDataAssembly {
    let mspID: MSPID
    let channel: any EndorserChannel
    let simulation: ChannelSimulation

    /// How many of its own peers an organisation hands its implicit collection to at most, as Fabric's default has it.
    private static let implicitMaximumPeerCount: Int32 = 1

    /// - Throws: where a chaincode's definition has gone unreadable; the store's errors.
    func content(of privateSet: TxPvtReadWriteSet) throws -> TxPvtReadWriteSetWithConfigInfo {
        var content = TxPvtReadWriteSetWithConfigInfo()
        content.endorsedAt = simulation.height
        content.privateSet = privateSet
        for namespace in privateSet.namespaces {
            let written = Set(namespace.collections.map(\.collection))
            let configs = try collections(of: namespace.namespace).filter { written.contains($0.name) }
            content.collectionConfigs[namespace.namespace] = CollectionConfigPackage(configs)
        }
        return content
    }

    /// Explicit collections first, then every organisation's implicit one.
    private func collections(of chaincode: Bytes) throws -> [StaticCollectionConfig] {
        let definition = try channel.definitions.definition(of: chaincode, in: simulation.snapshot)
        guard let definition else {
            throw ContractUnavailable(
                "failed to obtain collections config: no collection config for chaincode \"\(chaincode.lossyText)\"")
        }
        let implicit = simulation.configuration.application.organizations.map { organization in
            ImplicitCollection.configuration(
                of: organization.mspID,
                maximumPeerCount: organization.mspID == mspID ? Self.implicitMaximumPeerCount : 0)
        }
        return definition.collections + implicit
    }
}
