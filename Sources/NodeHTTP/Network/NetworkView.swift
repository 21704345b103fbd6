package import FabricTypes
package import OrdererService
package import PeerService

/// A node's part of a network as the JSON API shows it: put together where the node is.
package struct NetworkView: Sendable {
    package struct PeerNode: Sendable {
        /// `peer0.org1.example.com`.
        package let name: String
        /// Where clients reach it: `host:port`.
        package let address: String
        package let peer: Peer

        package init(name: String, address: String, peer: Peer) {
            self.name = name
            self.address = address
            self.peer = peer
        }
    }

    package struct OrdererNode: Sendable {
        package let name: String
        package let address: String
        package let mspID: MSPID
        package let orderer: Orderer

        package init(name: String, address: String, mspID: MSPID, orderer: Orderer) {
            self.name = name
            self.address = address
            self.mspID = mspID
            self.orderer = orderer
        }
    }

    /// Another network, a peer of which the ledgers are copied from.
    package struct Mirror: Sendable {
        let peerAddress: String
        /// Why blocks do not come now, in whole sentences.
        let problems: @Sendable () -> [String]

        package init(peerAddress: String, problems: @escaping @Sendable () -> [String]) {
            self.peerAddress = peerAddress
            self.problems = problems
        }
    }

    package let name: String
    package let peers: [PeerNode]
    package let orderers: [OrdererNode]
    /// Nil where the node holds no keys of organisations.
    package let identities: (any NetworkIdentities)?
    /// Nil where the node does not know how clients reach it.
    package let connections: (any NetworkConnections)?
    /// Nil for a network of this node's own.
    package let mirror: Mirror?

    package init(
        name: String, peers: [PeerNode], orderers: [OrdererNode], identities: (any NetworkIdentities)? = nil,
        connections: (any NetworkConnections)? = nil, mirror: Mirror? = nil
    ) {
        self.name = name
        self.peers = peers
        self.orderers = orderers
        self.identities = identities
        self.connections = connections
        self.mirror = mirror
    }

    /// The peers that a caller reads through: its own organisation's.
    func peers(of organization: String) -> [PeerNode] {
        peers.filter { $0.peer.mspID.rawValue == organization }
    }

    /// Organisations with a node here, by MSP ID.
    var organizations: [MSPID] {
        Set(peers.map(\.peer.mspID) + orderers.map(\.mspID)).sorted()
    }
}
