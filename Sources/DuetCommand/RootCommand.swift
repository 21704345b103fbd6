internal import ArgumentParser

/// `duet <noun> <verb>`. Each noun is a folder of this module; its group command lists the verbs.
struct RootCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: programName,
        abstract: "A shared ledger in Hyperledger Fabric's wire format, and functions that hang on it.",
        discussion: """
            Results go to standard output, everything else to standard error.
            Exit status: 0 done, 1 the operation failed, 64 wrong use, 66 no input, 69 unreachable, \
            77 not allowed, 78 configuration.
            """,
        version: "\(programName) \(DuetVersion.current)",
        subcommands: [
            UpCommand.self,
            ConsoleCommand.self,
            InitCommand.self,
            DeployCommand.self,
            RemoveCommand.self,
            FunctionCommand.self,
            TriggerCommand.self,
            CheckCommand.self,
            CallCommand.self,
            InvocationCommand.self,
            DeadLetterCommand.self,
            LogsCommand.self,
            NetworkCommand.self,
            OrganizationCommand.self,
            IdentityCommand.self,
            ChannelCommand.self,
            BlockCommand.self,
            TransactionCommand.self,
            ContractCommand.self,
            LedgerCommand.self,
            UsageCommand.self,
            KeyCommand.self,
            ConfigCommand.self,
            DoctorCommand.self,
            CompletionCommand.self,
            ReferenceCommand.self,
        ]
    )

    /// The name this program was started under: `duet`, or that of a program with linked contracts.
    static var programName: String {
        CommandLine.arguments.first?.split(separator: "/").last.map(String.init) ?? "duet"
    }
}
