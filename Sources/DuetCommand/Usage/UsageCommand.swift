internal import ArgumentParser
internal import FunctionTypes

/// `duet usage`: what functions used, by month.
struct UsageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage", abstract: "Show what functions used, by month.",
        discussion: """
            A gigabyte-second is a function's memory setting in GB (2^30 bytes) times the time it ran. Months are UTC. What \
            was used in the five seconds before a crash may be missing.
            """)

    @Option(help: ArgumentHelp("Only this month, such as 2024-02.", valueName: "month"))
    var month: String?

    @Option(help: ArgumentHelp("Only functions of this service.", valueName: "name"))
    var service: String?

    @OptionGroup var options: FunctionOptions

    func run() async throws {
        let usage = try await options.call(
            .get, ["api", "usage"], query: [("month", month), ("service", service)])
        try options.output.print(usage) { usage in
            var table = TextTable([
                .init("Month"), .init("Organisation"), .init("Function"), .init("Invocations", .right),
                .init("Errors", .right), .init("Cold starts", .right), .init("GB-seconds", .right),
                .init("Bytes in", .right), .init("Bytes out", .right),
            ])
            for record in usage.arrayValue ?? [] {
                let seconds = record["gigabyteSeconds"]?.doubleValue ?? 0
                table.append([
                    record.cell("month"), record.cell("organization"),
                    .init("\(record["service"]?.stringValue ?? "")/\(record["function"]?.stringValue ?? "")"),
                    record.cell("invocations"), record.cell("errors"), record.cell("coldStarts"),
                    .init(String((seconds * 1000).rounded() / 1000)), record.cell("bytesIn"), record.cell("bytesOut"),
                ])
            }
            return table.rendered()
        }
    }
}
