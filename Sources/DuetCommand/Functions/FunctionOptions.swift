internal import ArgumentParser
internal import FunctionTypes

/// What every command about functions takes: the node, whose functions are meant, and how to print.
struct FunctionOptions: ParsableArguments {
    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    @Option(
        help: ArgumentHelp(
            "Whose functions are meant.",
            discussion: "Only calls without an access key may choose; a key belongs to one organisation.",
            valueName: "name"))
    var organization: String?

    /// Calls one operation of the JSON API.
    func call(
        _ method: NodeClient.Method, _ path: [String], query: [(name: String, value: String?)] = [],
        body: JSONValue? = nil
    ) async throws -> JSONValue {
        try await node.withClient { client in
            try await client.call(method, path, query: query + [("organization", organization)], body: body)
        }
    }
}

/// `service/function`, as commands and lists write it.
struct FunctionArgument: ExpressibleByArgument {
    let service: String
    let function: String

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        (service, function) = (parts[0], parts[1])
    }
}

extension JSONValue {
    /// A member as a cell shows it; a dash where there is none.
    func cell(_ name: String) -> TextTable.Cell {
        switch self[name] {
        case nil: "–"
        case .some(.string(let text)): .init(text.isEmpty ? "–" : text)
        case .some(.array(let values)): .init(values.map { $0.stringValue ?? $0.jsonText }.joined(separator: ", "))
        case .some(let value): .init(value.jsonText)
        }
    }
}
