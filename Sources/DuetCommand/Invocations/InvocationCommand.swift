internal import ArgumentParser
internal import FunctionTypes

/// `duet invocation …`.
struct InvocationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invocation", abstract: "Look at asynchronous invocations, and stop them.",
        discussion:
            "Ended ones are listed while their records are kept: those of functions or calls that asked for it.",
        subcommands: [InvocationListCommand.self, InvocationShowCommand.self, InvocationStopCommand.self])
}

/// Which records a list shows.
struct AsyncListOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Only of this service.", valueName: "name"))
    var service: String?

    @Option(help: ArgumentHelp("Only of this function.", valueName: "name"))
    var function: String?

    @Option(help: ArgumentHelp("At most so many, 1 to 100.", valueName: "count"))
    var limit = 100

    @Flag(help: "The newest first.")
    var newest = false

    func validate() throws {
        guard (1...100).contains(limit) else { throw ValidationError("--limit must be 1 to 100.") }
    }

    var query: [(name: String, value: String?)] {
        [
            ("service", service), ("function", function), ("limit", "\(limit)"), ("order", newest ? "newest" : nil),
        ]
    }
}

/// `duet invocation list`.
struct InvocationListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List asynchronous invocations.")

    @Option(
        help: ArgumentHelp("Only in this state, such as Enqueued, Running, Retrying or Failed.", valueName: "state"))
    var status: String?

    @OptionGroup var list: AsyncListOptions
    @OptionGroup var options: FunctionOptions

    func run() async throws {
        let invocations = try await options.call(
            .get, ["api", "invocations"], query: list.query + [("status", status)])
        try options.output.print(invocations) { invocations in
            var table = TextTable([
                .init("Invocation"), .init("Function"), .init("State"), .init("Retries", .right), .init("Enqueued"),
                .init("Error"),
            ])
            for invocation in invocations.arrayValue ?? [] {
                table.append([
                    invocation.cell("invocationId"), invocation.functionCell, invocation.cell("status"),
                    invocation.cell("alreadyRetriedTimes"), invocation.timeCell("enqueuedTime"),
                    invocation.cell("invocationErrorMessage"),
                ])
            }
            return table.rendered()
        }
    }
}

/// `duet invocation show`.
struct InvocationShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Describe an invocation: what it ran for, or an asynchronous one's event.",
        discussion: """
            With a request id alone, as log lines bear it: its attempts, the transaction and block that it ran for, and what it
            submitted. With a function and an invocation's id: an asynchronous invocation with its event.
            """)

    @Argument(help: ArgumentHelp("A request id, or the function as service/function.", valueName: "request"))
    var subject: String

    @Argument(help: "Id of an asynchronous invocation of that function.")
    var invocation: String?

    @OptionGroup var options: FunctionOptions

    func validate() throws {
        guard invocation == nil || FunctionArgument(argument: subject) != nil else {
            throw ValidationError("\"\(subject)\" is no function: write service/function before the invocation's id.")
        }
    }

    func run() async throws {
        guard let invocation, let function = FunctionArgument(argument: subject) else {
            let trace = try await options.call(.get, ["api", "invocations", subject, "trace"])
            return try options.output.print(trace) { TraceText.tree(ofInvocation: $0) }
        }
        let answer = try await options.call(
            .get, ["api", "invocations", function.service, function.function, invocation])
        try options.output.print(answer) { invocation in
            var table = TextTable([.init("What"), .init("Value")])
            table.append(["Function", invocation.functionCell])
            for (title, name) in [
                ("State", "status"), ("Qualifier", "qualifier"), ("Retries", "alreadyRetriedTimes"),
                ("Request", "requestId"), ("Error", "invocationErrorMessage"), ("Destination", "destinationStatus"),
            ] where invocation[name] != nil {
                table.append([.init(title), invocation.cell(name)])
            }
            for (title, name) in [("Enqueued", "enqueuedTime"), ("Started", "startedTime"), ("Ended", "endTime")] {
                table.append([.init(title), invocation.timeCell(name)])
            }
            table.append(["Event", invocation.cell("invocationPayload")])
            return table.rendered()
        }
    }
}

/// `duet invocation stop`.
struct InvocationStopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop an asynchronous invocation, also a running one.")

    @Argument(help: ArgumentHelp("The function.", valueName: "service/function"))
    var function: FunctionArgument

    @Argument(help: "Id of the invocation.")
    var invocation: String

    @OptionGroup var options: FunctionOptions

    func run() async throws {
        _ = try await options.call(
            .delete, ["api", "invocations", function.service, function.function, invocation])
        Terminal.standardError.write("Invocation \(invocation) is stopped.\n")
    }
}

extension JSONValue {
    var functionCell: TextTable.Cell {
        .init("\(self["serviceName"]?.stringValue ?? "")/\(self["functionName"]?.stringValue ?? "")")
    }

    /// A moment in milliseconds since 1970.
    func timeCell(_ name: String) -> TextTable.Cell {
        self[name]?.integerValue.map { .init(Timestamp(milliseconds: $0).iso8601Milliseconds) } ?? "–"
    }
}
