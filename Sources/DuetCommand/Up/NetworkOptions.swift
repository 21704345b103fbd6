internal import ArgumentParser
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
            The orderer's port; peers follow at the next one and every 2000 further on, osnadmin's is the third next. 0 lets \
            the system choose, at the first start. (default: 7050)
            """)
    var port: Int?

    @Option(help: "The address that orderer and peers listen on. (default: 127.0.0.1)")
    var bind: String?

    @Flag(help: "Speak gRPC without TLS.")
    var noTLS = false

    @Flag(
        name: .customLong("mutual-tls"),
        help: "Serve only callers of peers and orderer that show a TLS certificate of one of the organisations.")
    var mutualTLS = false

    @Option(
        help: """
            A linked contract to deploy, as NAME or NAME=POLICY, such as "keyvalue=OR('Org1MSP.peer')". May be repeated. \
            (default: all that are linked)
            """)
    var contract: [String] = []

    /// As if they stood in a file.
    func apply(to settings: inout UpSettings) {
        if noNetwork { settings.hasNetwork = false }
        settings.network.organizations = org.map { .init(name: $0) }
        settings.network.peerCount = peers
        settings.network.channel = channel
        settings.network.port = port
        if noTLS { settings.network.hasTLS = false }
        settings.bind = bind
        if mutualTLS { settings.demandsClientCertificates = true }
        if !contract.isEmpty { settings.contracts = contract.map(Self.deployment) }
    }

    private static func deployment(_ text: String) -> ContractDeployment {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        return ContractDeployment(name: parts.first ?? text, policy: parts.count > 1 ? parts[1] : nil)
    }
}
