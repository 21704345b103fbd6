internal import ArgumentParser
internal import FunctionTypes

/// `duet identity …`: members of an organisation, as a development network keeps them.
struct IdentityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "identity", abstract: "List and make identities of an organisation.",
        subcommands: [IdentityListCommand.self, IdentityCreateCommand.self])
}

/// `duet identity list`.
struct IdentityListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the organisation's identities that the node keeps.")

    @OptionGroup var options: FunctionOptions

    func run() async throws {
        let identities = try await options.call(.get, ["api", "identities"])
        try options.output.print(identities) { identities in
            var table = TextTable([
                .init("Identity"), .init("Organisation"), .init("Role"), .init("Expires"), .init("MSP folder"),
            ])
            for identity in identities.arrayValue ?? [] {
                table.append([
                    identity.cell("name"), identity.cell("organization"), identity.cell("role"),
                    identity.cell("expiresAt"), identity.cell("mspFolder"),
                ])
            }
            return table.rendered()
        }
    }
}

/// `duet identity create`.
struct IdentityCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a new identity with a key of its own.")

    @Argument(help: ArgumentHelp("Its name, such as User2.", valueName: "name"))
    var name: String

    @Option(help: ArgumentHelp("client, admin, peer or orderer.", valueName: "role"))
    var role = "client"

    @OptionGroup var options: FunctionOptions

    func validate() throws {
        guard ["client", "admin", "peer", "orderer"].contains(role) else {
            throw ValidationError("--role is \"\(role)\": use client, admin, peer or orderer.")
        }
    }

    func run() async throws {
        let identity = try await options.call(
            .post, ["api", "identities"], body: ["name": .string(name), "role": .string(role)])
        try options.output.print(identity) { identity in
            let folder = (identity["mspFolder"]?.stringValue ?? "").escapingControls
            let owner = (identity["organization"]?.stringValue ?? "").escapingControls
            return """
                Identity    \((identity["name"]?.stringValue ?? "").escapingControls)
                Of          \(owner), \(identity["role"]?.stringValue ?? "")
                MSP folder  \(folder)

                Use it with Fabric's tools: export CORE_PEER_MSPCONFIGPATH=\(folder)

                """
        }
    }
}
