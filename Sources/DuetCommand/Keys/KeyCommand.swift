internal import ArgumentParser
internal import FunctionTypes

/// `duet key …`: access keys, which sign calls of Function Compute and the log service and open the JSON API.
struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "List, make and remove access keys.",
        subcommands: [KeyListCommand.self, KeyCreateCommand.self, KeyRemoveCommand.self])
}

/// `duet key list`.
struct KeyListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the organisation's access keys, without their secrets.")

    @OptionGroup var options: FunctionOptions

    func run() async throws {
        let keys = try await options.call(.get, ["api", "keys"])
        try options.output.print(keys) { keys in
            var table = TextTable([.init("Key"), .init("Organisation"), .init("Role")])
            for key in keys.arrayValue ?? [] {
                table.append([key.cell("id"), key.cell("organization"), key.cell("role")])
            }
            return table.rendered()
        }
    }
}

/// `duet key create`.
struct KeyCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make an access key. Its secret is told once.")

    @Option(
        help: ArgumentHelp("reader reads; user also invokes and writes logs; admin does everything.", valueName: "role")
    )
    var role = "user"

    @OptionGroup var options: FunctionOptions

    func validate() throws {
        guard ["reader", "user", "admin"].contains(role) else {
            throw ValidationError("--role is \"\(role)\": use reader, user or admin.")
        }
    }

    func run() async throws {
        let key = try await options.call(.post, ["api", "keys"], body: ["role": .string(role)])
        try options.output.print(key) { key in
            let id = key["id"]?.stringValue ?? ""
            let secret = key["secret"]?.stringValue ?? ""
            return """
                Key     \(id)
                Secret  \(secret)
                For     \(key["organization"]?.stringValue ?? ""), \(key["role"]?.stringValue ?? "")

                Use it: export \(NodeOptions.keyVariable)=\(id).\(secret)

                """
        }
    }
}

/// `duet key remove`.
struct KeyRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove an access key. Calls with it are refused at once.")

    @Argument(help: "Id of the key.")
    var id: String

    @OptionGroup var options: FunctionOptions

    func run() async throws {
        _ = try await options.call(.delete, ["api", "keys", id])
        Terminal.standardError.write("Key \(id) is removed.\n")
    }
}
