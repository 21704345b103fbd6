internal import ArgumentParser
internal import FunctionTypes

/// `duet trigger replay`.
struct TriggerReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Run past blocks through a trigger's function once more, beside live traffic.",
        discussion: """
            With --dry-run answers take no effect, and each is compared with what the function answered when the event was \
            live. A replay goes on in the node when this command is ended.
            """)

    @Argument(help: "The trigger, as service/function/trigger.")
    var trigger: TriggerArgument

    @Option(help: ArgumentHelp("The first block.", valueName: "block"))
    var from: UInt64?

    @Option(help: ArgumentHelp("The last block; the ledger's last one by default.", valueName: "block"))
    var to: UInt64?

    @Option(
        help: ArgumentHelp("A version or alias of the function instead of the trigger's own.", valueName: "version"))
    var qualifier: String?

    @Flag(help: "Compare outcomes only; answers take no effect.")
    var dryRun = false

    @Flag(help: "List the trigger's replays instead.")
    var list = false

    @Option(help: ArgumentHelp("Stop this replay instead.", valueName: "id"))
    var cancel: String?

    @OptionGroup var options: FunctionOptions

    func validate() throws {
        guard list || cancel != nil || from != nil else {
            throw ValidationError("Name the first block with --from, or pass --list or --cancel.")
        }
    }

    func run() async throws {
        if let cancel {
            _ = try await options.call(.delete, trigger.route("replays", cancel))
            try options.output.print(JSONValue.object(["cancelled": .string(cancel)])) { _ in
                "Replay \(cancel) is stopped.\n"
            }
            return
        }
        if list {
            let replays = try await options.call(.get, trigger.route("replays"))
            try options.output.print(replays) { Self.table($0.arrayValue ?? []) }
            return
        }
        let record = try await options.call(
            .post, trigger.route("replays"),
            body: .object(present: [
                "firstBlock": .integer(Int64(clamping: from ?? 0)),
                "lastBlock": to.map { .integer(Int64(clamping: $0)) },
                "qualifier": .text(qualifier), "isDryRun": .bool(dryRun),
            ]))
        let ended = try await follow(record)
        try options.output.print(ended) { Self.table([$0]) }
    }

    /// Draws progress until the replay has ended.
    private func follow(_ record: JSONValue) async throws -> JSONValue {
        let id = record["id"]?.stringValue ?? ""
        let first = record["firstBlock"]?.integerValue ?? 0
        let last = record["lastBlock"]?.integerValue ?? first
        let bar = ProgressBar("Replaying \(trigger.text)", of: Int(clamping: last - first + 1), unit: "blocks")
        var doneCount: Int64 = 0
        while true {
            let replays = try await options.call(.get, trigger.route("replays")).arrayValue ?? []
            guard let current = replays.first(where: { $0["id"]?.stringValue == id }) else { return record }
            if current["status"] != "running" {
                bar.advance(by: Int(clamping: last - first + 1 - doneCount))
                bar.finish()
                return current
            }
            let block = current["position"]?.stringValue.flatMap { Int64($0.prefix { $0 != "/" }) } ?? first
            if block - first > doneCount {
                bar.advance(by: Int(clamping: block - first - doneCount))
                doneCount = block - first
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private static func table(_ replays: [JSONValue]) -> String {
        var table = TextTable([
            .init("Replay"), .init("Blocks"), .init("Version"), .init("Kind"), .init("State"),
            .init("Handled", .right), .init("Failed", .right), .init("Equal", .right), .init("Different", .right),
            .init("New", .right),
        ])
        for replay in replays {
            let isDryRun = replay["isDryRun"] == true
            table.append([
                replay.cell("id"),
                .init("\(replay["firstBlock"]?.integerValue ?? 0)–\(replay["lastBlock"]?.integerValue ?? 0)"),
                replay.cell("qualifier"), .init(isDryRun ? "dry run" : "replay"), replay.cell("status"),
                replay.cell("handledCount"), replay.cell("failedCount"),
                isDryRun ? replay.cell("equalCount") : "–", isDryRun ? replay.cell("differentCount") : "–",
                isDryRun ? replay.cell("newCount") : "–",
            ])
        }
        return table.rendered()
    }
}
