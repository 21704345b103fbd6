internal import ArgumentParser
internal import FunctionTypes

/// `duet trigger answers`.
struct TriggerAnswersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "answers",
        abstract: "List answers whose transactions took effect in part, or give up the rest of one.",
        discussion: """
            Such an answer stays the one that counts: the trigger tries its next transaction again. Given up, its events count as \
            handled by what took effect, and a trigger that stopped there goes on.
            """)

    @Argument(help: "The trigger, as service/function/trigger.")
    var trigger: TriggerArgument

    @Option(help: ArgumentHelp("Give up the answer to this event, by its id.", valueName: "event"))
    var giveUp: String?

    @OptionGroup var options: FunctionOptions

    func run() async throws {
        if let giveUp {
            _ = try await options.call(.delete, trigger.route("answers"), query: [("event", giveUp)])
            try options.output.print(JSONValue.object(["givenUp": .string(giveUp)])) { _ in
                "What the answer to \(giveUp) asked for beyond what took effect is given up.\n"
            }
            return
        }
        let answers = try await options.call(.get, trigger.route("answers"))
        try options.output.print(answers) { answers in
            var table = TextTable([.init("Event"), .init("In the ledger", .right), .init("Why not the next")])
            for answer in answers.arrayValue ?? [] {
                let events = answer["events"]?.arrayValue?.compactMap(\.stringValue) ?? []
                let more = events.count > 1 ? " and \(events.count - 1) more" : ""
                table.append([
                    .init((events.first ?? "") + more),
                    .init("\(answer["transactionIds"]?.arrayValue?.count ?? 0)"), answer.cell("refusal"),
                ])
            }
            return table.rendered()
        }
    }
}
