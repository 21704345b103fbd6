internal import ArgumentParser
internal import FunctionTypes
internal import LogCore

/// `duet logs stores`: logstores with their sizes.
struct LogsStoresCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stores", abstract: "List logstores with their sizes.",
        discussion: "Log files that were damaged and set aside are told on standard error.")

    @Argument(help: "A project; all of the organisation if left out.")
    var project: String?

    @OptionGroup var nodeOptions: NodeOptions
    @OptionGroup var outputOptions: OutputOptions

    func run() async throws {
        let stores = try await nodeOptions.withClient { client in
            var names = project.map { [$0] } ?? []
            if project == nil {
                let projects = try await client.call(.get, ["api", "logs", "projects"])
                names = (projects.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
            }
            var stores: [JSONValue] = []
            for name in names {
                stores += try await client.call(.get, ["api", "logs", "projects", name, "stores"]).arrayValue ?? []
            }
            try await tellProblems(client)
            return JSONValue.array(stores)
        }
        try outputOptions.print(stores) { stores in
            var table = TextTable([
                .init("Logstore"), .init("Entries", .right), .init("Size", .right), .init("Kept", .right),
                .init("Shards", .right), .init("Oldest"), .init("Newest"),
            ])
            for store in stores.arrayValue ?? [] { table.append(row(store)) }
            return table.rendered()
        }
    }

    private func row(_ store: JSONValue) -> [TextTable.Cell] {
        let days = store["ttlDays"]?.integerValue ?? 0
        return [
            "\(store["project"]?.stringValue ?? "")/\(store["name"]?.stringValue ?? "")",
            "\(store["entryCount"]?.integerValue ?? 0)",
            .init(ByteSize.text(store["fileByteCount"]?.integerValue ?? 0)),
            .init(days >= LogstoreDefinition.ttlDaysForEver ? "for ever" : "\(days) d"),
            "\(store["shardCount"]?.integerValue ?? 0)", .init(store["oldest"]?.stringValue ?? "–"),
            .init(store["newest"]?.stringValue ?? "–"),
        ]
    }

    /// Only an administrator may ask; others are told nothing.
    private func tellProblems(_ client: NodeClient) async throws {
        do {
            let problems = try await client.call(.get, ["api", "logs", "problems"])
            for problem in problems.arrayValue ?? [] {
                Terminal.standardError.write("Problem: \(problem.stringValue ?? "")\n")
            }
        } catch let refusal as NodeRefusal where refusal.exitStatus == .notAllowed {}
    }
}
