internal import ArgumentParser
internal import Foundation
internal import FunctionTypes

/// `duet function invoke`: calls a function through Function Compute's API, as any client of it does.
struct FunctionInvokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invoke", abstract: "Call a function with an event.",
        discussion: """
            The result goes to standard output, the end of the invocation's log to standard error. Exit status 1 when the \
            function fails. A function with an HTTP trigger is called at its path instead, for example with curl; \
            "trigger list" shows it.
            """)

    @Argument(help: ArgumentHelp("The function.", valueName: "service/function"))
    var function: FunctionArgument

    @Option(name: .shortAndLong, help: ArgumentHelp("The event's text.", valueName: "text"))
    var event: String?

    @Option(help: ArgumentHelp("A file with the event; \"-\" is standard input.", valueName: "path"))
    var eventFile: String?

    @Option(help: ArgumentHelp("A version or alias; the unpublished state if left out.", valueName: "name"))
    var qualifier: String?

    @Flag(name: .customLong("async"), help: "Queue it and return at once.")
    var isAsynchronous = false

    @Option(help: ArgumentHelp("With --async: an id of your own, used once. Its record is kept.", valueName: "id"))
    var id: String?

    @Flag(help: "Do not show the log.")
    var quiet = false

    @OptionGroup var options: FunctionOptions

    private struct Report: Encodable {
        let requestID: String
        let invocationID: String?
        let errorType: String?
        let durationMilliseconds: Int?
        let memoryMegabytes: Int?
        let version: String?
        let result: String?
        let log: String?
    }

    func validate() throws {
        guard event == nil || eventFile == nil else { throw ValidationError("Give --event or --event-file, not both.") }
        guard id == nil || isAsynchronous else { throw ValidationError("--id goes with --async.") }
    }

    func run() async throws {
        let payload = try EventSource(text: event, path: eventFile).bytes()
        var headers = options.accountHeaders
        headers.append(("Content-Type", "application/octet-stream"))
        headers.append(("X-Fc-Invocation-Type", isAsynchronous ? "Async" : "Sync"))
        headers.append(("X-Fc-Log-Type", quiet || isAsynchronous ? "None" : "Tail"))
        if let id { headers.append(("X-Fc-Stateful-Async-Invocation-Id", id)) }
        let service = function.service + (qualifier.map { ".\($0)" } ?? "")
        let path = ["2016-08-15", "services", service, "functions", function.function, "invocations"]
        // A function may run for a day before its first byte.
        let answer = try await options.node.withClient(readTimeout: nil) { [headers] client in
            try await client.exchange(.post, path, headers: headers, body: payload)
        }
        let log = answer.header("X-Fc-Log-Result").flatMap { Base64.decode($0) }
            .map { String(decoding: $0, as: UTF8.self) }
        let report = Report(
            requestID: answer.header("X-Fc-Request-Id") ?? "",
            invocationID: answer.header("X-Fc-Stateful-Async-Invocation-Id"),
            errorType: answer.header("X-Fc-Error-Type"),
            durationMilliseconds: answer.header("X-Fc-Invocation-Duration").flatMap { Int($0) },
            memoryMegabytes: answer.header("X-Fc-Max-Memory-Usage").flatMap { Int($0) },
            version: answer.header("X-Fc-Invocation-Service-Version"),
            result: isAsynchronous ? nil : String(decoding: answer.body, as: UTF8.self), log: log)
        try show(report, answer.body)
        guard report.errorType == nil else { throw ExitStatus.failed }
    }

    private func show(_ report: Report, _ result: [UInt8]) throws {
        if options.output.format == .table, let log = report.log {
            Terminal.standardError.write(Terminal.standardError.paint(log, .gray))
        }
        if options.output.format == .table, let type = report.errorType {
            Terminal.standardError.write("\(Terminal.standardError.paint(type, .red)) (request \(report.requestID))\n")
        }
        // Text goes through the terminal's writer; anything else goes on byte for byte.
        if options.output.format == .table, report.result != nil, String(validating: result, as: UTF8.self) == nil {
            try FileHandle.standardOutput.write(contentsOf: result)
            return
        }
        try options.output.print(report) { report in
            if let id = report.invocationID, report.result == nil {
                return "Accepted as \(id).\n"
            }
            let result = report.result ?? ""
            return result.isEmpty || result.hasSuffix("\n") ? result : result + "\n"
        }
    }
}

/// Where an event comes from: the command line, a file, or standard input. An empty one if nowhere.
struct EventSource {
    let text: String?
    let path: String?

    func bytes() throws -> [UInt8] {
        if let text { return Array(text.utf8) }
        guard let path else { return [] }
        do {
            if path == "-" { return Array(try FileHandle.standardInput.readToEnd() ?? Data()) }
            return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw CommandError(.noInput, "The event in \"\(path)\" cannot be read: \(error.localizedDescription)")
        }
    }
}
