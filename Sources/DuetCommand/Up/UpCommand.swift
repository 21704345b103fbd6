internal import ArgumentParser
internal import DuetNode
internal import Foundation
internal import Logging
internal import NodeHTTP

/// `duet up`: runs a node until it is stopped.
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Run a network of peers and an orderer, with functions and logs, in one process.",
        discussion: """
            The first start founds the network in the data folder: organisations with their keys, a channel, its contracts. \
            Later ones open it. Prints where it listens once it does. Ctrl-C stops it; a node that was killed starts again with \
            everything it acknowledged.
            """
    )

    @Option(help: "The folder that holds everything the node keeps.")
    var data = ".duet"

    @Option(help: "Address to listen on, as host:port; port 0 lets the system choose. May be repeated.")
    var listen: [String] = ["127.0.0.1:8080"]

    @Option(help: "A name the node is reached by, besides localhost. May be repeated.")
    var hostName: [String] = []

    @Option(help: "The organisation that calls without an access key act for.")
    var organization = "Org1MSP"

    @Flag(help: "Ask for an access key on loopback too.")
    var requireKey = false

    @Flag(help: "Allow addresses that other machines reach without TLS.")
    var insecure = false

    @Option(help: "How much the node says on standard error: trace, debug, info, notice, warning, error, critical.")
    var logLevel = "notice"

    @OptionGroup var networkOptions: NetworkOptions

    @OptionGroup var outputOptions: OutputOptions

    func run() async throws {
        guard let level = Logger.Level(rawValue: logLevel) else {
            throw ValidationError("\"\(logLevel)\" is no log level.")
        }
        let addresses = try listen.map { text in
            guard let address = ListenerConfiguration.Address(text) else {
                throw ValidationError("\"\(text)\" is no address: write host:port, such as 127.0.0.1:8080.")
            }
            return address
        }
        var logger = Logger(label: "duet") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = level
        do {
            let configuration = NodeConfiguration(
                dataFolder: data, listener: ListenerConfiguration(addresses: addresses), hostNames: Set(hostName),
                organization: organization, needsKey: requireKey, isInsecureAllowed: insecure,
                network: try networkOptions.configuration(contracts: DuetMain.linkedContracts))
            // Nothing is deleted for a start that cannot be.
            let problems = configuration.problems
            guard problems.isEmpty else { throw NodeConfigurationError(problems: problems) }
            if networkOptions.fresh { try NetworkRemoval(dataFolder: data).run() }
            let node = try await Node.open(configuration, logger: logger)
            try await node.run { address in tell(address) }
        } catch let error as NodeConfigurationError {
            throw CommandError(.configuration, error.description)
        }
    }

    private func tell(_ address: Node.Address) {
        let report = UpReport(
            addresses: address.listening.map { "http://\($0)" }, dataFolder: address.dataFolder,
            accessKeyID: address.accessKeyID, accessKeysFile: address.accessKeysPath, notes: address.notes)
        do {
            try outputOptions.print(report) { report in
                let key = report.accessKeyID.map { "\($0), its secret is in \(report.accessKeysFile)" } ?? "none"
                return """
                    Duet is up.
                      Listening   \(report.addresses.joined(separator: ", "))
                      Data        \(report.dataFolder)
                      Access key  \(key)
                    \(report.notes.joined(separator: "\n"))
                    Try: \(RootCommand.programName) logs projects\(suffix(report))
                    Ctrl-C stops it.

                    """
            }
        } catch {
            // Three texts and a list always encode.
            Terminal.standardError.write("The report cannot be printed: \(error)\n")
        }
    }

    /// What other commands need to find this node, where it is not at the usual place.
    private func suffix(_ report: UpReport) -> String {
        guard let first = report.addresses.first, first != "http://127.0.0.1:8080" else { return "" }
        return " --node \(first)"
    }
}

/// What `duet up --output json` prints.
private struct UpReport: Encodable {
    let addresses: [String]
    let dataFolder: String
    let accessKeyID: String?
    let accessKeysFile: String
    /// Lines about the network, for people.
    let notes: [String]
}
