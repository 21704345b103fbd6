internal import ArgumentParser
internal import FunctionTypes

/// `duet logs alarms`: alarms with where they stand; one alarm with its history.
struct LogsAlarmsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alarms", abstract: "List a project's alarms, or show one with its history.")

    @Argument(help: "The project.")
    var project: String

    @Argument(help: "One alarm; all of the project if left out.")
    var alarm: String?

    @OptionGroup var nodeOptions: NodeOptions
    @OptionGroup var outputOptions: OutputOptions

    func run() async throws {
        let path = ["api", "logs", "projects", project, "alarms"] + (alarm.map { [$0] } ?? [])
        let answer = try await nodeOptions.withClient { try await $0.call(.get, path) }
        try outputOptions.print(answer) { answer in alarm == nil ? list(answer) : history(answer) }
    }

    private func list(_ alarms: JSONValue) -> String {
        var table = TextTable([
            .init("Alarm"), .init("Logstore"), .init("State"), .init("Since"), .init("Condition"), .init("Query"),
        ])
        for alarm in alarms.arrayValue ?? [] {
            table.append([
                .init(alarm["name"]?.stringValue ?? ""), .init(alarm["store"]?.stringValue ?? ""), state(alarm),
                .init(alarm["firingSince"]?.stringValue ?? "–"), .init(alarm["condition"]?.stringValue ?? ""),
                .init(alarm["query"]?.stringValue ?? ""),
            ])
        }
        return table.rendered()
    }

    private func state(_ alarm: JSONValue) -> TextTable.Cell {
        let state = alarm["isEnabled"]?.boolValue == false ? "disabled" : alarm["state"]?.stringValue ?? ""
        let silence = alarm["silencedUntil"]?.stringValue.map { ", silenced until \($0)" } ?? ""
        return .init(state + silence, state == "firing" ? .red : nil)
    }

    private func history(_ alarm: JSONValue) -> String {
        var table = TextTable([.init("Time"), .init("Event"), .init("Detail")])
        for entry in alarm["history"]?.arrayValue ?? [] {
            table.append([
                .init(entry["time"]?.stringValue ?? ""), .init(entry["event"]?.stringValue ?? ""),
                .init(entry["detail"]?.stringValue ?? ""),
            ])
        }
        return table.rendered()
    }
}
