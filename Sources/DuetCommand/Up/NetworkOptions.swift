internal import ArgumentParser
internal import ContractService
internal import DuetContract
internal import DuetNode

/// What the network is to be. Fixed by the first start; a later one that asks otherwise is refused.
struct NetworkOptions: ParsableArguments {
    @Flag(help: "Run functions and logs alone, without a ledger.")
    var noNetwork = false

    @Option(help: "An organisation of the network, by its MSP id. May be repeated. (default: Org1MSP, Org2MSP)")
    var org: [String] = []

    @Option(help: "How many peers each organisation has. (default: 1)")
    var peers: Int?

    @Option(help: "The channel's name. (default: mychannel)")
    var channel: String?

    @Option(
        help: """
            The orderer's port; peers follow at the next one and every 2000 further on. 0 lets the system choose, at the first \
            start. (default: 7050)
            """)
    var port: Int?

    @Option(help: "The address that orderer and peers listen on.")
    var bind = "127.0.0.1"

    @Flag(help: "Speak gRPC without TLS.")
    var noTLS = false

    @Option(
        help: """
            A linked contract to deploy, as NAME or NAME=POLICY, such as "keyvalue=OR('Org1MSP.peer')". May be repeated. \
            (default: all that are linked)
            """)
    var contract: [String] = []

    @Flag(help: "Delete the network in the data folder, after naming what goes, and found it anew.")
    var fresh = false

    /// - Throws: `NodeConfigurationError` where no free port is found.
    func configuration(contracts: [LinkedContract]) throws -> NetworkConfiguration? {
        guard !noNetwork else { return nil }
        let linked =
            contracts.isEmpty ? [LinkedContract(KeyValueContract.name, KeyValueContract.self)] : contracts
        let deployments =
            contract.isEmpty ? linked.map { ContractDeployment(name: $0.name) } : contract.map(Self.deployment)
        return NetworkConfiguration(
            wanted: try wanted(), host: bind, contracts: linked, deployments: deployments)
    }

    /// Nil where nothing is asked for.
    private func wanted() throws -> NetworkDescription? {
        guard !org.isEmpty || peers != nil || channel != nil || port != nil || noTLS else { return nil }
        return try NetworkDescription(
            channel: channel ?? "mychannel", organizations: org.isEmpty ? ["Org1MSP", "Org2MSP"] : org,
            peerCount: peers ?? 1, firstPort: port, hasTLS: !noTLS)
    }

    private static func deployment(_ text: String) -> ContractDeployment {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        return ContractDeployment(name: parts.first ?? text, policy: parts.count > 1 ? parts[1] : nil)
    }
}
