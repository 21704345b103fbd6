internal import ArgumentParser
internal import FunctionTypes

/// `duet trigger pause`.
struct TriggerPauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Pause a trigger once its deliveries under way have ended.")

    @Argument(help: "The trigger, as service/function/trigger.")
    var trigger: TriggerArgument

    @OptionGroup var options: FunctionOptions

    func run() async throws {
        let status = try await options.call(.post, trigger.route("pause"), body: [:])
        try options.output.print(status) {
            TriggerText.status($0) + "Let it go on with: duet trigger resume \(trigger.text)\n"
        }
    }
}

/// `duet trigger resume`.
struct TriggerResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Let a trigger go on after a pause, or try again the event before which it stopped.")

    @Argument(help: "The trigger, as service/function/trigger.")
    var trigger: TriggerArgument

    @OptionGroup var options: FunctionOptions

    func run() async throws {
        let status = try await options.call(.post, trigger.route("resume"), body: [:])
        try options.output.print(status) { TriggerText.status($0) }
    }
}

/// `duet trigger seek`.
struct TriggerSeekCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seek", abstract: "Move a trigger's position.",
        discussion: "Back, events are delivered again; forward, those between are never delivered.")

    @Argument(help: "The trigger, as service/function/trigger.")
    var trigger: TriggerArgument

    @Argument(help: "EARLIEST, LATEST, a block's number, or block/transaction/event.")
    var position: String

    @OptionGroup var options: FunctionOptions

    func run() async throws {
        let status = try await options.call(
            .post, trigger.route("seek"), body: ["position": .string(position)])
        try options.output.print(status) { TriggerText.status($0) }
    }
}

/// `duet trigger parked`.
struct TriggerParkedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parked", abstract: "List keys that a trigger has set aside, with their first events.")

    @Argument(help: "The trigger, as service/function/trigger.")
    var trigger: TriggerArgument

    @OptionGroup var options: FunctionOptions

    func run() async throws {
        let keys = try await options.call(.get, trigger.route("parked"))
        try options.output.print(keys) { keys in
            var table = TextTable([
                .init("Key"), .init("Events", .right), .init("First"), .init("Last"), .init("Why"),
            ])
            for key in keys.arrayValue ?? [] {
                table.append([
                    key.cell("key"), key.cell("eventCount"), key.cell("first"), key.cell("last"), key.cell("reason"),
                ])
            }
            return table.rendered()
        }
    }
}

/// `duet trigger release`.
struct TriggerReleaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Deliver what a trigger has parked, in order; a trigger that stopped goes on.")

    @Argument(help: "The trigger, as service/function/trigger.")
    var trigger: TriggerArgument

    @Option(help: "Only this key.")
    var key: String?

    @OptionGroup var options: FunctionOptions

    func run() async throws {
        let hadStopped = try await options.call(.get, trigger.route())["condition"] == "stopped"
        let answer = try await options.call(
            .post, trigger.route("release"), body: .object(present: ["key": .text(key)]))
        try options.output.print(answer) { answer in
            let count = answer["keyCount"]?.integerValue ?? 0
            let what =
                count == 0 ? "Nothing was parked." : "\(count) \(count == 1 ? "key is" : "keys are") being released."
            let restart = hadStopped ? " The trigger had stopped and goes on with the event before which it stood." : ""
            return "\(what)\(restart)\nSee: duet trigger show \(trigger.text)\n"
        }
    }
}
