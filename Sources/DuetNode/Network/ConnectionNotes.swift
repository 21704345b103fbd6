/// What a person needs to use a network: where its nodes listen, and settings to paste.
struct ConnectionNotes {
    let network: FoundedNetwork
    /// The folder with connection profiles.
    let profiles: String

    var lines: [String] {
        let description = network.description
        var lines = ["  Channel     \(description.channel)", "  Orderer     \(description.ordererEndpoint)"]
        lines.append("  osnadmin    \(description.ordererHost):\(description.ordererAdminPort)")
        for organization in description.organizations {
            for (number, port) in organization.peerPorts.enumerated() {
                lines.append("  Peer        peer\(number).\(organization.domain):\(port)  (\(organization.name))")
            }
        }
        lines.append("  Profiles    \(profiles)/<organisation>.json for SDKs")
        return lines + [""] + commands
    }

    /// For Fabric's `peer` and, by the same paths, for SDKs.
    private var commands: [String] {
        let description = network.description
        guard let organization = description.organizations.first, let port = organization.peerPorts.first else {
            return []
        }
        let peers = "\(network.organizations.path)/peerOrganizations/\(organization.domain)"
        let tls =
            description.hasTLS
            ? [
                "  export CORE_PEER_TLS_ENABLED=true",
                "  export CORE_PEER_TLS_ROOTCERT_FILE=\(peers)/peers/peer0.\(organization.domain)/tls/ca.crt",
            ] : ["  export CORE_PEER_TLS_ENABLED=false"]
        return [
            "Settings for Fabric's peer (\"network env\" prints them for any organisation and identity):",
            "  export CORE_PEER_LOCALMSPID=\(organization.name)",
            "  export CORE_PEER_ADDRESS=localhost:\(port)",
            "  export FABRIC_CFG_PATH=\(profiles)",
        ] + tls + ["  export CORE_PEER_MSPCONFIGPATH=\(peers)/users/Admin@\(organization.domain)/msp", ""]
    }
}
