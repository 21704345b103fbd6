internal import ArgumentParser
internal import FunctionTypes

/// `duet trigger …`.
struct TriggerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trigger", abstract: "Look at what sets functions off, and move triggers on the ledger.",
        discussion: "A trigger on the ledger is a position in one channel: it can be paused, moved and replayed.",
        subcommands: [
            TriggerListCommand.self, TriggerShowCommand.self, TriggerPreviewCommand.self, TriggerPauseCommand.self,
            TriggerResumeCommand.self, TriggerSeekCommand.self, TriggerParkedCommand.self, TriggerReleaseCommand.self,
            TriggerReplayCommand.self, TriggerOutcomesCommand.self, TriggerAnswersCommand.self,
        ])
}

/// `service/function/trigger`, as commands write it.
struct TriggerArgument: ExpressibleByArgument {
    let path: [String]

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        path = parts
    }

    var text: String { path.joined(separator: "/") }

    func route(_ more: String...) -> [String] { ["api", "triggers"] + path + more }
}

/// `duet trigger list`.
struct TriggerListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract:
            "List triggers: the paths of those that answer HTTP, how far those on the ledger and on logstores are.")

    @OptionGroup var options: FunctionOptions

    func run() async throws {
        let triggers = try await options.call(.get, ["api", "triggers"])
        let statuses = try await statuses()
        let all = (triggers.arrayValue ?? []).map { trigger -> JSONValue in
            let status = statuses.first { $0.triggerKey == trigger.triggerKey }
            var members = trigger.objectValue ?? [:]
            members["status"] = status
            return .object(members)
        }
        // What contracts schedule stands in no template.
        let own = statuses.filter { $0["triggerType"] == "scheduled" }.map { JSONValue.object(["status": $0]) }
        try options.output.print(JSONValue.array(all + own)) { rows in
            var table = TextTable([
                .init("Trigger"), .init("Type"), .init("State"), .init("Position"), .init("Lag", .right),
                .init("Path or settings"),
            ])
            for row in rows.arrayValue ?? [] {
                let status = row["status"] ?? .null
                let named = row["service"] == nil ? status : row
                let setting = row["path"] == nil ? row.cell("triggerConfig") : row.cell("path")
                table.append([
                    .init(named.triggerKey), named.cell("triggerType"), status.conditionCell, status.cell("position"),
                    status.cell(status["lagSeconds"] == nil ? "lagBlocks" : "lagSeconds"), setting,
                ])
            }
            return table.rendered()
        }
    }

    private func statuses() async throws -> [JSONValue] {
        try await options.call(.get, ["api", "triggers", "status"]).arrayValue ?? []
    }
}

extension JSONValue {
    /// `service/function/trigger`.
    fileprivate var triggerKey: String {
        let name = self["triggerName"]?.stringValue ?? self["trigger"]?.stringValue ?? ""
        return "\(self["service"]?.stringValue ?? "")/\(self["function"]?.stringValue ?? "")/\(name)"
    }

    fileprivate var conditionCell: TextTable.Cell {
        let text = self["condition"]?.stringValue ?? "–"
        switch text {
        case "stopped": return .init(text, .red)
        case "waiting", "paused": return .init(text, .yellow)
        default: return .init(text)
        }
    }
}

/// `duet trigger show`.
struct TriggerShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Tell how far a trigger on the ledger or on a logstore is.")

    @Argument(help: "The trigger, as service/function/trigger.")
    var trigger: TriggerArgument

    @OptionGroup var options: FunctionOptions

    func run() async throws {
        let status = try await options.call(.get, trigger.route())
        try options.output.print(status) { TriggerText.status($0) }
    }
}

enum TriggerText {
    static func status(_ status: JSONValue) -> String {
        var table = TextTable([.init("What"), .init("Value")])
        table.append([.init("State"), status.conditionCell])
        for (title, name) in [
            ("Why", "reason"), ("Type", "triggerType"), ("Channel", "channel"), ("Logstore", "logstore"),
            ("Version", "qualifier"),
            ("On failure", "onFailure"), ("Sink", "sink"), ("Position", "position"),
            ("Saved position", "savedPosition"),
            ("Ledger's height", "ledgerHeight"), ("Lag, blocks", "lagBlocks"), ("Lag, seconds", "lagSeconds"),
            ("Waiting events", "waitingEvents"),
            ("Oldest waiting", "oldestWaiting"), ("Handled since start", "handledCount"),
            ("Failed since start", "failedCount"), ("Passed over since start", "passedOverCount"),
            ("Last error", "lastError"),
        ] where status[name] != nil {
            table.append([.init(title), status.cell(name)])
        }
        if status["condition"] == "stopped" {
            let name = ["service", "function", "trigger"].compactMap { status[$0]?.stringValue }.joined(separator: "/")
            table.append([
                .init("What to do"),
                .init(
                    "Mend the cause, then: duet trigger resume \(name). Or pass over the event: duet trigger seek \(name) <position>"
                ),
            ])
        }
        return table.rendered()
    }
}

/// `duet trigger outcomes`.
struct TriggerOutcomesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outcomes", abstract: "List what became of a trigger's latest events, newest first.")

    @Argument(help: "The trigger, as service/function/trigger.")
    var trigger: TriggerArgument

    @Option(help: ArgumentHelp("Of this replay instead of live traffic.", valueName: "id"))
    var replay: String?

    @Option(help: "At most so many, 1 to 1000.")
    var limit = 20

    @OptionGroup var options: FunctionOptions

    func run() async throws {
        let outcomes = try await options.call(
            .get, trigger.route("outcomes"), query: [("replay", replay), ("limit", String(limit))])
        try options.output.print(outcomes) { outcomes in
            var table = TextTable([
                .init("Event"), .init("Outcome"), .init("Attempts", .right), .init("Together", .right),
                .init("Ended"), .init("Request"), .init("Error or answer"),
            ])
            for outcome in outcomes.arrayValue ?? [] {
                let last = outcome["error"] == nil ? outcome.cell("response") : outcome.cell("error")
                table.append([
                    outcome.cell("eventId"), outcome.cell("status"), outcome.cell("attemptCount"),
                    outcome.cell("batchCount"), outcome.cell("endedAt"), outcome.cell("requestId"), last,
                ])
            }
            return table.rendered()
        }
    }
}
