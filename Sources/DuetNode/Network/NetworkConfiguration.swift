package import DuetContract

/// Which network a node runs.
package struct NetworkConfiguration: Sendable {
    /// What a new network is to be. Nil takes what is in the data folder, and the usual one where there is none.
    package var wanted: NetworkDescription?
    /// The address that all its nodes listen on.
    package var host: String
    /// Linked into this program.
    package var contracts: [LinkedContract]
    /// Those of them that the channel is to have.
    package var deployments: [ContractDeployment]

    package init(
        wanted: NetworkDescription? = nil, host: String = "127.0.0.1", contracts: [LinkedContract] = [],
        deployments: [ContractDeployment] = []
    ) {
        self.wanted = wanted
        self.host = host
        self.contracts = contracts
        self.deployments = deployments
    }

    var problems: [String] {
        var problems = wanted?.problems ?? []
        let linked = Set(contracts.map(\.name))
        for deployment in deployments {
            if !linked.contains(deployment.name) {
                let known = linked.sorted().joined(separator: ", ")
                problems.append(
                    "No contract \"\(deployment.name)\" is linked into this program; it has \(known.isEmpty ? "none" : known)."
                )
            }
            if let problem = deployment.problem { problems.append(problem) }
        }
        return problems
    }
}
