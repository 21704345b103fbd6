internal import FabricTypes

extension ChannelConfiguration: CustomStringConvertible {
    /// Several lines for people: who is in the channel, how it is ordered, what it demands.
    package var description: String {
        var lines = [
            "Channel \(channelID), configuration \(sequence)",
            "Capabilities: channel \(capabilities.channel.text), orderer \(capabilities.orderer.text), "
                + "application \(capabilities.application.text)",
            "Ordering: \(orderer.consensusType.type)\(orderer.isInMaintenance ? ", in maintenance" : ""); blocks of at most "
                + "\(orderer.batchSize.maxMessageCount) transactions and \(orderer.batchSize.preferredMaxBytes) bytes, "
                + "after at most \(orderer.batchTimeout)",
        ]
        lines += orderer.organizations.map { organization in
            Self.line("Orderer", organization, organization.endpoints)
        }
        lines += application.organizations.map { organization in
            Self.line("Member", organization, organization.anchorPeers.map { "\($0.host):\($0.port)" })
        }
        for path in [PolicyPath.endorsement, .lifecycleEndorsement, .blockValidation] {
            lines.append("\(path): \(policies[path].text)")
        }
        for (resource, path) in application.aclPolicies.sorted(by: { $0.key < $1.key }) {
            lines.append("\(resource.lossyText): \(path)")
        }
        return lines.joined(separator: "\n")
    }

    private static func line(_ kind: String, _ organization: OrganizationConfiguration, _ addresses: [String]) -> String
    {
        let name = organization.mspID.rawValue == organization.name ? "" : " (\(organization.mspID))"
        let places = addresses.isEmpty ? "" : " at \(addresses.joined(separator: ", "))"
        return "\(kind) organisation: \(organization.name)\(name)\(places)"
    }
}

extension RawRepresentable where RawValue == String {
    /// The level's name, also where there is none.
    fileprivate var text: String { rawValue.isEmpty ? "none" : rawValue }
}
