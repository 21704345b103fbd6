internal import ArgumentParser

/// `duet logs …`: what functions, the node and other programs wrote.
struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Search and follow logs.",
        subcommands: [
            LogsQueryCommand.self,
            LogsTailCommand.self,
            LogsProjectsCommand.self,
            LogsStoresCommand.self,
            LogsAlarmsCommand.self,
        ]
    )
}
