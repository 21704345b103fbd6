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
            routes: networkRoutes + identityRoutes + channelRoutes + blockRoutes + transactionRoutes + definitionRoutes,
            schemas: NetworkAPISchemas.all, mapError: { Self.error($0) })
    }

    static let channel = APIRoute.Parameter.path("channel", "Name of the channel.")
    static let organization = APIRoute.Parameter.query(
        "organization", "Whose peers are asked; only calls on loopback without a key may choose.")

    /// Whom the call is made for.
    func organization(_ call: APICall) -> String {
        guard call.caller.credential == .loopback else { return call.caller.organization }
        return call.query("organization") ?? call.caller.organization
    }

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
            case .exists: return APIError(status: .conflict, code: "IdentityExists", message: error.message)
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
                JSONAnswer.value([
                    "name": .string(network.name),
                    "organizations": .array(network.organizations.map { Self.describe($0, in: network) }),
                    "channels": .array(channels(of: organization(call)).map { .string($0.id.rawValue) }),
                ])
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
            "peers": .array(peers.map { ["name": .string($0.name), "address": .string($0.address)] }),
            "orderers": .array(orderers.map { ["name": .string($0.name), "address": .string($0.address)] }),
            "channels": .array(
                Set(peers.flatMap(\.peer.channels).map(\.id.rawValue)).sorted().map { .string($0) }),
        ]
    }

    // MARK: Identities

    private var identityRoutes: [APIRoute] {
        [
            APIRoute(
                .get, "/api/identities", "listIdentities", "List the organisation's identities that this node keeps.",
                parameters: [Self.organization],
                answer: .list("Identity")
            ) { call in
                let identities = try await keptIdentities().identities(of: organization(call))
                return JSONAnswer.value(.array(identities.map { Self.describe($0) }))
            },
            APIRoute(
                .post, "/api/identities", "createIdentity",
                "Make a new identity of the organisation, with a key of its own.", role: .admin,
                parameters: [Self.organization],
                body: "IdentityRequest",
                answer: .json("Identity")
            ) { call in
                let body = try await call.json()
                guard let name = body["name"]?.stringValue else {
                    throw APIError.invalid("\"name\" is needed: give a name such as \"User2\".")
                }
                let roleText = body["role"]?.stringValue ?? "client"
                guard let role = NetworkIdentity.Role(rawValue: roleText) else {
                    let roles = NetworkIdentity.Role.allCases.map(\.rawValue).joined(separator: ", ")
                    throw APIError.invalid("\"role\" is \"\(roleText.prefix(40))\": give one of \(roles).")
                }
                let identity = try await keptIdentities().create(name, role: role, in: organization(call))
                return JSONAnswer.value(Self.describe(identity))
            },
        ]
    }

    private func keptIdentities() throws -> any NetworkIdentities {
        guard let identities = network.identities else {
            throw APIError(
                status: .notFound, code: "NoIdentities",
                message: "This node keeps no keys of organisations: ask the organisation's certificate authority.")
        }
        return identities
    }

    private static func describe(_ identity: NetworkIdentity) -> NetworkJSON {
        [
            "name": .string(identity.name), "organization": .string(identity.organization),
            "role": .string(identity.role.rawValue),
            "expiresAt": .string(NetworkText.time(seconds: identity.expiresAt)),
            "mspFolder": .string(identity.mspFolder),
        ]
    }
}
