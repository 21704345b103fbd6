internal import DuetNode
internal import FunctionSandbox
internal import Logging
internal import TriggerService

extension UpSettings {
    /// The names of all settings in the file, in its order.
    static let keys =
        [
            "data", "listen", "tls.certificate", "tls.key", "hostNames", "organization", "requireKey", "sandbox",
            "insecure", "logLevel",
            "network.enabled",
        ] + foundedKeys + [
            "network.bind", "network.mutualTLS", "network.contracts", "gateway.abortStale",
            "gateway.endorsementTimeout",
            "gateway.identityCallsPerSecond", "gateway.organizationCallsPerSecond", "limits.messageBytes",
            "limits.connections", "tracing.endpoint", "tracing.protocol", "tracing.headers", "tracing.serviceName",
        ]

    /// Those that the first start fixes.
    static let foundedKeys = [
        "network.channel", "network.organizations", "network.peers", "network.tls", "network.capability",
        "network.orderer.organization", "network.orderer.domain", "network.orderer.port", "network.orderer.adminPort",
        "network.batch.timeout", "network.batch.maxMessageCount", "network.batch.absoluteMaxBytes",
        "network.batch.preferredMaxBytes",
    ]

    /// What holds where nothing is said, but for the network, which ``NetworkDescription`` tells.
    static let standardValues = [
        "data": dataDefault, "listen": "\(listenDefault)", "requireKey": "false",
        "sandbox": "bubblewrap",
        "insecure": "false", "logLevel": logLevelDefault.rawValue, "network.enabled": "true", "network.peers": "1",
        "network.bind": bindDefault, "network.mutualTLS": "false", "network.contracts": "all that are linked",
        "gateway.abortStale": "true",
        "gateway.endorsementTimeout": "30", "limits.messageBytes": "\(100 << 20)",
        "limits.connections": "2048, of HTTP 1024",
        "tracing.protocol": TracingConfiguration.encodingDefault.rawValue,
        "tracing.serviceName": TracingConfiguration.serviceNameDefault,
    ]

    /// What these settings say, as text by name.
    ///
    /// - Parameter founded: tells the network as a whole; nil for what these settings say of it.
    func values(network founded: NetworkDescription?) -> [String: String] {
        var values: [String: String] = [:]
        values["data"] = data
        values["listen"] = listen.map { $0.map(\.description).joined(separator: ", ") }
        values["tls.certificate"] = tls?.certificate
        values["tls.key"] = tls?.key
        values["hostNames"] = hostNames.map { $0.joined(separator: ", ") }
        values["organization"] = organization
        values["requireKey"] = needsKey.map(\.description)
        values["sandbox"] = sandbox?.rawValue
        values["insecure"] = isInsecureAllowed.map(\.description)
        values["logLevel"] = logLevel?.rawValue
        values["network.enabled"] = hasNetwork.map(\.description)
        values["network.bind"] = bind
        values["network.mutualTLS"] = demandsClientCertificates.map(\.description)
        values["network.contracts"] = contracts.map { deployments in
            deployments.map { $0.name + ($0.policy.map { "=\($0)" } ?? "") }.joined(separator: ", ")
        }
        values["gateway.abortStale"] = abortStale.map(\.description)
        values["gateway.endorsementTimeout"] = endorsementTimeoutSeconds.map(\.description)
        values["gateway.identityCallsPerSecond"] = identityCallsPerSecond.map(\.description)
        values["gateway.organizationCallsPerSecond"] = organizationCallsPerSecond.map(\.description)
        values["limits.messageBytes"] = messageByteCountMax.map(\.description)
        values["limits.connections"] = connectionCountMax.map(\.description)
        values["tracing.endpoint"] = tracingEndpoint
        values["tracing.protocol"] = tracingEncoding?.rawValue
        // They may hold keys.
        values["tracing.headers"] = tracingHeaders.map { $0.keys.sorted().joined(separator: ", ") }
        values["tracing.serviceName"] = tracingServiceName
        return values.merging(founded.map(Self.values(of:)) ?? networkValues) { $1 }
    }

    private var networkValues: [String: String] {
        var values: [String: String] = [:]
        values["network.channel"] = network.channel
        if !network.organizations.isEmpty {
            values["network.organizations"] = network.organizations.map(\.name).joined(separator: ", ")
        }
        values["network.peers"] = network.peerCount.map(\.description)
        values["network.tls"] = network.hasTLS.map(\.description)
        values["network.capability"] = network.capability
        values["network.orderer.organization"] = network.ordererOrganization
        values["network.orderer.domain"] = network.ordererDomain
        values["network.orderer.port"] = network.port.map(\.description)
        values["network.orderer.adminPort"] = network.adminPort.map(\.description)
        values["network.batch.timeout"] = network.batch.timeout
        values["network.batch.maxMessageCount"] = network.batch.maxMessageCount.map(\.description)
        values["network.batch.absoluteMaxBytes"] = network.batch.absoluteMaxBytes.map(\.description)
        values["network.batch.preferredMaxBytes"] = network.batch.preferredMaxBytes.map(\.description)
        return values
    }

    private static func values(of network: NetworkDescription) -> [String: String] {
        let batch = network.batchInForce
        let organizations = network.organizations.map { organization in
            "\(organization.name) at \(organization.domain):\(organization.peerPorts.map(\.description).joined(separator: ","))"
        }
        return [
            "network.channel": network.channel, "network.organizations": organizations.joined(separator: ", "),
            "network.peers": network.organizations.map { "\($0.peerPorts.count)" }.joined(separator: ", "),
            "network.tls": network.hasTLS.description, "network.capability": network.capabilityInForce,
            "network.orderer.organization": network.ordererOrganization,
            "network.orderer.domain": network.ordererDomain, "network.orderer.port": "\(network.ordererPort)",
            "network.orderer.adminPort": "\(network.ordererAdminPort)", "network.batch.timeout": batch.timeout,
            "network.batch.maxMessageCount": "\(batch.maxMessageCount)",
            "network.batch.absoluteMaxBytes": "\(batch.absoluteMaxBytes)",
            "network.batch.preferredMaxBytes": "\(batch.preferredMaxBytes)",
        ]
    }
}
