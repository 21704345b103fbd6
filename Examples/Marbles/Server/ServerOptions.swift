internal import ArgumentParser
internal import Foundation
internal import Logging

/// The program `marbles-server`.
public enum MarblesProgram {
    /// Reads the process's arguments, serves until it is stopped, and ends the process with a status.
    public static func run() async {
        await MarblesServerCommand.main()
    }
}

/// `marbles-server`: shows the marbles of a network in browsers.
struct MarblesServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "marbles-server",
        abstract: "Shows the marbles of a running network in browsers.",
        discussion: """
            Finds the organisations and their peers by the node's JSON API, and follows the ledger through a peer's gateway. \
            On a new ledger it makes owners and marbles, by transactions like anybody's. Ctrl-C stops it.
            """
    )

    @OptionGroup var options: ServerOptions

    func run() async throws {
        guard let level = Logger.Level(rawValue: options.logLevel) else {
            throw ValidationError("\"\(options.logLevel)\" is no log level.")
        }
        var logger = Logger(label: "marbles") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = level
        try await MarblesServer(options: options, logger: logger).run()
    }
}

/// What the server is told at start.
struct ServerOptions: ParsableArguments {
    @Option(help: "The port for browsers; 0 lets the system choose.")
    var port = 3001

    @Option(help: "The address to listen on. Anybody who reaches it may act as anybody: leave it at this machine.")
    var bind = "127.0.0.1"

    @Option(help: "A name that browsers reach the server by, besides localhost. May be repeated.")
    var hostName: [String] = []

    @Option(help: "The node's address.")
    var node = "http://127.0.0.1:8080"

    @Option(help: "An access key of the node, as id.secret; on one machine none is needed.")
    var accessKey: String?

    @Option(help: "The channel that the marbles are on.")
    var channel = "trade"

    @Option(help: "The marbles' contract.")
    var contract = "marbles-strict"

    @Option(help: "The functions' service.")
    var service = "marblesFC"

    @Option(help: "The function that is told of every action.")
    var function = "processEvent"

    @Option(help: "The function that peers ask before they endorse, which visitors edit.")
    var rule = "houseRule"

    @Option(help: "The log project of the functions.")
    var project = "test-log-project"

    @Option(help: "The logstore of the functions.")
    var logstore = "test-log-store"

    @Option(help: "The folder of the pages, to work on them; those built in otherwise.")
    var pages: String?

    @Option(help: "How much the server says on standard error: trace, debug, info, notice, warning, error, critical.")
    var logLevel = "notice"

    var pagesFolder: URL {
        pages.map { URL(filePath: $0, directoryHint: .isDirectory) }
            ?? Bundle.module.bundleURL.appending(path: "Pages", directoryHint: .isDirectory)
    }
}
