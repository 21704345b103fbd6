internal import ArgumentParser
internal import FunctionTypes

/// `duet check …`.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "See what endorsement checks decided.", subcommands: [CheckListCommand.self])
}

/// `duet check list`.
struct CheckListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List verdicts of endorsement checks, newest first.",
        discussion: "Verdicts are kept by the node that asked, those on refused proposals too; they stand on no ledger."
    )

    @Option(help: ArgumentHelp("Only of this transaction.", valueName: "id"))
    var transaction: String?

    @Option(help: ArgumentHelp("Only of this channel.", valueName: "name"))
    var channel: String?

    @Option(help: ArgumentHelp("Only of this service's checks.", valueName: "name"))
    var service: String?

    @Option(help: ArgumentHelp("How many at most, 1 to 1000.", valueName: "count"))
    var limit: Int = 100

    @OptionGroup var options: FunctionOptions

    func run() async throws {
        let verdicts = try await options.call(
            .get, ["api", "endorsement-checks"],
            query: [
                ("transaction", transaction), ("channel", channel), ("service", service), ("limit", String(limit)),
            ])
        try options.output.print(verdicts) { verdicts in
            var table = TextTable([
                .init("At"), .init("Check"), .init("Call"), .init("Creator"), .init("Verdict"), .init("Message"),
                .init("Took", .right), .init("Transaction"),
            ])
            for verdict in verdicts.arrayValue ?? [] {
                let call = "\(verdict["contract"]?.stringValue ?? "").\(verdict["contractFunction"]?.stringValue ?? "")"
                let check = "\(verdict["service"]?.stringValue ?? "")/\(verdict["check"]?.stringValue ?? "")"
                let isCached = verdict["isCached"]?.boolValue ?? false
                let milliseconds = (verdict["durationMicroseconds"]?.integerValue ?? 0) / 1_000
                table.append([
                    verdict.cell("at"), .init(check), .init(call), verdict.cell("creator"),
                    .init(CheckText.verdict(verdict["verdict"]?.stringValue ?? "")),
                    .init(CheckText.message(verdict["message"]?.stringValue ?? "")),
                    .init(isCached ? "kept" : "\(milliseconds) ms"),
                    verdict.cell("transaction"),
                ])
            }
            return table.rendered()
        }
    }
}
