/// What a network consists of in the data folder.
package enum NetworkFiles {
    package static let descriptionName = "network.json"
    static let genesisName = "genesis.block"
    package static let organizationsName = "organizations"
    package static let ordererName = "orderer"
    static let peersName = "peers"
    static let connectionsName = "connections"

    /// All of them. The description first: without it nothing else counts.
    package static let names = [
        descriptionName, genesisName, organizationsName, ordererName, peersName, connectionsName,
    ]
}
