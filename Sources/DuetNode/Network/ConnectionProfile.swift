internal import Foundation
internal import FunctionTypes
internal import Membership
internal import NodeHTTP

/// How clients of one organisation find the network, in the JSON that Fabric's client libraries read.
///
/// Source: Fabric's common connection profile, as its test network writes it.
struct ConnectionProfile {
    let description: NetworkDescription
    /// Of the data folder, with its full path.
    let folder: String
    /// The address that the nodes listen on.
    let host: String
    let organization: String

    private var organizations: String { "\(folder)/\(NetworkFiles.organizationsName)" }

    func json(_ style: NetworkConnectionStyle) -> JSONValue {
        var client: [String: JSONValue] = [
            "organization": .string(organization),
            "connection": ["timeout": ["peer": ["endorser": "300"], "orderer": "300"]],
        ]
        var profile: [String: JSONValue] = [
            "name": .string("\(description.channel)-\(organization)"), "version": "1.0.0",
            "organizations": .object(
                Dictionary(
                    uniqueKeysWithValues: description.organizations.map {
                        ($0.name, self.organization($0, style))
                    })),
            "orderers": .object([description.ordererHost: orderer(style)]),
            "peers": .object(
                Dictionary(
                    uniqueKeysWithValues: nodes.map { node in
                        (node.name, self.node(node.name, port: node.port, tlsAuthority: node.tlsAuthority, style))
                    })),
            "channels": .object([
                description.channel: [
                    "orderers": .array([.string(description.ordererHost)]),
                    "peers": .object(
                        Dictionary(
                            uniqueKeysWithValues: nodes.map { node in
                                (
                                    node.name,
                                    [
                                        "endorsingPeer": true, "chaincodeQuery": true, "ledgerQuery": true,
                                        "eventSource": true,
                                    ] as JSONValue
                                )
                            })),
                ]
            ]),
        ]
        if style == .fabricSDKPy {
            client["credentialStore"] = ["path": .string("\(folder)/\(NetworkFiles.connectionsName)/hfc-kvs")]
            profile["certificateAuthorities"] = [:]
        }
        profile["client"] = .object(client)
        return .object(profile)
    }

    private struct Node {
        let name: String
        let port: Int
        /// The path of its TLS authority's certificate.
        let tlsAuthority: String
    }

    private var nodes: [Node] {
        description.organizations.flatMap { organization in
            organization.peerPorts.enumerated().map { number, port in
                let name = "peer\(number).\(organization.domain)"
                let path = "\(organizations)/peerOrganizations/\(organization.domain)/peers/\(name)/tls/ca.crt"
                return Node(name: name, port: port, tlsAuthority: path)
            }
        }
    }

    private func orderer(_ style: NetworkConnectionStyle) -> JSONValue {
        let folder = "\(organizations)/ordererOrganizations/\(description.ordererDomain)"
        return node(
            description.ordererHost, port: description.ordererPort,
            tlsAuthority: "\(folder)/orderers/\(description.ordererHost)/tls/ca.crt", style)
    }

    private func node(
        _ name: String, port: Int, tlsAuthority: String, _ style: NetworkConnectionStyle
    ) -> JSONValue {
        let address = "\(clientHost):\(port)"
        let scheme = description.hasTLS ? "grpcs" : "grpc"
        var authority: [String: JSONValue] = [:]
        if description.hasTLS {
            authority["path"] = .string(tlsAuthority)
            if let pem = FileManager.default.contents(atPath: tlsAuthority) {
                authority["pem"] = .string(String(decoding: pem, as: UTF8.self))
            }
        }
        switch style {
        case .common:
            return [
                "url": .string("\(scheme)://\(address)"),
                "grpcOptions": ["ssl-target-name-override": .string(name), "hostnameOverride": .string(name)],
                "tlsCACerts": .object(authority),
            ]
        case .fabricSDKPy:
            // It hands the address to gRPC as it is, and reads the file itself; null speaks plain text.
            return [
                "url": .string(address), "grpcOptions": ["grpc.ssl_target_name_override": .string(name)],
                "tlsCACerts": ["path": authority["path"] ?? .null],
            ]
        }
    }

    /// A listener of all addresses is reached by none of them in particular.
    private var clientHost: String {
        let address = ListenerConfiguration.Address(host: host, port: 0)
        return address.isLoopback || ["0.0.0.0", "::"].contains(host) ? "localhost" : host
    }

    private func organization(
        _ organization: NetworkDescription.Organization, _ style: NetworkConnectionStyle
    ) -> JSONValue {
        let peers = organization.peerPorts.indices.map { JSONValue.string("peer\($0).\(organization.domain)") }
        var value: [String: JSONValue] = [
            "mspid": .string(organization.name), "peers": .array(peers), "certificateAuthorities": [],
        ]
        if style == .fabricSDKPy {
            value["orderers"] = .array([.string(description.ordererHost)])
            // The users that every organisation begins with; it wants their keys as files.
            value["users"] = .object(
                organization.name == self.organization
                    ? Dictionary(uniqueKeysWithValues: ["Admin", "User1"].map { ($0, user($0, organization)) }) : [:])
        }
        return .object(value)
    }

    private func user(_ name: String, _ organization: NetworkDescription.Organization) -> JSONValue {
        let full = "\(name)@\(organization.domain)"
        let msp = "\(organizations)/peerOrganizations/\(organization.domain)/users/\(full)/msp"
        return [
            "cert": .string("\(msp)/signcerts/\(full)-cert.pem"), "private_key": .string("\(msp)/keystore/priv_sk"),
        ]
    }
}
