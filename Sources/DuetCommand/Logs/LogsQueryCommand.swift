internal import ArgumentParser
internal import FunctionTypes
internal import LogCore

/// `duet logs query`: searches entries, or selects over them.
struct LogsQueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Search a logstore.",
        discussion: """
            A query is a search, and optionally "| select …" over its matches:

              error and not timeout
              functionName: processEvent and durationMs > 100
              "connection refused" or status in [500 599]
              level: error | select functionName, count(*) as n group by functionName order by n desc

            The newest entry is printed last.
            """
    )

    @Argument(help: "The logstore, as project/store.")
    var store: LogstoreArgument

    @Argument(help: "What to search for; everything if left out.")
    var query = "*"

    @Option(help: "Where to begin: 15m or 2h30m (ago), Unix seconds, 2024-02-01, 2024-02-01T03:04:05Z.")
    var since = "1h"

    @Option(help: "Where to end, in the same forms; now if left out.")
    var until: String?

    @Option(help: "Entries to print, 1 to 1000. A select has its own limit.")
    var limit = 100

    @Flag(help: "Print the oldest entries of the time, not the newest.")
    var oldest = false

    @Flag(help: "Print all fields of each entry.")
    var allFields = false

    @OptionGroup var nodeOptions: NodeOptions
    @OptionGroup var outputOptions: OutputOptions

    func validate() throws {
        guard (1...1_000).contains(limit) else {
            throw ValidationError("--limit is \(limit): give 1 to 1000. For more, narrow --since and --until.")
        }
    }

    func run() async throws {
        let isSelect = try LogQueryArgument.parse(query).select != nil
        try LogQueryArgument.check(since, option: "--since")
        try LogQueryArgument.check(until, option: "--until")
        let answer = try await nodeOptions.withClient { client in
            do {
                return try await client.call(
                    .get, store.path + ["entries"],
                    query: [
                        ("query", query), ("since", since), ("until", until), ("limit", "\(limit)"),
                        ("order", oldest ? "oldest" : "newest"),
                    ])
            } catch let refusal as NodeRefusal {
                throw LogQueryArgument.explained(refusal, query: query)
            }
        }
        try outputOptions.print(answer) { answer in isSelect ? rows(answer) : lines(answer) }
        if answer["isComplete"]?.boolValue == false {
            Terminal.standardError.write(
                "Not complete: the search took too long. Narrow the time with --since and --until, or the search.\n")
        }
    }

    private func lines(_ answer: JSONValue) -> String {
        let line = LogLine(showsAllFields: allFields)
        let entries = (answer["entries"]?.arrayValue ?? []).map { LogLineEntry($0) }
        return (oldest ? entries : entries.reversed()).map { line.text($0) }.joined()
    }

    private func rows(_ answer: JSONValue) -> String {
        let columns = (answer["columns"]?.arrayValue ?? []).map { $0.stringValue ?? "" }
        var table = TextTable(columns.map { .init($0) })
        for row in answer["rows"]?.arrayValue ?? [] {
            let cells = (row.arrayValue ?? []).map { TextTable.Cell($0.stringValue ?? "–") }
            if cells.count == columns.count { table.append(cells) }
        }
        return table.rendered()
    }
}
