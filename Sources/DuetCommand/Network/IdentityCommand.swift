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
                .init("Identity"), .init("Organisation"), .init("Role"), .init("Attributes"), .init("Expires"),
                .init("MSP folder"),
            ])
            for identity in identities.arrayValue ?? [] {
                table.append([
                    identity.cell("name"), identity.cell("organization"), identity.cell("role"),
                    attributes(identity), identity.cell("expiresAt"), identity.cell("mspFolder"),
                ])
            }
            return table.rendered()
        }
    }

    private func attributes(_ identity: JSONValue) -> TextTable.Cell {
        let attributes = identity["attributes"]?.objectValue ?? [:]
        guard !attributes.isEmpty else { return "–" }
        return .init(
            attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.stringValue ?? "")" }
                .joined(separator: ", "))
    }
}

/// `duet identity create`.
struct IdentityCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a new identity with a key of its own.",
        discussion: """
            Writes a folder in the layout of Fabric's cryptogen beside the organisation's other members, for Fabric's tools and \
            client libraries. Contracts read the attributes as those that Fabric CA grants.
            """)

    @Argument(help: ArgumentHelp("Its name, such as User2.", valueName: "name"))
    var name: String

    @Option(help: ArgumentHelp("client, admin, peer or orderer.", valueName: "role"))
    var role = "client"

    @Option(help: ArgumentHelp("What contracts may decide by. May be repeated.", valueName: "key=value"))
    var attribute: [String] = []

    @Option(help: ArgumentHelp("An organisational unit besides the role's. May be repeated.", valueName: "name"))
    var unit: [String] = []

    @Option(help: ArgumentHelp("How many days it is valid. (default: ten years)", valueName: "days"))
    var days: Int?

    @OptionGroup var options: FunctionOptions

    func validate() throws {
        guard ["client", "admin", "peer", "orderer"].contains(role) else {
            throw ValidationError("--role is \"\(role)\": use client, admin, peer or orderer.")
        }
        _ = try attributes()
    }

    func run() async throws {
        var body: [String: JSONValue] = [
            "name": .string(name), "role": .string(role), "attributes": .object(try attributes()),
            "units": .array(unit.map { .string($0) }),
        ]
        if let days { body["validDays"] = .integer(Int64(days)) }
        let identity = try await options.call(.post, ["api", "identities"], body: .object(body))
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

    private func attributes() throws -> [String: JSONValue] {
        var attributes: [String: JSONValue] = [:]
        for text in attribute {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw ValidationError("--attribute is \"\(text)\": write key=value.")
            }
            guard attributes.updateValue(.string(parts[1]), forKey: parts[0]) == nil else {
                throw ValidationError("--attribute \"\(parts[0])\" is given twice.")
            }
        }
        return attributes
    }
}
