package import DuetContract
package import FabricGRPC
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
    /// - Parameter folder: the data folder; what cannot be read in it is left to the start to tell.
    func problems(dataFolder folder: String) -> [String] {
        var problems: [String] = []
        if !isFresh, let founded = try? NetworkDescription.kept(in: folder) {
            problems += request.problems(against: founded)
        } else {
            do {
                problems += try NetworkDescription(request).problems
            } catch {
                problems.append("\(error)")
            }
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
}
