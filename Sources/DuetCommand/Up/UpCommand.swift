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
            Settings can stand in a file as well: see "config init".
            """
    )

    @OptionGroup var options: UpOptions

    @Flag(help: "Delete the network in the data folder, after naming what goes, and found it anew.")
    var fresh = false

    @OptionGroup var outputOptions: OutputOptions

    func run() async throws {
        let reading = try options.read()
        let (configuration, problems) = reading.settings.nodeConfiguration(
            linked: DuetMain.linkedContracts, isFresh: fresh)
        // Nothing is deleted for a start that cannot be.
        guard reading.problems.isEmpty, problems.isEmpty else {
            throw CommandError(.configuration, (reading.problems + problems).joined(separator: "\n"))
        }
        var logger = Logger(label: "duet") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = reading.settings.logLevel ?? UpSettings.logLevelDefault
        do {
            if fresh { try NetworkRemoval(dataFolder: configuration.dataFolder).run() }
            let node = try await Node.open(configuration, logger: logger)
            let scheme = configuration.listener.tls == nil ? "http" : "https"
            try await node.run { address in tell(address, scheme: scheme) }
        } catch let error as NodeConfigurationError {
            throw CommandError(.configuration, error.description)
        }
    }

    private func tell(_ address: Node.Address, scheme: String) {
        let report = UpReport(
            addresses: address.listening.map { "\(scheme)://\($0)" }, dataFolder: address.dataFolder,
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
