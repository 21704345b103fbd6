internal import ArgumentParser
internal import FunctionCore
internal import FunctionTypes

/// `duet trigger preview`.
struct TriggerPreviewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview", abstract: "Try a trigger's filter on past blocks; nothing is delivered.",
        discussion: "Without a template the filter is told by options.")

    @Argument(help: "A trigger of a template, as service/function/trigger; without it the options tell the filter.")
    var trigger: TriggerArgument?

    @Option(help: ArgumentHelp("The template or its folder.", valueName: "path"))
    var template: String?

    @Option(help: "ContractEvent, Transaction, Block or OrderedBlock.")
    var type = "ContractEvent"

    @Option(help: "The channel.")
    var channel: String?

    @Option(help: "The contract; * stands for any run of characters.")
    var contract: String?

    @Option(help: "The event's name, likewise.")
    var event: String?

    @Option(help: "The function that was called, likewise.")
    var function: String?

    @Option(
        help: ArgumentHelp("A pattern of the payload as JSON, such as '{\"color\":[\"blue\"]}'.", valueName: "pattern"))
    var filter: String?

    @Option(help: ArgumentHelp("The first block; without it the last hundred are looked at.", valueName: "block"))
    var from: UInt64?

    @Option(help: ArgumentHelp("The last block.", valueName: "block"))
    var to: UInt64?

    @Option(help: "Events that are shown.")
    var limit = 20

    @OptionGroup var options: FunctionOptions

    func validate() throws {
        guard trigger != nil || channel != nil else {
            throw ValidationError("Name a trigger of the template, or a channel with --channel.")
        }
    }

    func run() async throws {
        let (type, settings) = try settings()
        let preview = try await options.call(
            .post, ["api", "triggers", "preview"],
            body: .object(present: [
                "triggerType": .string(type), "triggerConfig": settings,
                "firstBlock": from.map { .integer(Int64(clamping: $0)) },
                "lastBlock": to.map { .integer(Int64(clamping: $0)) }, "limit": .integer(Int64(limit)),
            ]))
        try options.output.print(preview) { preview in
            var table = TextTable([.init("Event"), .init("Subject"), .init("Time"), .init("Payload")])
            for event in preview["events"]?.arrayValue ?? [] {
                let payload = event["data"]?["payload"].map { $0.stringValue ?? $0.jsonText } ?? "–"
                table.append([
                    event.cell("id"), event.cell("subject"), event.cell("time"), .init(String(payload.prefix(80))),
                ])
            }
            let counts = ["eventCount", "transactionCount", "blockCount"].map { preview[$0]?.integerValue ?? 0 }
            return table.rendered()
                + "\(counts[0]) events from \(counts[1]) transactions in \(counts[2]) blocks pass the filter.\n"
        }
    }

    private func settings() throws -> (type: String, JSONValue) {
        if let trigger {
            let file = try TemplateFile(path: template, parameters: [:])
            let found = file.template.services.filter { $0.name.rawValue == trigger.path[0] }.flatMap(\.functions)
                .filter { $0.name.rawValue == trigger.path[1] }.flatMap(\.triggers)
                .first { $0.name.rawValue == trigger.path[2] }
            guard case .other(let type, let settings)? = found?.configuration.source else {
                throw CommandError(
                    .usage, "The template \"\(file.path)\" has no ledger trigger \"\(trigger.text)\".")
            }
            return (type, settings)
        }
        var pattern: JSONValue?
        if let filter {
            do {
                pattern = try JSONValue(parsing: filter)
            } catch {
                throw CommandError(.usage, "--filter: \(error)")
            }
        }
        return (
            type,
            .object(present: [
                "Channel": .text(channel), "Contract": .text(contract), "Event": .text(event),
                "Function": .text(function), "Filter": pattern,
            ])
        )
    }
}
