package import DuetContract
package import FabricGRPC
internal import NodeHTTP
package import PeerService

/// Which network a node runs, and how.
package struct NetworkConfiguration: Sendable {
    /// What a new network is to be, and what one that is there must be.
    package var request: NetworkRequest
    /// Whether one that is there makes room for a new one.
    package var isFresh: Bool
    /// The address that all its nodes listen on.
    package var host: String
    /// Whether callers of peers and orderer must show a certificate of the network's organisations in the TLS handshake.
    package var demandsClientCertificates: Bool
    /// Linked into this program.
    package var contracts: [LinkedContract]
    /// Those of them that the channel is to have.
    package var deployments: [ContractDeployment]
    package var gateway: GatewayConfiguration
    /// Of each gRPC listener.
    package var limits: RPCServerConfiguration.Limits

    package init(
        request: NetworkRequest = NetworkRequest(), isFresh: Bool = false, host: String = "127.0.0.1",
        demandsClientCertificates: Bool = false, contracts: [LinkedContract] = [],
        deployments: [ContractDeployment] = [], gateway: GatewayConfiguration = GatewayConfiguration(),
        limits: RPCServerConfiguration.Limits = .init()
    ) {
        self.request = request
        self.isFresh = isFresh
        self.host = host
        self.demandsClientCertificates = demandsClientCertificates
        self.contracts = contracts
        self.deployments = deployments
        self.gateway = gateway
        self.limits = limits
    }

    /// Everything that is wrong, one sentence each.
    ///
    /// - Parameters:
    ///   - folder: the data folder; what cannot be read in it is left to the start to tell.
    ///   - organization: whom callers without credential act for.
    ///   - isInsecureAllowed: whether other machines may reach a network without TLS.
    func problems(dataFolder folder: String, organization: String, isInsecureAllowed: Bool) -> [String] {
        var problems: [String] = []
        var description: NetworkDescription?
        if !isFresh, let founded = try? NetworkDescription.kept(in: folder) {
            problems += request.problems(against: founded)
            description = founded
        } else {
            do {
                let asked = try NetworkDescription(request)
                problems += asked.problems
                description = asked
            } catch {
                problems.append("\(error)")
            }
        }
        if let description {
            problems += reachProblems(of: description, isInsecureAllowed: isInsecureAllowed)
            let names = description.organizations.map(\.name)
            if !names.isEmpty, !names.contains(organization), organization != description.ordererOrganization {
                problems.append(
                    "The organisation \"\(organization)\", for which calls without an access key act, is not of the network: name "
                        + "one of \(names.joined(separator: ", ")).")
            }
        }
        if let problem = AddressProbe.problem(host: host, port: 0) {
            problems.append("The network cannot listen on \(host): \(problem). Choose an address of this machine.")
        }
        let linked = Set(contracts.map(\.name))
        var named: Set<String> = []
        for deployment in deployments {
            if !linked.contains(deployment.name) {
                let known = linked.sorted().joined(separator: ", ")
                problems.append(
                    "No contract \"\(deployment.name)\" is linked into this program; it has \(known.isEmpty ? "none" : known)."
                )
            } else if !named.insert(deployment.name).inserted {
                problems.append("The contract \"\(deployment.name)\" is named twice: name it once.")
            }
            if let problem = deployment.problem { problems.append(problem) }
        }
        return problems
    }

    /// Without TLS anybody on the way could remove channels and read what members say.
    private func reachProblems(of description: NetworkDescription, isInsecureAllowed: Bool) -> [String] {
        guard !description.hasTLS else { return [] }
        var problems: [String] = []
        if demandsClientCertificates {
            problems.append(
                "The network has no TLS, so nobody can show a certificate: leave out --mutual-tls, or found another network with "
                    + "--fresh.")
        }
        let address = ListenerConfiguration.Address(host: host, port: description.ordererPort)
        if !address.isLoopback, !isInsecureAllowed {
            problems.append(
                "The network has no TLS, and \(host) can be reached from other machines: listen on 127.0.0.1, or pass --insecure."
            )
        }
        return problems
    }
}
