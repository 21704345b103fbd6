internal import ArgumentParser

/// `duet config …`: settings of a node, and those of `fun`.
struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Write, show and check the settings of a node; write those of fun.",
        subcommands: [
            ConfigInitCommand.self, ConfigShowCommand.self, ConfigCheckCommand.self, FunConfigCommand.self,
        ],
        // As the command was before a node had a file of its own.
        defaultSubcommand: FunConfigCommand.self)
}

/// `duet config check`.
struct ConfigCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Tell everything that keeps a node from starting with these settings.",
        discussion: "Reads what \"up\" would read and changes nothing.")

    @OptionGroup var options: UpOptions

    func run() throws {
        let reading = try options.read()
        let (_, problems) = reading.settings.nodeConfiguration(linked: DuetMain.linkedContracts, isFresh: false)
        let all = reading.problems + problems
        guard all.isEmpty else { throw CommandError(.configuration, all.joined(separator: "\n")) }
        let source = reading.file.map { "\"\($0.path)\"" } ?? "no file"
        Terminal.standardOutput.write("These settings, with \(source), are good.\n")
    }
}
