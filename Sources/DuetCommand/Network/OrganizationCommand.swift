internal import ArgumentParser
internal import FunctionTypes

/// `duet org …`.
struct OrganizationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "org", abstract: "Look at the network's organisations.",
        subcommands: [OrganizationListCommand.self])
}

/// `duet org list`.
struct OrganizationListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the organisations with a node here, and where their nodes listen.")

    @OptionGroup var options: FunctionOptions

    func run() async throws {
        let organizations = try await options.call(.get, ["api", "organizations"])
        try options.output.print(organizations) { organizations in
            var table = TextTable([.init("Organisation"), .init("Node"), .init("Address"), .init("Channels")])
            for organization in organizations.arrayValue ?? [] {
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
