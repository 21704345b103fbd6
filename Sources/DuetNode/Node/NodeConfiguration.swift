package import FunctionSandbox
package import NodeHTTP

/// What a node is made from.
package struct NodeConfiguration: Sendable {
    /// Everything the node keeps lies below; made if absent.
    package var dataFolder: String
    package var listener: ListenerConfiguration
    /// Names the listener answers to besides loopback ones.
    package var hostNames: Set<String>
    /// Whom callers without credential act for on loopback, and who owns what names no organisation.
    package var organization: String
    /// Whether calls on loopback need an access key too.
    package var needsKey: Bool
    /// How functions are confined. Unconfined ones make a key necessary for every call, since whatever runs on this machine could
    /// otherwise deploy code that does what the node's user can.
    package var sandbox: Confinement.Setting
    /// Whether the listener may be reached from other machines without TLS.
    package var isInsecureAllowed: Bool
    /// The ledger's nodes; nil for a node of functions and logs alone.
    package var network: NetworkConfiguration?
    /// Another network that is shown; such a node has no functions and no logs. Never beside ``network``.
    package var mirror: MirrorConfiguration?
    /// Where spans go; nil for nowhere.
    package var tracing: TracingConfiguration?

    package init(
        dataFolder: String = ".duet", listener: ListenerConfiguration = ListenerConfiguration(),
        hostNames: Set<String> = [], organization: String = "Org1MSP", needsKey: Bool = false,
        sandbox: Confinement.Setting = .bubblewrap, isInsecureAllowed: Bool = false,
        network: NetworkConfiguration? = nil, tracing: TracingConfiguration? = nil
    ) {
        self.dataFolder = dataFolder
        self.listener = listener
        self.hostNames = hostNames
        self.organization = organization
        self.needsKey = needsKey
        self.sandbox = sandbox
        self.isInsecureAllowed = isInsecureAllowed
        self.network = network
        self.tracing = tracing
    }

    /// The organisation that calls without a key act for; nil where every call needs one.
    package var anonymousOrganization: String? { needsKey || sandbox == .none ? nil : organization }

    /// Looked for where a start deletes a network first, which must not be in vain.
    private var listeningProblems: [String] {
        listener.addresses.compactMap { address in
            AddressProbe.problem(host: address.host, port: address.port).map {
                "The node cannot listen on \(address): \($0). Choose another address, or stop the program that holds it."
            }
        }
    }

    /// Everything that is wrong, one sentence each.
    package var problems: [String] {
        var problems: [String] = []
        if listener.addresses.isEmpty {
            problems.append("The node listens nowhere: give an address such as 127.0.0.1:8080.")
        }
        for address in listener.addresses where !address.isLoopback && listener.tls == nil && !isInsecureAllowed {
            problems.append(
                "The address \(address) can be reached from other machines, and the listener has no TLS: give it a certificate in "
                    + "duet.yaml, listen on 127.0.0.1 behind a TLS proxy, or pass --insecure.")
        }
        if organization.isEmpty || organization.utf8.count > 255 {
            problems.append("The organisation's name must have 1 to 255 bytes.")
        }
        for name in hostNames where RequestHost(name)?.port != nil || RequestHost(name) == nil {
            problems.append("The host name \"\(name)\" is not valid: give a name without scheme and port.")
        }
        problems += tracing?.problems ?? []
        guard let network else { return problems }
        if network.isFresh { problems += listeningProblems }
        return problems
            + network.problems(
                dataFolder: dataFolder, organization: organization, isInsecureAllowed: isInsecureAllowed)
    }
}

/// The node cannot be made; nothing was started.
package struct NodeConfigurationError: Error, CustomStringConvertible {
    /// Whole sentences.
    package let problems: [String]

    package init(problems: [String]) {
        self.problems = problems
    }

    package var description: String { problems.joined(separator: "\n") }
}
