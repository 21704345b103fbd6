internal import DuetClient
internal import FabricTypes
internal import Foundation

/// An organisation of the network that trades marbles, and the way to its peer.
struct Company: Sendable {
    /// For people: `United Marbles`.
    let name: String
    let mspID: MSPID
    /// Such as `peer0.unitedmarbles.example.com`.
    let peerName: String
    let connection: GatewayConnection
}

/// Finds out which companies there are, by what the node tells and by the files of a development network.
struct CompanyDirectory: Sendable {
    let node: NodeAPI

    /// - Returns: the node's own organisation first.
    /// - Throws: ``NodeAPI/Failure``; ``DuetClient/ClientError``.
    func companies(channel: String) async throws -> [Company] {
        let network = try await node.call(["api", "network"], as: NetworkAnswer.self)
        let own = try await node.call(["api", "identities"], as: [IdentityAnswer].self).first?.organization
        var companies: [Company] = []
        for organization in network.organizations.sorted(by: { $0.mspId == own && $1.mspId != own }) {
            guard let peer = organization.peers.first else { continue }
            companies.append(try await company(organization, at: peer, channel: channel))
        }
        return companies
    }

    private func company(
        _ organization: NetworkAnswer.Organization, at peer: NetworkAnswer.Node, channel: String
    ) async throws -> Company {
        let members = try await node.call(
            ["api", "identities"], query: ["organization": organization.mspId], as: [IdentityAnswer].self)
        guard let folder = members.first?.mspFolder else {
            throw NodeAPI.Failure(
                status: 0, code: "", description: "The node keeps no identities of \(organization.mspId).")
        }
        // organization/users/name/msp, as cryptogen lays it out.
        let root = URL(filePath: folder).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let authority = try? Data(contentsOf: root.appending(path: "peers/\(peer.name)/tls/ca.crt"))
        let parts = peer.address.split(separator: ":")
        guard parts.count == 2, let port = Int(parts[1]) else {
            throw NodeAPI.Failure(
                status: 0, code: "", description: "\"\(peer.address)\" is no address of a peer.")
        }
        // Development networks bind to this machine, under names that need not resolve.
        let host = peer.name == parts[0] ? "127.0.0.1" : String(parts[0])
        return Company(
            name: CompanyName.of(mspID: organization.mspId), mspID: try MSPID(validating: organization.mspId),
            peerName: peer.name,
            connection: try GatewayConnection(
                to: GatewayAddress(
                    host: host, port: port, trustedAuthorities: authority.map { [Bytes([UInt8]($0))] },
                    serverName: peer.name)))
    }
}

/// What `/api/network` tells.
struct NetworkAnswer: Decodable {
    struct Node: Decodable {
        let name: String
        let address: String
    }

    struct Organization: Decodable {
        let mspId: String
        let peers: [Node]
    }

    let organizations: [Organization]
    let channels: [String]
}

/// What `/api/identities` tells of one.
struct IdentityAnswer: Decodable {
    let name: String
    let organization: String
    let mspFolder: String
}
