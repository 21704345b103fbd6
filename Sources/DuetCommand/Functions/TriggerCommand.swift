internal import ArgumentParser
internal import FunctionTypes

/// `duet trigger …`.
struct TriggerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trigger", abstract: "Look at what sets functions off.",
        subcommands: [TriggerListCommand.self])
}

/// `duet trigger list`.
struct TriggerListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List triggers, with the paths of those that answer HTTP.")

    @OptionGroup var options: FunctionOptions

    func run() async throws {
        let triggers = try await options.call(.get, ["api", "triggers"])
        try options.output.print(triggers) { triggers in
            var table = TextTable([
                .init("Function"), .init("Trigger"), .init("Type"), .init("Path or settings"), .init("Modified"),
            ])
            for trigger in triggers.arrayValue ?? [] {
                table.append([
                    .init("\(trigger["service"]?.stringValue ?? "")/\(trigger["function"]?.stringValue ?? "")"),
                    trigger.cell("triggerName"), trigger.cell("triggerType"),
                    trigger["path"] == nil ? trigger.cell("triggerConfig") : trigger.cell("path"),
                    trigger.cell("lastModifiedTime"),
                ])
            }
            return table.rendered()
        }
    }
}
