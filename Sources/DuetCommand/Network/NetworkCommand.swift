internal import ArgumentParser
internal import FunctionTypes

/// `duet network …`: what clients need to use a network.
struct NetworkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "network", abstract: "Show the network, and settings by which clients find it.",
        subcommands: [NetworkShowCommand.self, NetworkEnvironmentCommand.self, NetworkProfileCommand.self])
}

/// `duet network show`.
struct NetworkShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the network's nodes and channels.")

    @OptionGroup var options: FunctionOptions

    func run() async throws {
        let network = try await options.call(.get, ["api", "network"])
        try options.output.print(network) { network in
            var table = TextTable([.init("Organisation"), .init("Node"), .init("Address"), .init("Channels")])
            for organization in network["organizations"]?.arrayValue ?? [] {
                let nodes = (organization["peers"]?.arrayValue ?? []) + (organization["orderers"]?.arrayValue ?? [])
                for node in nodes {
                    table.append([
                        organization.cell("mspId"), node.cell("name"), node.cell("address"),
                        organization.cell("channels"),
                    ])
                }
            }
            return table.rendered()
        }
    }
}

/// `duet network profile`.
struct NetworkProfileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile", abstract: "Print an organisation's connection profile, as JSON.",
        discussion: """
            The same stands in the folder "connections" of the data folder, written anew at each start. It is valid YAML too.
            """)

    @Option(help: ArgumentHelp("Who reads it: common or fabric-sdk-py.", valueName: "style"))
    var style = "common"

    @OptionGroup var options: FunctionOptions

    func run() async throws {
        let profile = try await options.node.withClient { client in
            try await client.call(
                .get, ["api", "network", "connection"],
                query: [("style", style), ("organization", options.organization)], body: nil)
        }
        try OutputOptions.printJSON(profile)
    }
}
