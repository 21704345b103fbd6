internal import FabricTypes
internal import FunctionTypes
internal import HTTPTypes
internal import LedgerCore
internal import Membership
internal import PeerService

/// The network in the JSON API: who is in it, its channels, and what is on their ledgers.
///
/// A caller sees what the peers of its own organisation have joined. Everything here reads; changes go through Fabric's own
/// protocols, but for identities of a development network.
package struct NetworkAPI: Sendable {
    let network: NetworkView

    package init(network: NetworkView) {
        self.network = network
    }

    package var group: APIGroup {
        APIGroup(
            name: "Network",
            routes: networkRoutes + connectionRoutes + identityRoutes + channelRoutes + blockRoutes + transactionRoutes
                + activityRoutes + stateRoutes + definitionRoutes,
            schemas: NetworkAPISchemas.all, mapError: { Self.error($0) })
    }

    static let channel = APIRoute.Parameter.path("channel", "Name of the channel.")
    static let organization = APIRoute.Parameter.query(
        "organization", "Whose peers are asked; only calls on loopback without a key may choose.")

    /// Whom the call is made for.
    func organization(_ call: APICall) -> String { call.organization }

    /// The channel of the path on a peer of the caller's organisation.
    func channel(_ call: APICall) throws -> PeerChannel {
        let name = call.path("channel")
        let organization = organization(call)
        let peers = network.peers(of: organization).map(\.peer)
        if let id = try? ChannelID(validating: name) {
            for peer in peers {
                if let channel = peer.channel(id) { return channel }
            }
        }
        let joined = Set(peers.flatMap(\.channels).map(\.id.rawValue)).sorted()
        let hint =
            joined.isEmpty ? "They have joined none." : "They have joined: \(joined.joined(separator: ", "))."
        throw APIError(
            status: .notFound, code: "ChannelNotFound",
            message: "The peers of organisation \"\(organization.prefix(100))\" here have not joined channel "
                + "\"\(name.prefix(250))\". \(hint)")
    }

    private static func error(_ error: any Error) -> APIError? {
        switch error {
        case let error as NetworkIdentityError:
            switch error.code {
            case .organizationUnknown:
                return APIError(status: .notFound, code: "OrganizationNotFound", message: error.message)
            case .nameInvalid: return APIError(status: .badRequest, code: "NameInvalid", message: error.message)
            case .requestInvalid: return APIError.invalid(error.message)
            case .exists: return APIError(status: .conflict, code: "IdentityExists", message: error.message)
            case .tooMany: return APIError(status: .conflict, code: "TooManyIdentities", message: error.message)
            case .storage: return nil
            }
        case let error as PeerError:
            return APIError(status: .serviceUnavailable, code: "ChannelStopped", message: "\(error)")
        case let error as LedgerStoreError where error.code == .noSnapshotLeft:
            return APIError(
                status: .serviceUnavailable, code: "Busy",
                message: "The peer has no read connection left: try again in a moment.")
        default: return nil
        }
    }

    // MARK: Network

    private var networkRoutes: [APIRoute] {
        [
            APIRoute(
                .get, "/api/network", "getNetwork", "Describe the network as far as this node takes part in it.",
                parameters: [Self.organization],
                answer: .json("Network")
            ) { call in
                var value: [String: NetworkJSON] = [
                    "name": .string(network.name),
                    "organizations": .array(network.organizations.map { Self.describe($0, in: network) }),
                    "channels": .array(channels(of: organization(call)).map { .string($0.id.rawValue) }),
                ]
                value["connectionsFolder"] = network.connections.map { .string($0.folder) }
                value["mirror"] = network.mirror.map { mirror in
                    [
                        "peer": .string(mirror.peerAddress),
                        "problems": .array(mirror.problems().map { .string($0) }),
                    ]
                }
                return JSONAnswer.value(.object(value))
            },
            APIRoute(
                .get, "/api/organizations", "listOrganizations", "List the organisations that have a node here.",
                answer: .list("Organization")
            ) { _ in JSONAnswer.value(.array(network.organizations.map { Self.describe($0, in: network) })) },
        ]
    }

    /// Each once, by name.
    func channels(of organization: String) -> [PeerChannel] {
        var seen: Set<ChannelID> = []
        return network.peers(of: organization).flatMap(\.peer.channels).filter { seen.insert($0.id).inserted }
            .sorted { $0.id.rawValue.utf8.lexicographicallyPrecedes($1.id.rawValue.utf8) }
    }

    private static func describe(_ mspID: MSPID, in network: NetworkView) -> NetworkJSON {
        let peers = network.peers.filter { $0.peer.mspID == mspID }
        let orderers = network.orderers.filter { $0.mspID == mspID }
        return [
            "mspId": .string(mspID.rawValue),
            "peers": .array(peers.map { describe($0) }),
            "orderers": .array(orderers.map { ["name": .string($0.name), "address": .string($0.address)] }),
            "channels": .array(
                Set(peers.flatMap(\.peer.channels).map(\.id.rawValue)).sorted().map { .string($0) }),
        ]
    }

    private static func describe(_ node: NetworkView.PeerNode) -> NetworkJSON {
        let heights = node.peer.channels.map {
            ($0.id.rawValue, NetworkJSON.integer(Int64(clamping: $0.commits.height)))
        }
        return [
            "name": .string(node.name), "address": .string(node.address),
            "heights": .object(Dictionary(heights, uniquingKeysWith: { first, _ in first })),
        ]
    }
}
