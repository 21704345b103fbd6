internal import ArgumentParser
internal import FunctionTypes

/// `duet call …`.
struct CallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call", abstract: "See which functions contracts called, and what came of it.",
        subcommands: [CallListCommand.self])
}

/// `duet call list`.
struct CallListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List calls of functions by contracts, newest first.",
        discussion: """
            Kept by the node that asked, also where the transaction was not endorsed. Equal answers have equal digests: so \
            organisations see whose function answered otherwise.
            """
    )

    @Option(help: ArgumentHelp("Only in this transaction.", valueName: "id"))
    var transaction: String?

    @Option(help: ArgumentHelp("Only on this channel.", valueName: "name"))
    var channel: String?

    @Option(help: ArgumentHelp("Only of this service's functions.", valueName: "name"))
    var service: String?

    @Option(help: ArgumentHelp("How many at most, 1 to 1000.", valueName: "count"))
    var limit: Int = 100

    @OptionGroup var options: FunctionOptions

    func run() async throws {
        let calls = try await options.call(
            .get, ["api", "function-calls"],
            query: [
                ("transaction", transaction), ("channel", channel), ("service", service), ("limit", String(limit)),
            ])
        try options.output.print(calls) { calls in
            var table = TextTable([
                .init("At"), .init("Contract"), .init("Function"), .init("Outcome"), .init("Answer"), .init("Message"),
                .init("Took", .right), .init("Transaction"),
            ])
            for call in calls.arrayValue ?? [] {
                let function = "\(call["service"]?.stringValue ?? "")/\(call["function"]?.stringValue ?? "")"
                let milliseconds = (call["durationMicroseconds"]?.integerValue ?? 0) / 1_000
                table.append([
                    call.cell("at"), call.cell("contract"), .init(function), call.cell("outcome"),
                    .init(String((call["answerDigest"]?.stringValue ?? "").prefix(16))), call.cell("message"),
                    .init("\(milliseconds) ms"), call.cell("transaction"),
                ])
            }
            return table.rendered()
        }
    }
}
