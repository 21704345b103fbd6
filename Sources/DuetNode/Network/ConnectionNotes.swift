/// What a person needs to use a network: where its nodes listen, and settings to paste.
struct ConnectionNotes {
    let network: FoundedNetwork

    var lines: [String] {
        let description = network.description
        var lines = ["  Channel     \(description.channel)", "  Orderer     \(description.ordererEndpoint)"]
        for organization in description.organizations {
            for (number, port) in organization.peerPorts.enumerated() {
                lines.append("  Peer        peer\(number).\(organization.domain):\(port)  (\(organization.name))")
            }
        }
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
            "Settings for `peer` and SDKs (the names in the certificates include localhost):",
            "  export CORE_PEER_LOCALMSPID=\(organization.name)",
            "  export CORE_PEER_ADDRESS=localhost:\(port)",
        ] + tls + ["  export CORE_PEER_MSPCONFIGPATH=\(peers)/users/Admin@\(organization.domain)/msp", ""]
    }
}
