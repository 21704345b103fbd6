internal import ArgumentParser
internal import Foundation

/// How a command prints its result.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    /// Tables and sentences, for people.
    case table
    /// One JSON document with a stable schema, for programs.
    case json
}

/// `--output`, the same for every command that prints a result.
struct OutputOptions: ParsableArguments {
    @Option(help: "How to print the result: a table for people, or JSON for programs.")
    var output = OutputFormat.table

    @Flag(help: "The same as --output json.")
    var json = false

    /// What was asked for in either way.
    var format: OutputFormat { json ? .json : output }

    /// Prints `result` as JSON if that was asked for, else whatever `table` makes of it.
    func print<Result: Encodable>(_ result: Result, table: (Result) -> String) throws {
        switch format {
        case .table:
            Terminal.standardOutput.write(table(result))
        case .json: try Self.printJSON(result)
        }
    }

    /// For results that are JSON whatever the caller prefers.
    static func printJSON(_ result: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        Terminal.standardOutput.write(String(decoding: try encoder.encode(result), as: UTF8.self) + "\n")
    }
}
