internal import ArgumentParser
internal import FunctionTypes
internal import LogCore

/// `duet logs tail`: prints entries as they are written.
struct LogsTailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Follow a logstore.",
        discussion: """
            Prints entries as they are written, until Ctrl-C. When the connection breaks it is made again, and goes on where \
            it broke: no entry is left out, none comes twice. With --output json each line is one entry.
            """
    )

    @Argument(help: "The logstore, as project/store.")
    var store: LogstoreArgument

    @Argument(help: "What to search for; everything if left out. A select cannot be followed.")
    var query = "*"

    @Option(help: "Begin with what arrived since: 15m (ago), Unix seconds, or a time. Now if left out.")
    var since: String?

    @Flag(help: "Print all fields of each entry.")
    var allFields = false

    @OptionGroup var nodeOptions: NodeOptions
    @OptionGroup var outputOptions: OutputOptions

    func run() async throws {
        if let select = try LogQueryArgument.parse(query).select {
            throw CommandError(
                .usage,
                "A select cannot be followed: give the search alone.\n"
                    + TextMark.line(in: query, utf8Offset: select.utf8Offset))
        }
        try LogQueryArgument.check(since, option: "--since")
        let line = LogLine(showsAllFields: allFields)
        let isJSON = outputOptions.format == .json
        try await nodeOptions.withClient { client in
            do {
                try await client.follow(
                    store.path + ["tail"], query: [("query", query), ("since", since)],
                    onBreak: {
                        Terminal.standardError.write("The connection to the node broke; trying again.\n")
                    },
                    onEvent: { event in
                        if isJSON {
                            Terminal.standardOutput.write(event.data + "\n")
                        } else if let value = try? JSONValue(parsing: Array(event.data.utf8)) {
                            Terminal.standardOutput.write(line.text(LogLineEntry(value)))
                        } else {
                            throw CommandError(
                                .failed, "The node sent an entry that is no JSON: \(event.data.prefix(80))")
                        }
                    })
            } catch let refusal as NodeRefusal {
                throw LogQueryArgument.explained(refusal, query: query)
            }
        }
    }
}
