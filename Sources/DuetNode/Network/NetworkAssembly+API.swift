internal import ContractService
internal import DuetContract
internal import NodeHTTP

extension NetworkAssembly {
    /// The network as the JSON API shows it.
    var view: NetworkView {
        NetworkView(
            name: network.description.channel,
            peers: peers.map { NetworkView.PeerNode(name: $0.name, address: $0.endpoint, peer: $0.peer) },
            orderers: [
                NetworkView.OrdererNode(
                    name: network.description.ordererHost, address: network.description.ordererEndpoint,
                    mspID: orderer.mspID, orderer: orderer.orderer)
            ], identities: identities, connections: connections)
    }

    /// The contracts of this program as the JSON API shows them.
    var linkedContracts: [ContractView] {
        LinkedContracts(configuration.contracts).all.map { contract in
            ContractView(
                name: contract.name, packageID: LinkedContracts.packageID(of: contract.name),
                metadata: contract.metadata)
        }
    }
}
