internal import ArgumentParser
internal import FunctionTypes

/// `duet deadletter …`.
struct DeadLetterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deadletter", abstract: "Look at invocations that were given up, mend them, send them again.",
        subcommands: [
            DeadLetterListCommand.self, DeadLetterShowCommand.self, DeadLetterEditCommand.self,
            DeadLetterRedriveCommand.self, DeadLetterPurgeCommand.self,
        ])
}

/// `duet deadletter list`.
struct DeadLetterListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List dead letters.")

    @OptionGroup var list: AsyncListOptions
    @OptionGroup var options: FunctionOptions

    func run() async throws {
        let letters = try await options.call(.get, ["api", "deadletters"], query: list.query)
        try options.output.print(letters) { letters in
            var table = TextTable([
                .init("Number", .right), .init("Function"), .init("Buried"), .init("Why"), .init("Event", .right),
                .init("Error"),
            ])
            for letter in letters.arrayValue ?? [] {
                table.append([
                    letter.cell("number"), (letter["invocation"] ?? .null).functionCell, letter.cell("buriedAt"),
                    letter.cell("condition"), .init("\(letter["payloadByteCount"]?.integerValue ?? 0) bytes"),
                    letter.cell("error"),
                ])
            }
            return table.rendered()
        }
    }
}

/// `duet deadletter show`.
struct DeadLetterShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Describe a dead letter with its event.")

    @Argument(help: "Number of the dead letter.")
    var number: Int64

    @OptionGroup var options: FunctionOptions

    func run() async throws {
        let letter = try await options.call(.get, ["api", "deadletters", "\(number)"])
        try options.output.print(letter) { letter in
            let invocation = letter["invocation"] ?? .null
            var table = TextTable([.init("What"), .init("Value")])
            table.append(["Function", invocation.functionCell])
            for (title, name) in [
                ("Why", "condition"), ("Error", "error"), ("Buried", "buriedAt"), ("Version", "versionId"),
                ("Code, digest", "codeDigest"),
            ] {
                table.append([.init(title), letter.cell(name)])
            }
            table.append(["Retries", invocation.cell("alreadyRetriedTimes")])
            table.append(["Enqueued", invocation.timeCell("enqueuedTime")])
            let isText = letter["payloadBase64"] == nil
            table.append([isText ? "Event" : "Event, base64", letter.cell(isText ? "payload" : "payloadBase64")])
            return table.rendered()
        }
    }
}

/// `duet deadletter redrive`.
struct DeadLetterRedriveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redrive", abstract: "Send dead letters again; they are gone from the dead letters then.")

    @Argument(help: "Numbers of dead letters.")
    var numbers: [Int64]

    @OptionGroup var options: FunctionOptions

    func run() async throws {
        var sent: [JSONValue] = []
        for number in numbers {
            let answer = try await options.call(.post, ["api", "deadletters", "\(number)", "redrive"], body: [:])
            sent.append(["number": .integer(number), "invocationId": answer["invocationId"] ?? .null])
        }
        try options.output.print(JSONValue.array(sent)) { sent in
            var table = TextTable([.init("Number", .right), .init("Invocation")])
            for entry in sent.arrayValue ?? [] {
                table.append([entry.cell("number"), entry.cell("invocationId")])
            }
            return table.rendered()
        }
    }
}

/// `duet deadletter purge`.
struct DeadLetterPurgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge", abstract: "Remove dead letters for good.")

    @Argument(help: "Numbers of dead letters; with --all none.")
    var numbers: [Int64] = []

    @Flag(help: "Every dead letter that \"list\" with the same options shows, page after page.")
    var all = false

    @OptionGroup var list: AsyncListOptions
    @OptionGroup var options: FunctionOptions

    func validate() throws {
        guard numbers.isEmpty == all else { throw ValidationError("Name dead letters by number, or pass --all.") }
    }

    func run() async throws {
        var count: Int64 = 0
        for number in numbers {
            count += try await options.call(.delete, ["api", "deadletters", "\(number)"])["purged"]?.integerValue ?? 0
        }
        while all {
            let answer = try await options.call(.delete, ["api", "deadletters"], query: list.query)
            guard let purged = answer["purged"]?.integerValue, purged > 0 else { break }
            count += purged
        }
        let result: JSONValue = ["purged": .integer(count)]
        try options.output.print(result) { _ in "\(count) removed.\n" }
    }
}
