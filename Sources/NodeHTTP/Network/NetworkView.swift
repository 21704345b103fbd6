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

    package let name: String
    package let peers: [PeerNode]
    package let orderers: [OrdererNode]
    /// Nil where the node holds no keys of organisations.
    package let identities: (any NetworkIdentities)?

    package init(
        name: String, peers: [PeerNode], orderers: [OrdererNode], identities: (any NetworkIdentities)? = nil
    ) {
        self.name = name
        self.peers = peers
        self.orderers = orderers
        self.identities = identities
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

/// The identities that a node keeps for organisations of a development network.
package protocol NetworkIdentities: Sendable {
    /// The members of an organisation, by name. Throws where its folder cannot be read.
    func identities(of organization: String) async throws -> [NetworkIdentity]

    /// Makes a new member with a key of its own, durably.
    ///
    /// - Throws: ``NetworkIdentityError``.
    func create(_ name: String, role: NetworkIdentity.Role, in organization: String) async throws -> NetworkIdentity
}

/// A member of an organisation.
package struct NetworkIdentity: Hashable, Sendable {
    package enum Role: String, Hashable, Sendable, CaseIterable {
        case client, admin, peer, orderer
    }

    /// The common name: `User1@org1.example.com`.
    package let name: String
    package let organization: String
    package let role: Role
    /// In seconds since 1970.
    package let expiresAt: Int64
    /// The folder with its certificate and key, for Fabric's tools and SDKs.
    package let mspFolder: String

    package init(name: String, organization: String, role: Role, expiresAt: Int64, mspFolder: String) {
        self.name = name
        self.organization = organization
        self.role = role
        self.expiresAt = expiresAt
        self.mspFolder = mspFolder
    }
}

/// Why an identity is not made.
package struct NetworkIdentityError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        case organizationUnknown
        case nameInvalid
        case exists
        case storage
    }

    package let code: Code
    /// A whole sentence.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
