internal import ArgumentParser
internal import Foundation

/// `duet config init`.
struct ConfigInitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Write a duet.yaml with every setting, explained and commented out.")

    @Option(help: ArgumentHelp("The file to write.", valueName: "path"))
    var file = ConfigurationFile.name

    @Flag(help: "Replace a file that is there.")
    var yes = false

    func run() throws {
        guard yes || !FileManager.default.fileExists(atPath: file) else {
            throw CommandError(.usage, "\"\(file)\" is there already. To replace it, repeat the command with --yes.")
        }
        do {
            try Data(ConfigurationText.text.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
        } catch {
            throw CommandError(.failed, "\"\(file)\" cannot be written: \(error.localizedDescription)")
        }
        Terminal.standardOutput.write(
            "Wrote \(file). Change what you like, then: \(RootCommand.programName) up\(suffix)\n")
    }

    /// A start finds the usual name by itself.
    private var suffix: String { file == ConfigurationFile.name ? "" : " --config \(file)" }
}
