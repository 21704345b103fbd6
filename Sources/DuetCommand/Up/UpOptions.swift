internal import ArgumentParser
internal import DuetNode
internal import FunctionSandbox
internal import Logging
internal import NodeHTTP

/// The settings of a start: those of `duet.yaml`, and options over them. The same for every command that reads them.
struct UpOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The file with settings.",
            discussion: "Else duet.yaml in the current folder, else in the data folder. Options prevail over it.",
            valueName: "file"))
    var config: String?

    @Option(help: "The folder that holds everything the node keeps. (default: .duet)")
    var data: String?

    @Option(
        help: """
            Address to listen on, as host:port; port 0 lets the system choose. May be repeated. (default: 127.0.0.1:8080)
            """)
    var listen: [String] = []

    @Option(help: "A name the node is reached by, besides localhost. May be repeated.")
    var hostName: [String] = []

    @Option(help: "The organisation that calls without an access key act for. (default: the network's first)")
    var organization: String?

    @Flag(help: "Ask for an access key on loopback too.")
    var requireKey = false

    @Option(
        help: """
            How functions are confined: bubblewrap, or none. Unconfined they can do whatever the user of the node can, and every \
            call needs an access key. (default: bubblewrap)
            """)
    var sandbox: String?

    @Flag(help: "Allow addresses that other machines reach without TLS.")
    var insecure = false

    @Option(
        help: """
            How much the node says on standard error: trace, debug, info, notice, warning, error, critical. (default: notice)
            """)
    var logLevel: String?

    @Option(
        help: ArgumentHelp(
            "Send spans to this OpenTelemetry collector, such as http://127.0.0.1:4318.", valueName: "url"))
    var otlpEndpoint: String?

    @OptionGroup var network: NetworkOptions

    /// Settings as they are in force, where they come from, and what is wrong with them.
    struct Reading {
        /// Nil if there is none.
        let file: ConfigurationFile?
        let options: UpSettings
        /// Options over the file.
        let settings: UpSettings
        /// Whole sentences, those of the file first.
        let problems: [String]
    }

    /// - Throws: ``CommandError`` if a file cannot be read.
    func read() throws(CommandError) -> Reading {
        var problems: [String] = []
        let options = options(&problems)
        let file = try ConfigurationFile.find(named: config, dataFolder: options.dataFolder)
        let settings = file.map { options.over($0.settings) } ?? options
        return Reading(
            file: file, options: options, settings: settings, problems: (file?.problemLines ?? []) + problems)
    }

    private func options(_ problems: inout [String]) -> UpSettings {
        var settings = UpSettings()
        settings.data = data
        let addresses = listen.compactMap { text -> ListenerConfiguration.Address? in
            if let address = ListenerConfiguration.Address(text) { return address }
            problems.append("--listen is \"\(text)\": write host:port, such as 127.0.0.1:8080.")
            return nil
        }
        if !addresses.isEmpty { settings.listen = addresses }
        if !hostName.isEmpty { settings.hostNames = hostName }
        settings.organization = organization
        if requireKey { settings.needsKey = true }
        if let sandbox {
            settings.sandbox = Confinement.Setting(rawValue: sandbox)
            if settings.sandbox == nil { problems.append("--sandbox is \"\(sandbox)\": use bubblewrap or none.") }
        }
        if insecure { settings.isInsecureAllowed = true }
        if let logLevel {
            settings.logLevel = Logger.Level(rawValue: logLevel)
            if settings.logLevel == nil {
                let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
                problems.append("--log-level is \"\(logLevel)\": use one of \(levels).")
            }
        }
        settings.tracingEndpoint = otlpEndpoint
        network.apply(to: &settings)
        return settings
    }
}
